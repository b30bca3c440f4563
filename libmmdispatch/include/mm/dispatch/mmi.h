/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The MMI handler table (PI specification volume 4, MmiManage, MmiHandlerRegister, MmiHandlerUnRegister): root
 * handlers, which see every MMI, and handlers of a GUID, which see its messages.
 *
 * Handlers are called in the order of registration, through ops. During a call everything here may be called:
 * a handler registered meanwhile is not called by managing under way, one that is unregistered is not called any
 * more and its record is free at once, whatever the nesting. Handles are checked tokens (mm/base/slots.h). Handler
 * entries and contexts are numbers that are passed on and never dereferenced.
 *
 * Finding the handlers of a GUID costs O(1) expected; managing allocates nothing. The table lives in the caller's
 * memory, takes records from the pool it was given and keeps them until mm_mmi_finish(), and holds no lock: one
 * caller at a time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/hash.h"
#include "mm/base/slots.h"
#include "mm/base/status.h"

struct mm_pool;
struct mm_mmi_handler;

/* Managing that may be under way at once, one inside the other. */
#define MM_MMI_DEPTH_MAX 8u

/* Buckets inside the table, before the pool gives more. */
#define MM_MMI_FIRST_BUCKETS 32u

/* One call of one handler; the arguments are the driver's own. */
struct mm_mmi_call {
	uint64_t entry_point;  /* as registered */
	uint64_t handle;       /* the handler's token, PI's DispatchHandle */
	uint64_t context;      /* as given to mm_mmi_manage() */
	void *buffer;	       /* as given to mm_mmi_manage() */
	uint64_t *inout_bytes; /* as given to mm_mmi_manage() */
	uint16_t owner;	       /* the module that registered the handler */
};

struct mm_mmi_host;

struct mm_mmi_ops {
	/*
	 * Calls the handler and returns its EFI_STATUS; if its activation was ended, an error of the image's choice.
	 * The call is valid only until it returns.
	 */
	uint64_t (*call)(struct mm_mmi_host *self, const struct mm_mmi_call *call);
};

/* First member of every implementation. */
struct mm_mmi_host {
	const struct mm_mmi_ops *ops;
};

struct mm_mmi_config {
	struct mm_pool *pool;	  /* outlives the table */
	struct mm_mmi_host *host; /* outlives the table */
	uint32_t seed;		  /* keys the hash of GUIDs */
	uint8_t instance;	  /* tells this table's tokens from those of others */
};

/* What managing came to. */
struct mm_mmi_outcome {
	uint64_t efi_status;  /* PI's answer, see mm_mmi_manage() */
	uint64_t first_error; /* the first status of a handler that PI gives no meaning to, else 0 */
	uint32_t called_count;
	uint32_t error_count; /* handlers whose status PI gives no meaning to */
};

/* private: handlers in the order of registration */
struct mm_mmi_chain {
	struct mm_mmi_handler *first;
	struct mm_mmi_handler *last;
	uint32_t count;
};

/* private: managing under way */
struct mm_mmi_frame {
	struct mm_mmi_handler *next; /* to be called next */
	uint64_t last_sequence;	     /* later ones are not called */
};

struct mm_mmi {
	/* private: */
	struct mm_pool *pool;
	struct mm_mmi_host *host;
	uint32_t seed;
	uint32_t depth;
	uint64_t sequence;
	struct mm_mmi_chain root;
	struct mm_hash by_guid;
	struct mm_slots handlers;
	struct mm_slots entries;
	struct mm_mmi_frame frames[MM_MMI_DEPTH_MAX];
	struct mm_hash_node *first_buckets[MM_MMI_FIRST_BUCKETS];
};

/* True if every slot is filled; for the wiring check of an image. */
bool mm_mmi_host_is_complete(const struct mm_mmi_host *host);

/* Makes an empty table; takes nothing from the pool yet. MM_OK; MM_E_INVALID (pool or host is NULL or incomplete). */
enum mm_status mm_mmi_init(struct mm_mmi *self, const struct mm_mmi_config *config);

/* Gives all memory back and zeroes the table. Nothing may be under way. Accepts NULL and a zeroed table. */
void mm_mmi_finish(struct mm_mmi *self);

/*
 * Registers a handler for a GUID, or a root handler if `guid` is NULL, in the name of module `owner`. The same entry
 * may be registered more than once; each is called. MM_OK; MM_E_INVALID (`entry_point` is 0); MM_E_LIMIT; what
 * mm_pool_alloc() answers.
 */
enum mm_status mm_mmi_register(struct mm_mmi *self, uint16_t owner, const struct mm_guid *guid, uint64_t entry_point,
			       uint64_t *ret_handle);

/*
 * Unregisters a handler; it may be the one that is being called. MM_OK; MM_E_INVALID (never given out); MM_E_STALE
 * (unregistered already). PI: EFI_INVALID_PARAMETER for both.
 */
enum mm_status mm_mmi_unregister(struct mm_mmi *self, uint64_t handle);

/* Unregisters all handlers of a module; returns how many. O(handlers). */
size_t mm_mmi_withdraw_owner(struct mm_mmi *self, uint16_t owner);

/*
 * Calls the handlers of `guid`, or the root handlers if it is NULL. `context`, `buffer` and `inout_bytes` are passed on
 * as they are. The answer in `ret_outcome->efi_status`:
 *
 *   EFI_SUCCESS                        a handler returned it (for a GUID no other is called then), or returned
 *                                      EFI_WARN_INTERRUPT_SOURCE_QUIESCED
 *   EFI_INTERRUPT_PENDING              for a GUID only: a handler returned it, and no other is called
 *   EFI_WARN_INTERRUPT_SOURCE_PENDING  a handler returned it and none succeeded or quiesced the source
 *   EFI_NOT_FOUND                      otherwise
 *
 * MM_OK; MM_E_LIMIT (nested deeper than MM_MMI_DEPTH_MAX; nothing is called).
 */
enum mm_status mm_mmi_manage(struct mm_mmi *self, const struct mm_guid *guid, uint64_t context, void *buffer,
			     uint64_t *inout_bytes, struct mm_mmi_outcome *ret_outcome);

/* Root handlers: when it is 0, managing root MMIs can be left out. */
static inline uint32_t mm_mmi_root_count(const struct mm_mmi *self)
{
	return self->root.count;
}

/* All handlers. */
static inline uint32_t mm_mmi_handler_count(const struct mm_mmi *self)
{
	return mm_slots_live_count(&self->handlers);
}

/* Managing under way. */
static inline uint32_t mm_mmi_depth(const struct mm_mmi *self)
{
	return self->depth;
}

/*
 * Forgets managing deeper than `depth`: for an image that unwinds over its callers, because the activation they ran in
 * was ended. Never needed when every call returns.
 */
void mm_mmi_abandon(struct mm_mmi *self, uint32_t depth);

/* Walks all invariants. MM_OK; MM_E_CORRUPT. */
enum mm_status mm_mmi_check(const struct mm_mmi *self);
