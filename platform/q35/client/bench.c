/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "bench.h"

#include "client.h"
#include "log.h"
#include "machine.h"
#include "mm/abi/comm.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"
#include "mm/hal/x86_64.h"
#include "talk.h"

#define ROUNDS 20u

static const struct mm_guid echo_guid = MM_GUID_ECHO_DRIVER;
static const struct mm_guid crash_guid = MM_GUID_CRASH_DRIVER;

struct row {
	const char *name;
	/* Composes the message, if any; returns the channel it goes to, NULL for an SMI without a message. */
	struct mm_q35_channel *(*prepare)(struct mm_q35_machine *machine, uint64_t argument);
	uint64_t argument;
	uint64_t expected; /* EFI_STATUS of the answer */
};

static struct mm_q35_channel *prepare_nothing(struct mm_q35_machine *machine, uint64_t argument)
{
	return NULL;
}

static struct mm_q35_channel *prepare_echo(struct mm_q35_machine *machine, uint64_t argument)
{
	mm_q35_talk_fill(mm_q35_channel_compose(&machine->user, &echo_guid, argument), argument, argument);
	return &machine->user;
}

static struct mm_q35_channel *prepare_unknown(struct mm_q35_machine *machine, uint64_t argument)
{
	(void)mm_q35_channel_compose(&machine->user, &mm_guid_mm_base, argument);
	return &machine->user;
}

static struct mm_q35_channel *prepare_crash(struct mm_q35_machine *machine, uint64_t argument)
{
	const struct mm_crash_request request = { (uint32_t)argument, 0, 0 };

	__builtin_memcpy(mm_q35_channel_compose(&machine->user, &crash_guid, sizeof(request)), &request,
			 sizeof(request));
	return &machine->user;
}

static struct mm_q35_channel *prepare_version(struct mm_q35_machine *machine, uint64_t argument)
{
	const struct mm_supv_request_header header = {
		.signature = MM_SUPV_REQUEST_SIGNATURE,
		.revision = MM_SUPV_REQUEST_REVISION,
		.request = MM_SUPV_REQUEST_VERSION_INFO,
	};
	uint64_t bytes = sizeof(header) + sizeof(struct mm_supv_version_info);
	uint8_t *data = mm_q35_channel_compose(&machine->supervisor, &mm_guid_supv_request, bytes);

	__builtin_memcpy(data, &header, sizeof(header));
	return &machine->supervisor;
}

static const struct row rows[] = {
	{ "null", prepare_nothing, 0, 0 },
	{ "echo-0", prepare_echo, 0, MM_EFI_SUCCESS },
	{ "echo-64", prepare_echo, 64, MM_EFI_SUCCESS },
	{ "echo-4096", prepare_echo, 4096, MM_EFI_SUCCESS },
	{ "echo-65000", prepare_echo, 65000, MM_EFI_SUCCESS },
	{ "unknown-guid", prepare_unknown, 64, MM_EFI_NOT_FOUND },
	{ "version", prepare_version, 0, MM_EFI_SUCCESS },
	{ "fault", prepare_crash, MM_CRASH_UNDEFINED, MM_EFI_ABORTED },
};

/* From before the OUT to after the status is read. The jump lets an emulator take the SMI right behind the OUT. */
static uint64_t measure(volatile struct mm_comm_status *status)
{
	uint64_t start = mm_x86_rdtsc();

	if (status != NULL)
		status->valid = 1;
	__asm__ volatile("outb %%al, $0xb2\n\tjmp 1f\n1:" : : "a"(MM_SMI_COMMAND) : "memory");
	while (status != NULL && status->valid != 0)
		mm_x86_pause();
	return mm_x86_rdtsc() - start;
}

static bool run_row(struct mm_q35_machine *machine, const struct row *row)
{
	uint64_t least = UINT64_MAX;

	for (uint32_t i = 0; i < ROUNDS; i++) {
		struct mm_q35_channel *channel = row->prepare(machine, row->argument);
		uint64_t ticks = measure(channel == NULL ? NULL : channel->status);

		if (channel != NULL && channel->status->return_status != row->expected) {
			mm_q35_print("bench: FAIL %s: answered with %llx", row->name,
				     (unsigned long long)channel->status->return_status);
			return false;
		}
		least = ticks < least ? ticks : least;
	}
	mm_q35_print("bench: %s %llu", row->name, (unsigned long long)least);
	return true;
}

bool mm_q35_client_bench(struct mm_q35_machine *machine)
{
	for (size_t i = 0; i < MM_ARRAY_COUNT(rows); i++) {
		if (!run_row(machine, &rows[i]))
			return false;
	}
	mm_q35_print("bench: done");
	return true;
}
