/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A user core in ring 3 as init and the supervisor leave it: a HOB list with the user channel, the module of the core
 * and those of the drivers that a test adds, a shared page, a shadow. A driver is a number n from 1 to
 * WORLD_DRIVER_MAX; its functions are numbers inside its module's region, behind which stand C functions of the test
 * (fake_core.h), whose context is the world.
 */
#include "core.h"
#include "events.h"
#include "fake_core.h"
#include "fake_machine.h"
#include "invoke.h"
#include "mm/abi/comm.h"
#include "mm/abi/depex.h"
#include "mm/abi/efi.h"
#include "mm/base/addr.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"
#include "mm/pi/hob_writer.h"
#include "table.h"
#include "tests/mm_test.h"

#define WORLD_DRIVER_MAX    70u
#define WORLD_PAGES	    512u
#define WORLD_SHADOW_BYTES  0x10000u
#define WORLD_HOB_BYTES	    0x8000u
#define WORLD_CORE_BASE	    0x10000000u
#define WORLD_DRIVER_STRIDE 0x10000u /* driver n lies at the core's base + n times this */
#define WORLD_MODULE_BYTES  0x4000u
#define WORLD_ENTRY_OFFSET  0x1000u
#define WORLD_CPU_COUNT	    4u

/* Offsets of a driver's functions, so that a test can call them by name. */
#define WORLD_HANDLER 0x2000u
#define WORLD_NOTIFY  0x2800u

/* Where a dependency expression is put together. */
struct world_depex {
	uint8_t bytes[128];
	size_t count;
};

struct world {
	struct mm_core *core; /* &mm_core_object */
	struct mm_mmst *mmst; /* its table */
	struct fake_core ring0;
	struct fake_machine *machine; /* ports and console */
	struct mm_pi_hob_writer writer;
	uint8_t *hobs;	 /* page-aligned */
	uint8_t *shadow; /* page-aligned */
	struct mm_user_shared shared;
	bool has_channel; /* in the HOB list; true */

	/* For the tests' drivers. */
	uint64_t answer;	    /* what a scripted function returns */
	uint64_t count;		    /* of calls */
	uint64_t order[32];	    /* who was called, in turn */
	uint64_t statuses[32];	    /* of services, in turn */
	mm_driver_handle handle;    /* of a protocol or handler */
	uint64_t args[4];	    /* of the last call */
	fake_core_function *inside; /* what a scripted function does besides */
};

/* For cmocka: an empty world before world_start(), and its end, which checks the core's invariants. */
int world_setup(void **state);
int world_teardown(void **state);

/* The same with the core started and driver 1 having registered nothing but itself; dispatched. */
int world_setup_started(void **state);

struct mm_guid world_driver_guid(unsigned n);
struct mm_guid world_protocol_guid(unsigned n);
struct mm_guid world_message_guid(unsigned n);

/* The number of a driver's function. */
uint64_t world_address(unsigned n, uint64_t offset);

/* Adds driver n with a depex (NULL: no depex HOB) and an entry (NULL: succeeds and does nothing). */
void world_add_driver(struct world *w, unsigned n, const struct world_depex *depex, fake_core_function *entry);

/* Puts a function behind a driver's number. */
void world_set_function(struct world *w, unsigned n, uint64_t offset, fake_core_function *function);

/* Expressions: always true; protocol n is there; anything by hand. */
struct world_depex world_depex_true(void);
struct world_depex world_depex_protocol(unsigned n);
void world_depex_push(struct world_depex *depex, uint8_t opcode, const struct mm_guid *guid);

/* Ends the HOB list and starts the core. The status of mm_core_start(). */
enum mm_status world_start(struct world *w, struct mm_refusal *reterr);

/* The same, MM_OK expected, and the dispatch event sent. */
void world_run(struct world *w);

/* Sends a message of `bytes` bytes of `data`; its return status. The reply is in `w->shared.status`. */
uint64_t world_send(struct world *w, const struct mm_guid *guid, const void *data, uint64_t bytes);
uint64_t world_send_v3(struct world *w, const struct mm_guid *guid, const void *data, uint64_t bytes);

/* A request without a message. */
void world_wake(struct world *w);

/* Whoever looks at what the supervisor puts in and takes out: a request, and the status of its activation. */
uint64_t world_request(struct world *w, uint64_t message_bytes);

/* Runs `function` as driver n, as a request of its own; what it returns, or how it ended. */
uint64_t world_as_driver(struct world *w, unsigned n, fake_core_function *function);

/* From here on the test itself calls services in the name of driver n (MM_CORE_SELF: of nobody). */
void world_play(struct world *w, unsigned n);

/* Services in the name of whoever runs; their EFI_STATUS. Handlers and notifications are numbers. */
uint64_t world_register_handler(struct world *w, uint64_t function, const struct mm_guid *guid,
				mm_driver_handle *ret_handle);
uint64_t world_register_notify(struct world *w, uint64_t function, const struct mm_guid *protocol, void **ret_token);
uint64_t world_install(struct world *w, unsigned protocol, uint64_t interface, mm_driver_handle *inout_handle);

/* Scripted functions: count, note the call, do `w->inside` if set, return `w->answer`. */
uint64_t world_scripted(void *context, const uint64_t args[4]);
/* Ends its own activation. */
uint64_t world_dying(void *context, const uint64_t args[4]);

/* Entry that registers WORLD_HANDLER for message n of its own number, and installs protocol n. */
uint64_t world_entry_full(void *context, const uint64_t args[4]);

/* True if the log holds this text. */
bool world_log_has(const struct world *w, const char *text);
/* The same with a GUID printed behind `before`. */
bool world_log_has_guid(const struct world *w, const char *before, const struct mm_guid *guid);

/* True if the walkers of all rooms are content. */
bool world_is_whole(const struct world *w);
