/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The PI driver dispatcher (PI specification volume 2, "DXE dispatcher", as volume 4 applies it to MM): which driver
 * is started when. How a driver is loaded and entered is the image's affair (ops); what a protocol is, the protocol
 * database's.
 *
 * Order. Drivers of an a-priori list come first, in the list's order, whatever their dependency expression says. The
 * others are started in passes: a pass takes every driver whose expression holds, in the order in which the drivers
 * were added, and starts them one by one; what they install counts from the next pass on. A driver that is BEFORE or
 * AFTER another one is started right before or after it, in the same pass. An AFTER whose driver was scheduled in an
 * earlier pass or by an a-priori list is taken by the next pass; a BEFORE then comes too late and stays undispatched.
 *
 * Cost. A waiting driver is not looked at until the presence of a GUID in its expression changes, and then only the
 * operators above that GUID are: a dispatch costs O(drivers log drivers + GUIDs in all expressions), whatever the
 * order in which they can be started.
 *
 * Drivers that cannot be started stay, and are when what they lack appears: call mm_dispatch_run() again whenever
 * mm_dispatch_has_work() says so. A driver whose start fails is not started again and hinders no other.
 *
 * The dispatcher lives in the caller's memory, takes more from the pool it was given until mm_dispatch_finish(), and
 * holds no lock: one caller at a time. While a driver is being started everything here may be called except
 * mm_dispatch_run() and mm_dispatch_finish().
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/hash.h"
#include "mm/base/list.h"
#include "mm/base/slots.h"
#include "mm/base/status.h"
#include "mm/base/tree.h"

struct mm_pi_depex;
struct mm_pool;
struct mm_protodb;
struct mm_dispatch_driver;

/* Buckets inside the dispatcher, before the pool gives more. */
#define MM_DISPATCH_FIRST_BUCKETS 32u

struct mm_dispatch_host;

struct mm_dispatch_ops {
	/*
	 * Loads and enters the driver that was added with this `id`. MM_OK if its entry succeeded; anything else is
	 * kept for the report. May call into the protocol database and, as said above, into the dispatcher.
	 */
	enum mm_status (*start)(struct mm_dispatch_host *self, uint64_t id);
};

/* First member of every implementation. */
struct mm_dispatch_host {
	const struct mm_dispatch_ops *ops;
};

struct mm_dispatch_config {
	struct mm_pool *pool;	       /* outlives the dispatcher */
	struct mm_protodb *protodb;    /* outlives the dispatcher */
	struct mm_dispatch_host *host; /* outlives the dispatcher */
	uint32_t seed;		       /* keys the hash of GUIDs */
};

/* A driver as it is added. */
struct mm_dispatch_module {
	uint64_t id;	       /* the caller's name for it, any number */
	struct mm_guid guid;   /* its file GUID */
	struct mm_bytes depex; /* its MM dependency expression, untrusted, read only by the call; empty: always true */
};

enum mm_dispatch_state {
	MM_DISPATCH_UNREQUESTED, /* schedule-on-request, and nobody did */
	MM_DISPATCH_WAITING,	 /* its expression does not hold, or it waits for the driver it is BEFORE or AFTER of */
	MM_DISPATCH_READY,	 /* the next pass takes it */
	MM_DISPATCH_SCHEDULED,	 /* taken by a pass, not yet started */
	MM_DISPATCH_STARTING,	 /* being started */
	MM_DISPATCH_STARTED,
	MM_DISPATCH_FAILED, /* its start returned an error */
};

/* What can be said about one driver. */
struct mm_dispatch_report {
	uint64_t id;
	struct mm_guid guid;
	enum mm_dispatch_state state;
	enum mm_status status; /* what start returned, if FAILED; else MM_OK */
};

enum mm_dispatch_lack_kind {
	MM_DISPATCH_LACKS_PROTOCOL, /* this protocol would have to be installed */
	MM_DISPATCH_LACKS_ABSENCE,  /* this protocol would have to be absent (NOT) */
	MM_DISPATCH_LACKS_BEFORE, /* it is BEFORE this driver, which is unknown, undispatched or was scheduled too early
				   */
	MM_DISPATCH_LACKS_AFTER,  /* it is AFTER this driver, which is unknown or undispatched */
};

struct mm_dispatch_lack {
	enum mm_dispatch_lack_kind kind;
	struct mm_guid guid;
};

struct mm_dispatch {
	/* private: */
	struct mm_pool *pool;
	struct mm_protodb *protodb;
	struct mm_dispatch_host *host;
	struct mm_dispatch_driver *current; /* being started */
	uint32_t seed;
	uint32_t mark;
	uint64_t sequence;
	uint32_t started_count;
	uint32_t failed_count;
	bool is_running;
	struct mm_hash by_name; /* GUID -> name: a driver, a protocol waited for, or both */
	struct mm_slots drivers;
	struct mm_slots names;
	struct mm_list fired;	  /* watches of names whose presence changed */
	struct mm_list scheduled; /* drivers in the order in which to start them */
	struct mm_tree ready;	  /* drivers for the next pass, by the order of adding */
	struct mm_hash_node *first_buckets[MM_DISPATCH_FIRST_BUCKETS];
};

/* True if every slot is filled; for the wiring check of an image. */
bool mm_dispatch_host_is_complete(const struct mm_dispatch_host *host);

/*
 * Makes an empty dispatcher; takes nothing from the pool yet. MM_OK; MM_E_INVALID (pool, database or host is NULL or
 * incomplete).
 */
enum mm_status mm_dispatch_init(struct mm_dispatch *self, const struct mm_dispatch_config *config);

/*
 * Gives all memory back, disarms everything in the database, which must still be there, and zeroes the dispatcher.
 * Accepts NULL and a zeroed dispatcher.
 */
void mm_dispatch_finish(struct mm_dispatch *self);

/*
 * Adds a driver. All or nothing. MM_OK; MM_E_EXISTS (a driver of this GUID is there); MM_E_LIMIT; what
 * mm_pool_alloc() answers; and, with `reterr` filled, what mm_pi_depex_check_untrusted() refuses.
 */
enum mm_status mm_dispatch_add(struct mm_dispatch *self, const struct mm_dispatch_module *module,
			       struct mm_refusal *reterr);

/*
 * Schedules drivers that were added, in this order and in front of everything that is not scheduled yet. Names of no
 * driver, and of drivers that are scheduled already, are passed over. Returns how many were scheduled.
 */
size_t mm_dispatch_add_apriori(struct mm_dispatch *self, const struct mm_guid *guids, size_t count);

/*
 * Requests a schedule-on-request driver: from now on its expression decides. MM_OK; MM_E_NOT_FOUND (no such driver);
 * MM_E_INVALID (it is not, or not any more, waiting for a request).
 */
enum mm_status mm_dispatch_request(struct mm_dispatch *self, const struct mm_guid *guid);

/* True if mm_dispatch_run() would have something to look at. Constant time. */
bool mm_dispatch_has_work(const struct mm_dispatch *self);

/*
 * Starts drivers until none can be. `*ret_started_count` is the number of starts that succeeded in this run. MM_OK;
 * MM_E_BUSY (a run is under way).
 */
enum mm_status mm_dispatch_run(struct mm_dispatch *self, uint32_t *ret_started_count);

/*
 * Ends a run that an image has unwound over: the driver being started counts as failed with MM_E_ABORTED. The next run
 * goes on behind it. Never needed when every start returns.
 */
void mm_dispatch_abandon(struct mm_dispatch *self);

/*
 * Walks all drivers: start with `*inout_cursor` 0. MM_OK; MM_E_NOT_FOUND at the end. The walk survives any change made
 * meanwhile.
 */
enum mm_status mm_dispatch_next_report(struct mm_dispatch *self, uint32_t *inout_cursor,
				       struct mm_dispatch_report *ret_report);

/*
 * Exactly what keeps a driver from being scheduled: each GUID once, in the order of the expression. Only GUIDs that
 * matter are named: of (A OR B) AND C with A present, C alone. Nothing for a driver that is scheduled, started, failed,
 * ready, or whose expression is plain FALSE.
 *
 * `*inout_count` is the room in `ret_lacks` on entry; on MM_OK the number written, on MM_E_BUFFER_TOO_SMALL the room
 * wanted. MM_OK; MM_E_NOT_FOUND (no such driver); MM_E_BUFFER_TOO_SMALL.
 */
enum mm_status mm_dispatch_list_lacks(struct mm_dispatch *self, const struct mm_guid *guid,
				      struct mm_dispatch_lack *ret_lacks, size_t *inout_count);

/*
 * The value of a checked expression against the database as it is now; BEFORE and AFTER are false, SOR is passed over.
 */
bool mm_dispatch_evaluate(struct mm_protodb *protodb, const struct mm_pi_depex *depex);

/*
 * Checks an expression and evaluates it, without adding a driver; no bytes at all are true. MM_OK, or what
 * mm_pi_depex_check_untrusted() refuses.
 */
enum mm_status mm_dispatch_evaluate_untrusted(struct mm_protodb *protodb, struct mm_bytes depex, bool *ret_holds,
					      struct mm_refusal *reterr);

/* Drivers added, started with success, and failed. */
static inline uint32_t mm_dispatch_driver_count(const struct mm_dispatch *self)
{
	return mm_slots_live_count(&self->drivers);
}

static inline uint32_t mm_dispatch_started_count(const struct mm_dispatch *self)
{
	return self->started_count;
}

static inline uint32_t mm_dispatch_failed_count(const struct mm_dispatch *self)
{
	return self->failed_count;
}

/* Walks all invariants. MM_OK; MM_E_CORRUPT. */
enum mm_status mm_dispatch_check(const struct mm_dispatch *self);
