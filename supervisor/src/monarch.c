/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "monarch.h"

#include "mm/abi/efi.h"
#include "mm/abi/user.h"

#include "boot.h"
#include "channel.h"
#include "demotion.h"
#include "fault.h"
#include "memory.h"
#include "record.h"
#include "rendezvous.h"
#include "request.h"

/* Last step of every SMI of the monarch. */
static void finish(struct mm_supv_cpu *cpu)
{
	mm_supv_restore_os_state(cpu);
	mm_supv_run_end(cpu);
	mm_supv_wiring_of(cpu)->ring3->leave(cpu);
}

/* Tells the user core what it is woken for. MM_OK or MM_E_FAULT, which only a broken address space can give. */
static enum mm_status write_shared(struct mm_supv_cpu *cpu, uint64_t message_bytes)
{
	struct mm_user_shared shared = {
		.context = { .currently_executing_cpu = cpu->index, .number_of_cpus = cpu->supv->cpu_count },
		.status = { .message_valid = message_bytes != 0 },
		.message_bytes = message_bytes,
	};

	return mm_hal_user_copy_out(mm_supv_wiring_of(cpu)->user, cpu->supv->domain.shared, &shared,
				    offsetof(struct mm_user_shared, root_handlers));
}

/* What the user core left in the shared page: each field read once, into our memory. */
static enum mm_status read_shared(struct mm_supv_cpu *cpu, struct mm_user_shared *ret_shared)
{
	struct mm_user_va from = { cpu->supv->domain.shared.v + MM_USER_SHARED_STATUS_OFFSET };

	return mm_hal_user_copy_in(mm_supv_wiring_of(cpu)->user, &ret_shared->status, from,
				   sizeof(*ret_shared) - MM_USER_SHARED_STATUS_OFFSET);
}

/* Runs the domain for this SMI; the SMI goes on in mm_supv_monarch_continue(). */
static void wake_domain(struct mm_supv_cpu *cpu)
{
	struct mm_domain *domain = &cpu->supv->domain;

	if (write_shared(cpu, cpu->message_bytes) != MM_OK) {
		mm_supv_log(mm_supv_wiring_of(cpu), "the shared page of domain %u is not mapped", domain->id);
		domain->failed = true;
		if (cpu->message_bytes != 0)
			mm_supv_channel_answer(cpu, MM_EFI_DEVICE_ERROR, 0);
		finish(cpu);
		return;
	}
	cpu->supv->counters.requests++;
	mm_supv_activation_command(cpu, domain, MM_SUPV_REQUEST, MM_USER_REQUEST, domain->shared.v,
				   MM_USER_CONTEXT_BYTES);
}

void mm_supv_monarch_begin(struct mm_supv_cpu *cpu)
{
	struct mm_supv_state *supv = cpu->supv;
	bool can_serve = supv->domain.started && !supv->domain.failed;

	mm_supv_run_gather(cpu);
	supv->counters.smis++;
	if (MM_UNLIKELY(!mm_region_is_empty(supv->init_image)) && mm_supv_memory_erase_init(supv) != MM_OK)
		mm_supv_panic(supv->wiring, "init's image cannot be erased");
	mm_supv_memory_new_epoch(supv);
	mm_supv_request_serve(cpu);
	cpu->message_bytes = mm_supv_channel_take(cpu, can_serve);
	if (cpu->message_bytes == 0 && (!can_serve || supv->domain.root_handlers == 0)) {
		finish(cpu);
		return;
	}
	wake_domain(cpu);
}

/* A request has ended: `status` says how the activation did, the shared page what the caller is to be told. */
static void end_request(struct mm_supv_cpu *cpu, uint64_t status)
{
	struct mm_user_shared shared;

	if (status == MM_EFI_SUCCESS && read_shared(cpu, &shared) != MM_OK)
		status = MM_EFI_DEVICE_ERROR;
	if (status == MM_EFI_SUCCESS)
		cpu->supv->domain.root_handlers = shared.root_handlers;
	if (cpu->message_bytes == 0)
		return;
	if (status != MM_EFI_SUCCESS)
		mm_supv_channel_answer(cpu, status, 0);
	else
		mm_supv_channel_answer(cpu, shared.status.return_status, shared.status.return_bytes);
}

void mm_supv_monarch_continue(struct mm_supv_cpu *cpu, enum mm_supv_activation_kind kind, uint64_t status,
			      uint64_t value)
{
	if (kind == MM_SUPV_START) {
		mm_supv_boot_end(cpu, status, value);
		mm_supv_restore_os_state(cpu);
		mm_supv_wiring_of(cpu)->ring3->leave(cpu);
		return;
	}
	end_request(cpu, status);
	finish(cpu);
}
