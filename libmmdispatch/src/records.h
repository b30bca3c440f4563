/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What the dispatcher consists of, and the steps its files share. Private to the room. */
#include "mm/dispatch/dispatch.h"
#include "mm/pi/depex.h"
#include "mm/protodb/protodb.h"

/*
 * A GUID that means something here: a driver has it, an expression pushes it, or a driver is BEFORE or AFTER it.
 * It ends when nothing uses it any more.
 */
struct mm_dispatch_name {
	struct mm_slot slot;
	struct mm_hash_node by_name;
	struct mm_guid guid;
	uint32_t use_count;
	uint32_t mark;	      /* of the last listing it was in */
	bool is_present;      /* as the gates know it; the database may be ahead until the watch is taken */
	struct mm_list gates; /* that push it; while there are any, the watch is armed */
	struct mm_protodb_watch watch;
	struct mm_dispatch_driver *driver; /* of this file GUID, or NULL */
	struct mm_list before;		   /* drivers BEFORE it that wait, in the order of adding */
	struct mm_list after;
};

/* One opcode of an expression. The gates of a driver stand in the order of the opcodes; the last one is the root. */
struct mm_dispatch_gate {
	struct mm_list of_name; /* PUSH only, as the next two */
	struct mm_dispatch_name *name;
	struct mm_dispatch_driver *driver;
	uint32_t parent; /* index; of the root, its own */
	uint8_t opcode;
	uint8_t true_count; /* operands that are true */
	bool value;
};

struct mm_dispatch_driver {
	struct mm_slot slot;
	uint64_t id;
	uint64_t sequence; /* of its adding */
	struct mm_dispatch_name *name;
	struct mm_dispatch_name *target; /* BEFORE and AFTER only, else NULL */
	struct mm_dispatch_gate *gates;	 /* until it is scheduled; NULL if its expression is always true */
	uint32_t gate_count;
	enum mm_pi_depex_kind kind;
	enum mm_dispatch_state state;
	enum mm_status status;
	struct mm_tree_node ready;
	struct mm_list scheduled;
	struct mm_list of_target;
};

/* names.c: the name of a GUID with one more use. A status of mm_protodb_store_take(). */
enum mm_status dispatch_get_name(struct mm_dispatch *self, const struct mm_guid *guid,
				 struct mm_dispatch_name **ret_name);
void dispatch_put_name(struct mm_dispatch *self, struct mm_dispatch_name *name);

/* NULL if there is none. */
struct mm_dispatch_name *dispatch_find_name(const struct mm_dispatch *self, const struct mm_guid *guid);
struct mm_dispatch_driver *dispatch_find_driver(const struct mm_dispatch *self, const struct mm_guid *guid);

/* gates.c: builds a checked expression's gates over the presence of GUIDs. What the pool or the database answers. */
enum mm_status dispatch_build_gates(struct mm_dispatch *self, struct mm_dispatch_driver *driver,
				    const struct mm_pi_depex *depex);
void dispatch_drop_gates(struct mm_dispatch *self, struct mm_dispatch_driver *driver);
bool dispatch_expression_holds(const struct mm_dispatch_driver *driver);

/* True if this gate being the other way round would help the expression to hold. */
bool dispatch_gate_matters(const struct mm_dispatch_driver *driver, uint32_t index);

/* Brings all gates up to what the database has become. */
void dispatch_settle(struct mm_dispatch *self);

/* schedule.c: makes a driver that waits ready, or one that is ready wait, by its expression. */
void dispatch_reconsider(struct mm_dispatch *self, struct mm_dispatch_driver *driver);

/* The next pass takes it. */
void dispatch_make_ready(struct mm_dispatch *self, struct mm_dispatch_driver *driver);
