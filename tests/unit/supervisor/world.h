/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A supervisor on the fake machine, as init leaves it: 8 MiB of MMRAM at 256 MiB whose first quarter is in use, page
 * tables that map it as the contract says, MMI entries with a fix-up block, a user core and two drivers, both
 * channels outside MMRAM, a HOB list. Ring 3 is a script: the switches into it record what they were asked for and
 * return, and world_syscall() speaks in its name.
 *
 *     CPUs take turns: whoever is `machine->current` executes.
 */
#include "activation.h"
#include "build.h"
#include "fake_machine.h"
#include "fake_policy.h"
#include "memory.h"
#include "mm/abi/comm.h"
#include "mm/abi/efi.h"
#include "mm/abi/user.h"
#include "mm/base/bytes.h"
#include "supv.h"
#include "tests/mm_test.h"

#define WORLD_CPU_MAX 8u

/* MMRAM, part in use. */
#define WORLD_MMRAM_BASE   0x10000000u
#define WORLD_MMRAM_BYTES  0x800000u
#define WORLD_TILES	   0x10000000u /* MMI entry of CPU i at + i * 0x2000, its save state 7 pages up */
#define WORLD_TABLES_INIT  0x10020000u /* one page per CPU: init's pseudo-descriptors */
#define WORLD_GDTR	   0xf00u
#define WORLD_IDTR	   0xf10u
#define WORLD_RING0_STACKS 0x10030000u /* guard, four pages; per CPU */
#define WORLD_RING0_STRIDE 0x5000u
#define WORLD_SMBASE	   0x10060000u
#define WORLD_INITIALIZED  0x10061000u
#define WORLD_POLICY	   0x10062000u
#define WORLD_POLICY_BYTES 0x4000u
#define WORLD_HOBS	   0x10068000u
#define WORLD_HOBS_BYTES   0x8000u
#define WORLD_INIT_IMAGE   0x10070000u
#define WORLD_INIT_BYTES   0x10000u
#define WORLD_SUPERVISOR   0x10080000u
#define WORLD_SUPV_BYTES   0x20000u
#define WORLD_ANCHOR	   0x10081000u
#define WORLD_USER_CORE	   0x100a0000u /* modules: code, constants, two pages of data */
#define WORLD_DRIVER_1	   0x100a8000u
#define WORLD_DRIVER_2	   0x100b0000u
#define WORLD_MODULE_BYTES 0x4000u
#define WORLD_USER_STACKS  0x100b8000u
#define WORLD_TABLES	   0x10100000u
#define WORLD_TABLES_BYTES 0x100000u
#define WORLD_FREE	   0x10200000u /* to the end */

/* Outside MMRAM. */
#define WORLD_OS_BASE		0x20000000u
#define WORLD_OS_BYTES		0x40000u
#define WORLD_USER_BUFFER	0x20000000u
#define WORLD_CHANNEL_BYTES	0x10000u
#define WORLD_USER_STATUS	0x20010008u
#define WORLD_SUPERVISOR_BUFFER 0x20020000u
#define WORLD_SUPERVISOR_STATUS 0x20030000u
#define WORLD_UNBLOCKED		0x20035000u /* one page that ring 3 may use */
#define WORLD_UNMAPPED		0x20037000u
#define WORLD_TSC_HZ		1000000000u
#define WORLD_SYSCALL_ENTRY	0x10081230u
#define WORLD_DRIVER_RIP	(WORLD_DRIVER_1 + 0x123u)
#define WORLD_EVENT_MAX		64u
#define WORLD_MODULE_MAX	70u
#define WORLD_MMRAM_RANGES	40u
#define WORLD_INIT_FACTS_BYTES	40u

struct world_module {
	struct mm_guid name;
	struct mm_region region;
	uint64_t entry;
};

/* What the HOB list will say; a test spoils it before world_write_hobs(). */
struct world_hobs {
	struct mm_pi_mmram mmram[WORLD_MMRAM_RANGES];
	uint32_t mmram_count; /* 0: no HOB */
	uint32_t cpu_count;   /* 0: no HOB */
	bool has_pass_down;
	struct mm_pi_pass_down pass_down;
	struct mm_pi_channel user_channel;	 /* empty buffer: no HOB */
	struct mm_pi_channel supervisor_channel; /* likewise */
	struct world_module modules[WORLD_MODULE_MAX];
	uint32_t module_count;
	uint8_t init_facts[WORLD_INIT_FACTS_BYTES + 8u];
	size_t init_facts_bytes; /* 0: no HOB */
	bool has_empty_channel;	 /* a second user channel HOB, without payload, at the list's end */
};

enum world_event_kind {
	WORLD_ENTER,
	WORLD_RESUME,
	WORLD_LEAVE,
};

/* One switch of rings, with what the CPU would have shown at that moment. */
struct world_event {
	enum world_event_kind kind;
	uint32_t cpu;
	uint8_t depth;
	uint64_t sysenter_cs;
	uint64_t lstar;
	struct mm_supv_user_entry entry;   /* WORLD_ENTER */
	struct mm_supv_user_resume resume; /* WORLD_RESUME */
	struct mm_supv_fx fx;
};

struct world {
	struct fake_machine *machine;
	struct fake_policy policy;
	struct world_hobs hobs;
	size_t hob_bytes;
	uint64_t next_table; /* page for the next table of init's tree */
	struct mm_hal_pagetable init_tables;
	struct mm_hal_lapic lapic;

	struct mm_supv_state *supv;
	struct mm_supv_wiring *wiring;
	struct mm_supv_memory *memory;
	struct mm_supv_facts *facts;

	struct world_event events[WORLD_EVENT_MAX];
	uint32_t event_count;
	struct mm_supv_fx fx; /* the live x87/SSE state */
	uint32_t write_backs;
	uint64_t protected_writes;
	struct mm_supv_call call; /* of the last world_syscall() */

	const void *row; /* of a table-driven test */
	bool panic_expected;
	jmp_buf panic_jump;
	char panic_text[128];
	uint32_t boot_ends;
};

/* A machine with 1..WORLD_CPU_MAX CPUs, everything of init's in place, nothing of the supervisor's. */
struct world *world_create(uint32_t cpu_count);
/* Runs the walkers of allocator and page tables if they exist. */
void world_destroy(struct world *world);

/* What init made, in the machine; world_create() calls it. */
void world_leave_by_init(struct world *world);
/* The fix-up block of a CPU's MMI entry, writable. */
uint8_t *world_fixup_block(struct world *world, uint32_t cpu);

/* Steps of the first SMI; each fails the test when the step is refused. */
void world_write_hobs(struct world *world);
void world_build(struct world *world);
/* ... and START answered with success, everything sealed, all CPUs ready, the events forgotten. */
void world_boot(struct world *world);

enum mm_status world_read_facts(struct world *world, struct mm_refusal *reterr);
enum mm_status world_try_build(struct world *world, struct mm_refusal *reterr);

/* cmocka fixtures: a booted world of one CPU, of one CPU with a driver running (depth 2), of four; and the end. */
int world_setup(void **state);
int world_setup_driver(void **state);
int world_setup_4(void **state);
int world_setup_unbuilt(void **state);
int world_teardown(void **state);

/* A test for a row of a table: `setup` is one of those above, the row is world->row. */
struct CMUnitTest world_row(const char *claim, CMUnitTestFunction test, CMFixtureFunction setup, const void *row);

struct mm_supv_cpu *world_cpu(struct world *world, uint32_t index);

/* Puts a message with the 24-byte header into the user channel and marks it valid; returns its bytes. */
uint64_t world_put_message(struct world *world, const struct mm_guid *guid, const void *data, uint64_t bytes);
uint64_t world_put_request(struct world *world, const struct mm_guid *guid, const void *data, uint64_t bytes);
struct mm_comm_status world_user_status(struct world *world);
struct mm_comm_status world_supervisor_status(struct world *world);
uint8_t *world_bytes(struct world *world, uint64_t base, uint64_t bytes);

/* One SMI on CPU `index`, up to its first switch of rings or its end. */
void world_smi(struct world *world, uint32_t index);
/* An SMI with a message for the echo driver, which then runs at depth 2 of CPU 0. */
void world_wake_driver(struct world *world);

/* Ring 3 makes a system call from WORLD_DRIVER_RIP on CPU 0; returns RAX. world->call holds what came back. */
uint64_t world_syscall(struct world *world, uint64_t number, uint64_t rdx, uint64_t r8, uint64_t r9);
/* The same with all registers as in `call`. */
uint64_t world_syscall_with(struct world *world, const struct mm_supv_call *call);
/* INVOKE of a driver's entry and RETURN with success. */
void world_invoke(struct world *world, uint64_t module);
void world_return(struct world *world, uint64_t value);
void world_fault(struct world *world, uint64_t vector, uint64_t error, uint64_t rip);

const struct world_event *world_last_event(const struct world *world);
void world_forget_events(struct world *world);

/* Rights of a page by the supervisor's own editor (MM_HAL_PAGE_*, 0: absent) and as the CPU grants them. */
uint32_t world_attributes(struct world *world, uint64_t va);
bool world_can(struct world *world, uint64_t va, uint32_t access);
void world_protect(struct world *world, uint64_t va, uint64_t bytes, uint32_t attributes);

bool world_log_has(const struct world *world, const char *text);
/* True if the console holds a hexadecimal number that is an address in MMRAM. */
bool world_log_has_address(const struct world *world);

/* The last record, which there must be. */
const struct mm_supv_record *world_last_record(const struct world *world);

/* Runs a statement that must end in mm_supv_panic(). */
#define assert_panics(world, statement)                       \
	do {                                                  \
		(world)->panic_expected = true;               \
		if (setjmp((world)->panic_jump) == 0) {       \
			statement;                            \
			fail_msg("no panic: %s", #statement); \
		}                                             \
		(world)->panic_expected = false;              \
	} while (0)

extern const struct mm_guid world_driver_1;
extern const struct mm_guid world_driver_2;
