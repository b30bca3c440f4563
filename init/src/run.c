/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "init.h"

#include <stddef.h>

#include "first_smi.h"
#include "log.h"
#include "mm/base/compiler.h"
#include "mm/hal/time.h"

#define KIB 1024u

static enum mm_status run_handoff(struct mm_init *self, struct mm_refusal *reterr)
{
	const struct mm_init_handoff *handoff = &self->handoff;
	enum mm_status status = mm_init_handoff_decode(self->machine.mem, self->hob_start, &self->handoff, reterr);
	uint64_t bytes = 0;

	if (status != MM_OK)
		return status;
	self->knows_cpus = true;
	for (uint32_t i = 0; i < handoff->mmram_count; i++)
		bytes += handoff->mmram[i].region.bytes;
	mm_init_log(self->machine.console, "%u CPUs, BSP %u, MMRAM %llu KiB, init at 0x%llx", handoff->cpu_count,
		    handoff->bsp, (unsigned long long)(bytes / KIB), (unsigned long long)handoff->image.base);
	if (!handoff->user.exists)
		mm_init_log(self->machine.console, "no user channel: only asynchronous MMIs can be served");
	if (!handoff->supervisor.exists)
		mm_init_log(self->machine.console, "no supervisor channel: its requests cannot be served");
	if (handoff->offers_s3)
		mm_init_log(self->machine.console, "the platform offers S3, which is not supported");
	return MM_OK;
}

static enum mm_status run_protections(struct mm_init *self, struct mm_refusal *reterr)
{
	enum mm_status status = mm_init_protections_detect(self->machine.cpu, &self->protections, reterr);

	if (status != MM_OK)
		return status;
	mm_init_log(self->machine.console, "CR4 in MM 0x%x", self->protections.cr4);
	for (uint32_t left = self->protections.missing; left != 0; left &= left - 1u)
		mm_init_log(self->machine.console, "the processor lacks %s",
			    mm_init_protections_find_lacking(left & (0u - left), left));
	return MM_OK;
}

static enum mm_status run_clock(struct mm_init *self, struct mm_refusal *reterr)
{
	struct mm_hal_time *time = self->machine.time;
	enum mm_status status = mm_hal_time_calibrate(time, self->machine.cpu, self->machine.io, NULL, &self->tsc_hz);

	if (status == MM_OK)
		status = mm_hal_time_set_rate(time, self->tsc_hz);
	if (status == MM_OK)
		mm_init_log(self->machine.console, "clock %llu Hz", (unsigned long long)self->tsc_hz);
	return status;
}

static enum mm_status run_memory(struct mm_init *self, struct mm_refusal *reterr)
{
	return mm_init_memory_start(&self->memory, &self->handoff, self->machine.mem);
}

static enum mm_status run_volume(struct mm_init *self, struct mm_refusal *reterr)
{
	return mm_init_volume_index(&self->handoff, self->machine.mem, &self->volume, reterr);
}

static enum mm_status run_policy(struct mm_init *self, struct mm_refusal *reterr)
{
	const char *lacking;
	enum mm_status status =
		mm_init_volume_load_policy(&self->volume, &self->handoff, &self->memory, &self->policy, reterr);

	if (status != MM_OK)
		return status;
	lacking = mm_init_protections_find_lacking(self->policy.protections, self->protections.missing);
	if (lacking != NULL)
		return mm_refuse(reterr, MM_E_INIT_NO_PROTECTION, lacking, 0, self->protections.missing);
	mm_init_log(self->machine.console, "policy of %llu bytes%s", (unsigned long long)self->policy.bytes,
		    self->policy.waives_forbidden_code ? ", waives RSM and SYSENTER in images" : "");
	return MM_OK;
}

static enum mm_status run_modules(struct mm_init *self, struct mm_refusal *reterr)
{
	return mm_init_volume_load_modules(&self->volume, &self->memory, &self->policy, self->machine.console,
					   &self->modules, reterr);
}

static enum mm_status run_processors(struct mm_init *self, struct mm_refusal *reterr)
{
	return mm_init_processors_prepare(&self->processors, &self->handoff, &self->memory);
}

static enum mm_status run_tables(struct mm_init *self, struct mm_refusal *reterr)
{
	const struct mm_init_layout layout = {
		.handoff = &self->handoff,
		.processors = &self->processors,
		.modules = &self->modules,
		.policy = &self->policy,
		.hob_list = self->hob_pages,
		.pa_bits = self->protections.pa_bits,
	};
	enum mm_status status = mm_init_tables_build(&self->tables, &layout, &self->memory, self->machine.mem);

	if (status != MM_OK)
		return status;
	mm_init_log(self->machine.console, "page tables at 0x%llx, %llu pages",
		    (unsigned long long)mm_hal_pagetable_root(&self->tables.pagetable).v,
		    (unsigned long long)self->tables.pagetable.table_count);
	return MM_OK;
}

static enum mm_status run_hob_pages(struct mm_init *self, struct mm_refusal *reterr)
{
	return mm_init_handover_reserve(&self->handoff, &self->modules, &self->memory, &self->hob_pages);
}

static enum mm_status run_handover(struct mm_init *self, struct mm_refusal *reterr)
{
	struct mm_init_handover *handover = &self->handover;
	enum mm_status status;

	handover->handoff = &self->handoff;
	handover->processors = &self->processors;
	handover->modules = &self->modules;
	handover->policy = &self->policy;
	handover->mmi_entry_bytes = self->mmi_entry.count;
	handover->tsc_hz = self->tsc_hz;
	handover->missing_protections = self->protections.missing;
	status = mm_init_handover_write(handover, &self->memory, self->machine.mem, self->hob_pages);
	if (status != MM_OK)
		return status;
	mm_init_memory_finish(&self->memory);
	mm_init_log(self->machine.console, "HOB list at 0x%llx, %llu bytes, %u pieces of MMRAM",
		    (unsigned long long)self->hob_pages.base, (unsigned long long)handover->list_bytes,
		    handover->mmram_count);
	return MM_OK;
}

static enum mm_status run_entries(struct mm_init *self, struct mm_refusal *reterr)
{
	const struct mm_init_mmi_values values = {
		.rendezvous = self->modules.modules[0].entry,
		.hob_list = self->hob_pages.base,
		.cr3 = (uint32_t)mm_hal_pagetable_root(&self->tables.pagetable).v,
		.cr4 = self->protections.cr4,
		.has_misc_enable = self->protections.has_misc_enable,
		.refills_return_stack = self->protections.has_speculation_control,
	};
	struct mm_init_mmi_template entry;
	enum mm_status status = mm_init_mmi_template_decode(self->mmi_entry, &entry, reterr);

	if (status != MM_OK)
		return status;
	return mm_init_processors_install(&self->processors, &self->handoff, &entry, &values, self->machine.mem);
}

static enum mm_status run_first_smi(struct mm_init *self, struct mm_refusal *reterr)
{
	struct mm_hal_lapic lapic;
	enum mm_status status =
		mm_hal_lapic_init(&lapic, self->machine.cpu, self->machine.mmio, mm_pa(MM_HAL_LAPIC_BASE));

	self->is_entered = true;
	if (status == MM_OK)
		status = mm_init_first_smi(&self->handoff, &self->processors, &lapic, self->machine.cpu,
					   self->machine.time, reterr);
	if (status == MM_OK)
		mm_init_log(self->machine.console, "first SMI answered by %u of %u CPUs", self->handoff.cpu_count,
			    self->handoff.cpu_count);
	return status;
}

struct phase {
	const char *name;
	enum mm_status (*run)(struct mm_init *self, struct mm_refusal *reterr);
};

static const struct phase phases[] = {
	{ "hand-off", run_handoff },	{ "protections", run_protections }, { "clock", run_clock },
	{ "memory", run_memory },	{ "volume", run_volume },	    { "policy", run_policy },
	{ "modules", run_modules },	{ "processors", run_processors },   { "HOB pages", run_hob_pages },
	{ "page tables", run_tables },	{ "hand-over", run_handover },	    { "MMI entries", run_entries },
	{ "first SMI", run_first_smi },
};

/*
 * After a refusal the IPL may go on and raise an SMI all the same: every CPU then finds an entry that leaves at once.
 * Not once CPUs have entered: one of them may still be on its way out through the entry.
 */
static void disarm(struct mm_init *self)
{
	if (!self->knows_cpus || self->is_entered)
		return;
	mm_init_processors_disarm(&self->handoff, self->machine.mem);
	mm_init_log(self->machine.console, "there is no MM: every SMI returns at once");
}

enum mm_status mm_init_run(struct mm_init *self)
{
	for (size_t i = 0; i < MM_ARRAY_COUNT(phases); i++) {
		struct mm_refusal refusal = { NULL, 0, 0 };
		enum mm_status status = phases[i].run(self, &refusal);

		if (status != MM_OK) {
			mm_init_log_refusal(self->machine.console, phases[i].name, status, &refusal);
			disarm(self);
			return status;
		}
	}
	mm_init_log(self->machine.console, "done, %u modules handed over", self->modules.count);
	return MM_OK;
}
