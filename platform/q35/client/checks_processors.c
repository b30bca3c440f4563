/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every CPU raises SMIs and every CPU is counted in; SMIs that reach one CPU only. The CPU's own SMI counter tells. */
#include "chipset.h"
#include "client.h"
#include "machine.h"
#include "mm/hal/x86_64.h"
#include "talk.h"

#define MSR_SMI_COUNT	 0x34u
#define ONE_CPU_LIMIT_US 2000000u /* what the hand-off allows the rendezvous, and as much again */
#define CONCURRENT_SMIS	 20u
#define ONE_CPU_ROUNDS	 10u

struct counts {
	uint64_t of[MM_Q35_CPU_MAX];
};

static uint64_t read_smi_count(void *argument)
{
	return mm_x86_rdmsr(MSR_SMI_COUNT);
}

static bool read_counts(struct mm_q35_client *client, struct counts *ret_counts)
{
	for (uint32_t i = 0; i < client->machine->processors.count; i++) {
		if (mm_q35_processors_run(client->machine, i, read_smi_count, NULL, &ret_counts->of[i]) != MM_OK)
			return mm_q35_client_fail(client, "CPU %u does not respond", i);
	}
	return true;
}

/* Reads the counters anew; every CPU must have been in MM since `counts`, which then holds the new ones. */
static bool everyone_was_in(struct mm_q35_client *client, struct counts *counts)
{
	struct counts now = { { 0 } };

	if (!read_counts(client, &now))
		return false;
	for (uint32_t i = 0; i < client->machine->processors.count; i++) {
		if ((uint32_t)now.of[i] == (uint32_t)counts->of[i])
			return mm_q35_client_fail(client, "CPU %u was not in MM", i);
	}
	*counts = now;
	return true;
}

static uint64_t raise_here(void *argument)
{
	mm_q35_smi_raise();
	return 0;
}

struct raiser {
	struct mm_q35_machine *machine;
	uint32_t cpu;
};

static void raise_on_cpu(void *context)
{
	const struct raiser *raiser = context;
	uint64_t result;

	/* If the CPU does not respond, no answer comes, and that is what the check reports. */
	(void)mm_q35_processors_run(raiser->machine, raiser->cpu, raise_here, NULL, &result);
}

static bool smi_from_each_cpu(struct mm_q35_client *client, uint64_t argument)
{
	struct raiser raiser = { client->machine, 0 };
	struct mm_q35_trigger trigger = { raise_on_cpu, &raiser };
	struct mm_q35_answer answer;
	struct counts counts = { { 0 } };

	if (!read_counts(client, &counts))
		return false;
	for (; raiser.cpu < client->machine->processors.count; raiser.cpu++) {
		if (!mm_q35_talk_echo(client, 64, raiser.cpu, &trigger, &answer) || !everyone_was_in(client, &counts))
			return false;
	}
	return true;
}

static void raise_by_tco(void *context)
{
	struct mm_q35_machine *machine = context;

	mm_hal_io_write8(&machine->hal.io, MM_Q35_TCO_DAT_IN, 1);
}

static void raise_by_ipi(void *context)
{
	struct mm_q35_machine *machine = context;
	const struct mm_q35_cpu *last = &machine->processors.cpu[machine->processors.count - 1];

	/* If it is not sent, no answer comes, and that is what the check reports. */
	(void)mm_hal_lapic_send(&machine->lapic, MM_HAL_IPI_SMI, 0, last->apic_id);
}

/* `argument` 0: the chipset's SMI that CPU 0 alone gets; 1: an SMI sent to the last CPU alone. */
static bool one_cpu_smi(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_q35_trigger trigger = { argument == 0 ? raise_by_tco : raise_by_ipi, client->machine };
	struct mm_q35_answer answer;
	struct counts counts = { { 0 } };

	if (!read_counts(client, &counts))
		return false;
	for (unsigned int i = 0; i < ONE_CPU_ROUNDS; i++) {
		if (!mm_q35_talk_echo(client, 64, i, &trigger, &answer))
			return false;
		if (answer.microseconds > ONE_CPU_LIMIT_US)
			return mm_q35_client_fail(client, "took %llu us", answer.microseconds);
		if (!everyone_was_in(client, &counts))
			return false;
	}
	return true;
}

static uint64_t raise_many_here(void *argument)
{
	const uint64_t *count = argument;

	for (uint64_t i = 0; i < *count; i++)
		mm_q35_smi_raise();
	return 0;
}

/* Everybody raises SMIs at the same time, and messages of the BSP are answered all the same. */
static bool smis_from_everyone_at_once(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_q35_answer answer;
	uint64_t count = CONCURRENT_SMIS;
	bool good = true;
	uint64_t result;

	for (uint32_t i = 1; i < client->machine->processors.count; i++) {
		if (mm_q35_processors_begin(client->machine, i, raise_many_here, &count) != MM_OK)
			return mm_q35_client_fail(client, "CPU %u does not respond", i);
	}
	for (uint64_t i = 0; good && i < count; i++)
		good = mm_q35_talk_echo(client, 64, i, NULL, &answer);
	for (uint32_t i = 1; i < client->machine->processors.count; i++) {
		if (mm_q35_processors_end(client->machine, i, &result) != MM_OK)
			return mm_q35_client_fail(client, "CPU %u did not come back", i);
	}
	return good;
}

static const struct mm_q35_check checks[] = {
	{ "smi-from-each-cpu", smi_from_each_cpu, 0 },
	{ "one-cpu-smi-chipset", one_cpu_smi, 0 },
	{ "one-cpu-smi-ipi", one_cpu_smi, 1 },
	{ "smis-at-once", smis_from_everyone_at_once, 0 },
};

const struct mm_q35_check_list mm_q35_checks_processors = { checks, MM_ARRAY_COUNT(checks), NULL };
