/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Image only: the first SMI of each CPU on the real machine. What it builds is build.c, which runs on the host too. */
#include "boot.h"

#include <stdatomic.h>

#include "mm/abi/user.h"
#include "mm/hal/x86_64.h"
#include "mm/policy/extension.h"

#include "activation.h"
#include "build.h"
#include "cpus.h"
#include "descriptors.h"
#include "fault.h"
#include "image.h"
#include "record.h"

/* A CPU that waits for another one to build gives up after this many pauses (seconds on any machine). */
#define BUILD_WAIT_PAUSES 200000000u

/* Kept off the small ring-0 stack, and erased with the rest of init's world. */
static struct mm_supv_facts *facts_of(const struct mm_supv_state *supv)
{
	return &((struct mm_supv_object *)(uintptr_t)supv)->facts;
}

static void set_initialized(const struct mm_supv_facts *facts, uint64_t cpu_index)
{
	volatile uint8_t *bytes = (volatile uint8_t *)(uintptr_t)facts->pass_down.initialized_array;

	bytes[cpu_index] = 1;
}

static MM_NORETURN void refuse_boot(const struct mm_supv_wiring *wiring, enum mm_status status,
				    const struct mm_refusal *refusal)
{
	mm_supv_log(wiring, "hand-off refused: %s: %s (offset 0x%llx, value 0x%llx)", refusal->field,
		    mm_status_text(status), (unsigned long long)refusal->offset, (unsigned long long)refusal->value);
	mm_supv_panic(wiring, "there is no supervisor without a hand-off");
}

static void log_machine(const struct mm_supv_state *supv)
{
	static const struct {
		uint64_t bit;
		const char *name;
	} rows[] = {
		{ MM_POLICY_PROTECT_SMEP, "SMEP" },
		{ MM_POLICY_PROTECT_SMAP, "SMAP" },
		{ MM_POLICY_PROTECT_UMIP, "UMIP" },
	};
	const struct mm_supv_wiring *wiring = supv->wiring;
	size_t i;

	mm_supv_log(wiring, "%u CPUs, %u modules, %llu ticks per second", (unsigned int)supv->cpu_count,
		    supv->module_count, (unsigned long long)mm_hal_time_ticks_per_second(wiring->time));
	for (i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		if ((wiring->missing_protections & rows[i].bit) != 0)
			mm_supv_log(wiring, "protection missing: %s", rows[i].name);
	}
}

/* What the policy asks for and nobody holds it to yet; silence here would be taken for protection. */
static void log_unenforced(const struct mm_supv_wiring *wiring)
{
	uint32_t unenforced = mm_policy_used_features(&wiring->policy) & ~MM_POLICY_FEATURES_ENFORCED;
	uint32_t bit;

	for (bit = 0; bit < MM_POLICY_FEATURE_COUNT; bit++) {
		if (((unenforced >> bit) & 1u) != 0)
			mm_supv_log(wiring, "the policy asks for %s, which is not enforced yet",
				    mm_policy_feature_name(bit));
	}
}

/* The rate comes from init; another init does not say, and then the clock is measured here. */
static enum mm_status set_clock(struct mm_supv_wiring *wiring, const struct mm_supv_facts *facts)
{
	uint64_t rate = facts->tsc_hz;
	enum mm_status status = MM_OK;

	if (rate == 0)
		status = mm_hal_time_calibrate(wiring->time, wiring->cpu, wiring->io, NULL, &rate);
	return status == MM_OK ? mm_hal_time_set_rate(wiring->time, rate) : status;
}

static void require_stack(const struct mm_supv_cpu *cpu, uint64_t exit_rsp)
{
	if (!mm_supv_cpu_fits_stack(cpu, exit_rsp))
		refuse_boot(mm_supv_wiring_of(cpu), MM_E_SUPV_STATE,
			    &(struct mm_refusal){ "ring-0 stack", 0, cpu->index });
}

/* This CPU runs on init's descriptors until now; all others load ours at their first SMI. */
static void load_own_descriptors(const struct mm_supv_cpu *cpu)
{
	const struct mm_supv_table_register gdtr = { 0x7Fu, cpu->descriptors };
	const struct mm_supv_table_register idtr = { MM_SUPV_IDT_BYTES - 1u,
						     (uint64_t)(uintptr_t)mm_supv_wiring_of(cpu)->gates };

	mm_supv_load_descriptors(&gdtr, &idtr);
}

/* Builds everything and starts the user core; goes on in mm_supv_boot_end(). */
static void build_and_start(uint64_t cpu_index, uint64_t hobs, uint64_t exit_rsp)
{
	struct mm_supv_state *supv = &mm_supv_state_object.state;
	struct mm_supv_facts *facts = facts_of(supv);
	struct mm_supv_machine_facts machine;
	struct mm_refusal refusal = { "clock", 0, 0 };
	struct mm_supv_cpu *cpu;
	enum mm_status status;

	mm_supv_machine_init();
	status = mm_supv_machine_read(&machine, &refusal);
	if (status == MM_OK)
		status = mm_supv_facts_read_untrusted(supv->wiring->mem, mm_pa(hobs),
						      (uint64_t)(uintptr_t)mm_supv_entry, facts, &refusal);
	if (status == MM_OK)
		status = set_clock(supv->wiring, facts);
	if (status == MM_OK)
		status = mm_supv_build(supv, facts, &machine, &refusal);
	if (status == MM_OK && cpu_index >= supv->cpu_count)
		status = mm_refuse(&refusal, MM_E_INVALID, "CPU index", 0, cpu_index);
	if (status != MM_OK)
		refuse_boot(supv->wiring, status, &refusal);
	log_machine(supv);
	log_unenforced(supv->wiring);
	cpu = &supv->cpus[cpu_index];
	cpu->exit_rsp = exit_rsp;
	require_stack(cpu, exit_rsp);
	load_own_descriptors(cpu);
	mm_supv_activation_command(cpu, &supv->domain, MM_SUPV_START, MM_USER_START, supv->domain.hobs.v,
				   supv->domain.shared.v);
}

static void await_build(const struct mm_supv_wiring *wiring)
{
	uint32_t pauses;

	for (pauses = 0; pauses < BUILD_WAIT_PAUSES; pauses++) {
		if (atomic_load_explicit(&mm_supv_state_object.boot_finished, memory_order_acquire) != 0)
			return;
		mm_x86_pause();
	}
	mm_supv_panic(wiring, "the CPU that builds the supervisor does not finish");
}

void mm_supv_boot(uint64_t cpu_index, uint64_t hobs, uint64_t exit_rsp, uint64_t is_first)
{
	struct mm_supv_state *supv = &mm_supv_state_object.state;

	if (is_first != 0) {
		build_and_start(cpu_index, hobs, exit_rsp);
		return;
	}
	await_build(supv->wiring);
	if (cpu_index >= supv->cpu_count) {
		mm_supv_log(supv->wiring, "a CPU came with index %u of %u", (unsigned int)cpu_index,
			    (unsigned int)supv->cpu_count);
		return;
	}
	require_stack(&supv->cpus[cpu_index], exit_rsp);
	supv->cpus[cpu_index].ready = 1;
	set_initialized(facts_of(supv), cpu_index);
}

void mm_supv_boot_end(struct mm_supv_cpu *cpu, uint64_t status, uint64_t value)
{
	struct mm_supv_state *supv = cpu->supv;
	struct mm_region sealed =
		mm_region_create((uint64_t)(uintptr_t)&mm_supv_wiring_object, sizeof(mm_supv_wiring_object));

	if (mm_supv_build_end(supv, status, value) != MM_OK ||
	    mm_supv_pages_protect(supv, sealed, MM_HAL_PAGE_R) != MM_OK)
		mm_supv_panic(supv->wiring, "the supervisor cannot write-protect itself");
	cpu->ready = 1;
	set_initialized(facts_of(supv), cpu->index);
	atomic_store_explicit(&mm_supv_state_object.boot_finished, 1, memory_order_release);
	mm_supv_log(supv->wiring, "ready");
}
