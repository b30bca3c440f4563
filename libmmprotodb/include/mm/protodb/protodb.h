/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The PI handle and protocol database (PI specification volume 4, "MM protocols and handles"): protocols are
 * installed on handles, found by GUID, by handle or by registration, and announced to those who asked.
 *
 * Everything a driver passes in or gets out is an opaque number. Handles and registrations are checked
 * tokens (mm/base/slots.h): one that was never given out, belongs to another database or has ended is refused
 * and never followed. Interfaces and notify functions are numbers that are stored and never dereferenced.
 *
 * Order: handles are found in the order in which they were created; registrations are notified in the order
 * in which they were made. Every search by GUID or handle costs O(1) expected, every change O(log n) plus one
 * notification for each registration of that GUID.
 *
 * The database lives in the caller's memory, takes more from the pool it was given, keeps what it took until
 * mm_protodb_finish(), and holds no lock: one caller at a time. A notification may call every function here.
 * Every function but mm_protodb_init() and mm_protodb_finish() may be called at any time between these two.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/hash.h"
#include "mm/base/list.h"
#include "mm/base/slots.h"
#include "mm/base/status.h"
#include "mm/base/tree.h"

struct mm_pool;
struct mm_protodb;
struct mm_protodb_entry;
struct mm_protodb_binding;
struct mm_protodb_registration;

/* Notifications that may be under way at once, one inside the other. */
#define MM_PROTODB_DEPTH_MAX 16u

/* Buckets inside the database, before the pool gives more. */
#define MM_PROTODB_FIRST_BUCKETS 32u

/* What one registered function is told about one installation. */
struct mm_protodb_notice {
	uint64_t function;     /* as registered */
	uint64_t registration; /* its token */
	uint64_t interface;    /* as installed */
	uint64_t handle;       /* the handle it was installed on */
	struct mm_guid protocol;
	uint16_t owner; /* the module that registered the function */
};

struct mm_protodb_listener;

struct mm_protodb_ops {
	/*
	 * Calls the registered function. The notice is valid during the call only. May call into the database,
	 * may end registrations, protocols and handles, these ones too. What the function makes of it is its own
	 * affair: there is no result.
	 */
	void (*notify)(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice);
};

/* First member of every implementation. */
struct mm_protodb_listener {
	const struct mm_protodb_ops *ops;
};

struct mm_protodb_config {
	struct mm_pool *pool;		      /* outlives the database */
	struct mm_protodb_listener *listener; /* outlives the database */
	uint32_t seed;			      /* keys the hash of GUIDs; any number, better an unpredictable one */
	uint8_t instance;		      /* tells this database's tokens from those of others: any number */
};

/* One protocol of a request that names several. */
struct mm_protodb_item {
	const struct mm_guid *protocol;
	uint64_t interface; /* any number; 0 is an interface too */
};

/*
 * A wish to hear, without a call, that a GUID has appeared in the database (its first installation) or
 * vanished from it (the last one's end). When that happens the watch moves to the list given with it, where
 * its owner finds it at leisure; it stays armed, and moves there at most once until taken out.
 */
struct mm_protodb_watch {
	/* private: */
	struct mm_list fired;
	struct mm_list of_entry;
	struct mm_list *fired_list;
	struct mm_protodb_entry *entry;
};

/* private: one installation being announced */
struct mm_protodb_round {
	struct mm_protodb_binding *binding;   /* NULL once it ended or was replaced */
	struct mm_protodb_registration *next; /* to be told next */
	uint64_t last_registration;	      /* later ones are not told */
};

struct mm_protodb {
	/* private: */
	struct mm_pool *pool;
	struct mm_protodb_listener *listener;
	uint32_t seed;
	uint32_t depth;
	uint64_t sequence;
	struct mm_hash by_protocol; /* GUID -> entry */
	struct mm_hash by_handle;   /* handle and GUID -> binding */
	struct mm_hash by_function; /* GUID and function -> registration */
	struct mm_slots entries;
	struct mm_slots handles;
	struct mm_slots bindings;
	struct mm_slots registrations;
	struct mm_list handle_order;
	struct mm_protodb_round rounds[MM_PROTODB_DEPTH_MAX];
	struct mm_hash_node *first_buckets[3][MM_PROTODB_FIRST_BUCKETS];
};

/* True if every slot is filled; for the wiring check of an image. */
bool mm_protodb_listener_is_complete(const struct mm_protodb_listener *listener);

/*
 * Makes an empty database; takes nothing from the pool yet. The config is copied.
 * MM_OK; MM_E_INVALID (pool or listener is NULL or incomplete).
 */
enum mm_status mm_protodb_init(struct mm_protodb *self, const struct mm_protodb_config *config);

/*
 * Gives all memory back to the pool and zeroes the database. No notification may be under way and no watch may be
 * used after it. Accepts NULL and a zeroed database.
 */
void mm_protodb_finish(struct mm_protodb *self);

/*
 * Installs one protocol on `*inout_handle`, or on a new handle if that is 0, in the name of module `owner`, and
 * notifies. `*inout_handle` is written only on MM_OK, before the first notification.
 *
 * MM_OK; MM_E_INVALID (the handle was never given out); MM_E_STALE (the handle has ended); MM_E_EXISTS (the handle
 * has this protocol already); MM_E_LIMIT (too many handles, or notifications nested deeper than
 * MM_PROTODB_DEPTH_MAX); what mm_pool_alloc() answers. PI: EFI_INVALID_PARAMETER for the first three, else
 * EFI_OUT_OF_RESOURCES.
 */
enum mm_status mm_protodb_install(struct mm_protodb *self, uint16_t owner, const struct mm_guid *protocol,
				  uint64_t interface, uint64_t *inout_handle);

/*
 * Installs several protocols (`count` at least 1) on one handle, all or none, then notifies for each in turn. Statuses
 * as above; MM_E_EXISTS also when two items name the same protocol; MM_E_INVALID also for a count of 0.
 */
enum mm_status mm_protodb_install_many(struct mm_protodb *self, uint16_t owner, const struct mm_protodb_item *items,
				       size_t count, uint64_t *inout_handle);

/*
 * Replaces the interface `old_interface` of a protocol on a handle; the new one belongs to `owner` and is announced
 * like an installation. The handle keeps its place in every order.
 *
 * MM_OK; MM_E_INVALID; MM_E_STALE; MM_E_NOT_FOUND (no such protocol there, or another interface); MM_E_LIMIT.
 */
enum mm_status mm_protodb_reinstall(struct mm_protodb *self, uint16_t owner, uint64_t handle,
				    const struct mm_guid *protocol, uint64_t old_interface, uint64_t new_interface);

/*
 * Removes a protocol from a handle; the handle ends with its last protocol.
 *
 * MM_OK; MM_E_INVALID; MM_E_STALE; MM_E_NOT_FOUND (no such protocol there, or another interface).
 * PI: EFI_INVALID_PARAMETER for a bad handle, EFI_NOT_FOUND.
 */
enum mm_status mm_protodb_uninstall(struct mm_protodb *self, uint64_t handle, const struct mm_guid *protocol,
				    uint64_t interface);

/*
 * Removes several protocols (`count` at least 1), all or none. Statuses as above; MM_E_NOT_FOUND also when two items
 * name the same protocol; MM_E_INVALID also for a count of 0.
 */
enum mm_status mm_protodb_uninstall_many(struct mm_protodb *self, uint64_t handle, const struct mm_protodb_item *items,
					 size_t count);

/*
 * The interface of a protocol on a handle. MM_OK; MM_E_INVALID; MM_E_STALE; MM_E_UNSUPPORTED (the handle does not
 * have this protocol). PI: EFI_INVALID_PARAMETER, EFI_UNSUPPORTED.
 */
enum mm_status mm_protodb_open(const struct mm_protodb *self, uint64_t handle, const struct mm_guid *protocol,
			       uint64_t *ret_interface);

/* The interface of a protocol on the earliest handle that has it. MM_OK; MM_E_NOT_FOUND. */
enum mm_status mm_protodb_locate(const struct mm_protodb *self, const struct mm_guid *protocol,
				 uint64_t *ret_interface);

/* True if some handle has this protocol. */
bool mm_protodb_is_present(const struct mm_protodb *self, const struct mm_guid *protocol);

/*
 * The next installation that is new to a registration: installations after the registration was made, in the order
 * in which they were made, each once. Every output may be NULL.
 * MM_OK; MM_E_INVALID; MM_E_STALE (no such registration); MM_E_NOT_FOUND (nothing new).
 */
enum mm_status mm_protodb_locate_new(struct mm_protodb *self, uint64_t registration, uint64_t *ret_interface,
				     uint64_t *ret_handle);

/*
 * All handles that have a protocol. `*inout_count` is the room in `ret_handles` on entry, and on MM_OK the number of
 * handles written; on MM_E_BUFFER_TOO_SMALL it is the room wanted and no handle is written.
 * MM_OK; MM_E_NOT_FOUND (no such handle); MM_E_BUFFER_TOO_SMALL.
 */
enum mm_status mm_protodb_list_handles_by_protocol(const struct mm_protodb *self, const struct mm_guid *protocol,
						   uint64_t *ret_handles, size_t *inout_count);

/* All handles; otherwise as above. */
enum mm_status mm_protodb_list_handles(const struct mm_protodb *self, uint64_t *ret_handles, size_t *inout_count);

/*
 * PI's LocateHandle(ByRegisterNotify): the one next new handle, as mm_protodb_locate_new(), which is not used up when
 * the room (`*inout_count`, in handles) is 0. MM_OK; MM_E_INVALID; MM_E_STALE; MM_E_NOT_FOUND;
 * MM_E_BUFFER_TOO_SMALL.
 */
enum mm_status mm_protodb_list_handles_new(struct mm_protodb *self, uint64_t registration, uint64_t *ret_handles,
					   size_t *inout_count);

/*
 * Asks for `function` to be told of every later installation of a protocol. Registering the same function again for
 * the same protocol yields the registration there is, whoever asked. MM_OK; MM_E_LIMIT; what mm_pool_alloc() answers.
 */
enum mm_status mm_protodb_register_notify(struct mm_protodb *self, uint16_t owner, const struct mm_guid *protocol,
					  uint64_t function, uint64_t *ret_registration);

/*
 * Ends a registration; it is not told of anything any more, also not by an announcement under way.
 * MM_OK; MM_E_INVALID; MM_E_STALE; MM_E_NOT_FOUND (the registration is for another protocol). PI:
 * EFI_NOT_FOUND for all three.
 */
enum mm_status mm_protodb_unregister_notify(struct mm_protodb *self, const struct mm_guid *protocol,
					    uint64_t registration);

/*
 * Ends every registration and removes every protocol that module `owner` made, and the handles left empty. Nobody is
 * notified. Returns how many things went. O(all bindings and registrations).
 */
size_t mm_protodb_withdraw_owner(struct mm_protodb *self, uint16_t owner);

/*
 * Arms a watch that is not armed: it will move to `fired_list` (a list head that outlives the watch) when presence of
 * the GUID changes. `*ret_is_present` says how it is now. Watches count neither as protocols nor as registrations.
 * MM_OK; MM_E_LIMIT; what mm_pool_alloc() answers.
 */
enum mm_status mm_protodb_watch_arm(struct mm_protodb *self, struct mm_protodb_watch *watch,
				    const struct mm_guid *protocol, struct mm_list *fired_list, bool *ret_is_present);

/* Disarms an armed watch and takes it out of the list of fired ones. Accepts a zeroed watch. */
void mm_protodb_watch_disarm(struct mm_protodb *self, struct mm_protodb_watch *watch);

/*
 * Takes the watch that fired first out of a list, or NULL. `*ret_is_present` (written if there is one) says whether its
 * GUID is present now; it may have come and gone since.
 */
struct mm_protodb_watch *mm_protodb_watch_take_fired(struct mm_list *fired_list, bool *ret_is_present);

/* Announcements under way. */
static inline uint32_t mm_protodb_depth(const struct mm_protodb *self)
{
	return self->depth;
}

/*
 * Forgets announcements deeper than `depth`: for an image that unwinds over their callers, because the activation
 * they ran in was ended. Never needed when every notify returns.
 */
void mm_protodb_abandon(struct mm_protodb *self, uint32_t depth);

static inline uint32_t mm_protodb_handle_count(const struct mm_protodb *self)
{
	return mm_slots_live_count(&self->handles);
}

/* Installed protocols, all handles together. */
static inline uint32_t mm_protodb_binding_count(const struct mm_protodb *self)
{
	return mm_slots_live_count(&self->bindings);
}

static inline uint32_t mm_protodb_registration_count(const struct mm_protodb *self)
{
	return mm_slots_live_count(&self->registrations);
}

/* Walks all invariants. MM_OK; MM_E_CORRUPT. O(n log n). */
enum mm_status mm_protodb_check(const struct mm_protodb *self);
