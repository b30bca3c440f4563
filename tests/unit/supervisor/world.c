/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "world.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "boot.h"
#include "channel.h"
#include "fault.h"
#include "gate.h"
#include "mm/base/guid.h"
#include "monarch.h"
#include "rendezvous.h"

#define SYSENTER_CS 0x174u
#define LSTAR	    0xc0000082u

/* The ring-3 ops have no self: in the image they are the CPU. One world at a time. */
static struct world *the_world;

static struct world_event *new_event(struct mm_supv_cpu *cpu, enum world_event_kind kind)
{
	struct world *world = the_world;
	struct world_event *event = &world->events[world->event_count++];

	assert_true(world->event_count <= WORLD_EVENT_MAX);
	memset(event, 0, sizeof(*event));
	event->kind = kind;
	event->cpu = cpu->index;
	event->depth = cpu->depth;
	event->sysenter_cs = fake_machine_get_msr(world->machine, world->machine->current, SYSENTER_CS);
	event->lstar = fake_machine_get_msr(world->machine, world->machine->current, LSTAR);
	event->fx = world->fx;
	return event;
}

static void ring3_enter(struct mm_supv_cpu *cpu, const struct mm_supv_user_entry *entry)
{
	new_event(cpu, WORLD_ENTER)->entry = *entry;
}

static void ring3_resume(struct mm_supv_cpu *cpu, const struct mm_supv_user_resume *resume)
{
	new_event(cpu, WORLD_RESUME)->resume = *resume;
}

static void ring3_leave(struct mm_supv_cpu *cpu)
{
	(void)new_event(cpu, WORLD_LEAVE);
}

static void fx_save(struct mm_supv_fx *ret_fx)
{
	*ret_fx = the_world->fx;
}

static void fx_restore(const struct mm_supv_fx *fx)
{
	the_world->fx = *fx;
}

static void write_back_caches(void)
{
	the_world->write_backs++;
}

static void write_protected(void *target, const void *data, size_t bytes)
{
	the_world->protected_writes++;
	memcpy(target, data, bytes);
}

static const struct mm_supv_ring3_ops ring3_ops = {
	.enter = ring3_enter,
	.resume = ring3_resume,
	.fx_save = fx_save,
	.fx_restore = fx_restore,
	.leave = ring3_leave,
	.write_back_caches = write_back_caches,
	.write_protected = write_protected,
};

/* What the image's machine.c and boot.c do on the real machine. */
void mm_supv_panic(const struct mm_supv_wiring *wiring, const char *what)
{
	struct world *world = the_world;

	(void)snprintf(world->panic_text, sizeof(world->panic_text), "%s", what);
	if (world->panic_expected)
		longjmp(world->panic_jump, 1);
	fail_msg("panic: %s", what);
	abort();
}

void mm_supv_boot_end(struct mm_supv_cpu *cpu, uint64_t status, uint64_t value)
{
	the_world->boot_ends++;
	assert_status(mm_supv_build_end(cpu->supv, status, value), MM_OK);
	cpu->ready = 1;
}

static void *allocate(size_t alignment, size_t bytes)
{
	void *memory = aligned_alloc(alignment, (bytes + alignment - 1u) & ~(alignment - 1u));

	assert_non_null(memory);
	memset(memory, 0, bytes);
	return memory;
}

static void wire(struct world *world)
{
	struct fake_machine *machine = world->machine;
	struct mm_supv_wiring *wiring = world->wiring;

	assert_status(mm_hal_lapic_init(&world->lapic, &machine->cpu, &machine->mmio, mm_pa(MM_HAL_LAPIC_BASE)), MM_OK);
	wiring->ring3 = &ring3_ops;
	wiring->syscall_entry = WORLD_SYSCALL_ENTRY;
	wiring->cpu = &machine->cpu;
	wiring->io = &machine->io;
	wiring->mem = &machine->mem;
	wiring->time = &machine->time;
	wiring->user = &machine->user;
	wiring->console = &machine->console;
	wiring->lapic = &world->lapic;
	world->supv->wiring = wiring;
	world->supv->memory = world->memory;
}

struct world *world_create(uint32_t cpu_count)
{
	struct world *world = allocate(64, sizeof(*world));

	assert_true(cpu_count >= 1 && cpu_count <= WORLD_CPU_MAX);
	the_world = world;
	world->machine = fake_machine_create(cpu_count);
	world->wiring = allocate(4096, sizeof(*world->wiring));
	world->supv = allocate(64, sizeof(*world->supv));
	world->memory = allocate(64, sizeof(*world->memory));
	world->facts = allocate(64, sizeof(*world->facts));
	fake_policy_init(&world->policy);
	fake_machine_set_msr(world->machine, 0x198, 0x1234567800000000);
	fake_machine_set_msr(world->machine, 0x199, 0);
	memset(&world->fx, 0xee, sizeof(world->fx)); /* the interrupted context's */
	wire(world);
	world_leave_by_init(world);
	return world;
}

void world_destroy(struct world *world)
{
	world->machine->current = 0;
	if (world->wiring->pages != NULL) {
		assert_status(mm_pages_mmram_check(&world->memory->allocator), MM_OK);
		assert_status(mm_hal_pagetable_check(&world->memory->tables.editor), MM_OK);
	}
	fake_policy_finish(&world->policy);
	fake_machine_destroy(world->machine);
	free(world->facts);
	free(world->memory);
	free(world->supv);
	free(world->wiring);
	free(world);
	the_world = NULL;
}

uint8_t *world_bytes(struct world *world, uint64_t base, uint64_t bytes)
{
	void *data = fake_machine_bytes(world->machine, base, bytes);

	assert_non_null(data);
	return data;
}

enum mm_status world_read_facts(struct world *world, struct mm_refusal *reterr)
{
	return mm_supv_facts_read_untrusted(&world->machine->mem, mm_pa(WORLD_HOBS), WORLD_ANCHOR, world->facts,
					    reterr);
}

enum mm_status world_try_build(struct world *world, struct mm_refusal *reterr)
{
	const struct mm_supv_machine_facts machine = {
		.root = world->init_tables.root,
		.levels = 4,
		.pa_bits = 40,
		.missing_protections = MM_POLICY_PROTECT_UMIP,
	};

	return mm_supv_build(world->supv, world->facts, &machine, reterr);
}

void world_build(struct world *world)
{
	struct mm_refusal refusal = { "", 0, 0 };
	enum mm_status status;

	world_write_hobs(world);
	status = world_read_facts(world, &refusal);
	if (status == MM_OK)
		status = world_try_build(world, &refusal);
	if (status != MM_OK)
		fail_msg("build refused: %s: %s", refusal.field, mm_status_name(status));
}

void world_boot(struct world *world)
{
	struct mm_supv_state *supv = world->supv;
	uint64_t i;

	world_build(world);
	mm_supv_activation_command(&supv->cpus[0], &supv->domain, MM_SUPV_START, MM_USER_START, supv->domain.hobs.v,
				   supv->domain.shared.v);
	world_return(world, MM_EFI_SUCCESS);
	assert_int_equal(world->boot_ends, 1);
	for (i = 0; i < supv->cpu_count; i++)
		supv->cpus[i].ready = 1;
	world_forget_events(world);
}

/* The fixture's state is the row when there is one; the world takes its place. */
static struct world *create_with_row(void **state, uint32_t cpu_count)
{
	struct world *world = world_create(cpu_count);

	world->row = *state;
	*state = world;
	return world;
}

struct CMUnitTest world_row(const char *claim, CMUnitTestFunction test, CMFixtureFunction setup, const void *row)
{
	struct CMUnitTest unit = { claim, test, setup, world_teardown, (void *)(uintptr_t)row };

	return unit;
}

int world_setup(void **state)
{
	world_boot(create_with_row(state, 1));
	return 0;
}

int world_setup_driver(void **state)
{
	(void)world_setup(state);
	world_wake_driver(*state);
	return 0;
}

int world_setup_4(void **state)
{
	world_boot(create_with_row(state, 4));
	return 0;
}

int world_setup_unbuilt(void **state)
{
	(void)create_with_row(state, 1);
	return 0;
}

int world_teardown(void **state)
{
	world_destroy(*state);
	return 0;
}

struct mm_supv_cpu *world_cpu(struct world *world, uint32_t index)
{
	assert_true(index < world->supv->cpu_count);
	return &world->supv->cpus[index];
}

static uint64_t put(struct world *world, uint64_t buffer, uint64_t status, const struct mm_guid *guid, const void *data,
		    uint64_t bytes)
{
	uint8_t *target = world_bytes(world, buffer, MM_COMM_HEADER_BYTES + bytes);

	mm_guid_store(target, guid);
	mm_store_u64(target + 16, bytes);
	if (bytes != 0)
		memcpy(target + MM_COMM_HEADER_BYTES, data, bytes);
	*world_bytes(world, status, 1) = 1;
	return MM_COMM_HEADER_BYTES + bytes;
}

uint64_t world_put_message(struct world *world, const struct mm_guid *guid, const void *data, uint64_t bytes)
{
	return put(world, WORLD_USER_BUFFER, WORLD_USER_STATUS, guid, data, bytes);
}

uint64_t world_put_request(struct world *world, const struct mm_guid *guid, const void *data, uint64_t bytes)
{
	return put(world, WORLD_SUPERVISOR_BUFFER, WORLD_SUPERVISOR_STATUS, guid, data, bytes);
}

static struct mm_comm_status status_at(struct world *world, uint64_t address)
{
	struct mm_comm_status status;

	memcpy(&status, world_bytes(world, address, sizeof(status)), sizeof(status));
	return status;
}

struct mm_comm_status world_user_status(struct world *world)
{
	return status_at(world, WORLD_USER_STATUS);
}

struct mm_comm_status world_supervisor_status(struct world *world)
{
	return status_at(world, WORLD_SUPERVISOR_STATUS);
}

void world_smi(struct world *world, uint32_t index)
{
	struct mm_supv_cpu *cpu = world_cpu(world, index);

	world->machine->current = index;
	assert_ptr_equal(mm_supv_arrive(cpu), cpu);
	mm_supv_monarch_begin(cpu);
}

void world_wake_driver(struct world *world)
{
	world_put_message(world, &world_driver_1, "ping", 4);
	world_smi(world, 0);
	world_invoke(world, 1);
	assert_int_equal(world_cpu(world, 0)->depth, 2);
}

/* Every register tells its own name, so that a mix-up shows. */
static struct mm_supv_call fresh_call(uint64_t number)
{
	struct mm_supv_call call = {
		.gprs = { 0xf015, 0xf014, 0xf013, 0xf012, 0x206, 0xf010, 0xf009, 0xf008, 0xf0b0, 0xf0d1, 0xf051, 0xf0d0,
			  WORLD_DRIVER_RIP, 0xf0b8, number },
		.rsp = 0xf05b0,
	};

	return call;
}

uint64_t world_syscall_with(struct world *world, const struct mm_supv_call *call)
{
	world->call = *call;
	mm_supv_syscall(world_cpu(world, 0), &world->call);
	return world->call.gprs.rax;
}

uint64_t world_syscall(struct world *world, uint64_t number, uint64_t rdx, uint64_t r8, uint64_t r9)
{
	struct mm_supv_call call = fresh_call(number);

	call.gprs.rdx = rdx;
	call.gprs.r8 = r8;
	call.gprs.r9 = r9;
	return world_syscall_with(world, &call);
}

void world_invoke(struct world *world, uint64_t module)
{
	(void)world_syscall(world, MM_SYS_INVOKE, module, world->supv->modules[module].entry, 0);
}

void world_return(struct world *world, uint64_t value)
{
	(void)world_syscall(world, MM_SYS_RETURN, value, 0, 0);
}

void world_fault(struct world *world, uint64_t vector, uint64_t error, uint64_t rip)
{
	const struct mm_supv_trap trap = {
		.vector = vector,
		.error = error,
		.rip = rip,
		.cs = 0x5b,
		.rflags = 0x202,
		.rsp = world->supv->domain.stack_top[0].v - 0x80u,
		.ss = 0x53,
	};

	mm_supv_trap_user(world_cpu(world, 0), &trap);
}

const struct world_event *world_last_event(const struct world *world)
{
	assert_true(world->event_count != 0);
	return &world->events[world->event_count - 1u];
}

void world_forget_events(struct world *world)
{
	world->event_count = 0;
}

uint32_t world_attributes(struct world *world, uint64_t va)
{
	return mm_hal_pagetable_query(&world->memory->tables.editor, va).attributes;
}

bool world_can(struct world *world, uint64_t va, uint32_t access)
{
	uint64_t pa;

	return fake_machine_translate(world->machine, va, access, false, &pa) && pa == va;
}

void world_protect(struct world *world, uint64_t va, uint64_t bytes, uint32_t attributes)
{
	assert_status(mm_supv_pages_protect(world->supv, mm_region_create(va, bytes), attributes), MM_OK);
}

bool world_log_has(const struct world *world, const char *text)
{
	return strstr(world->machine->console_text, text) != NULL;
}

bool world_log_has_address(const struct world *world)
{
	const char *at = world->machine->console_text;

	for (; *at != '\0'; at++) {
		unsigned long long number;
		char *end;

		if (!isxdigit((unsigned char)*at))
			continue;
		number = strtoull(at, &end, 16);
		if (number >= WORLD_MMRAM_BASE && number < WORLD_MMRAM_BASE + WORLD_MMRAM_BYTES)
			return true;
		at = end - 1;
	}
	return false;
}

const struct mm_supv_record *world_last_record(const struct world *world)
{
	assert_true(world->supv->record_count != 0);
	return &world->supv->records[(world->supv->record_count - 1u) % MM_SUPV_RECORD_COUNT];
}
