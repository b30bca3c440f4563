/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Every way in which a driver can go wrong: an error for the caller, and MM lives. */

#include "client.h"
#include "machine.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/abi/mmi_entry.h"
#include "talk.h"

#define VICTIM_PATTERN 0x6b6b6b6b6b6b6b6bull
#define CODE_RET       0xc3u

/* Memory of the OS, as good as any: MM has no business here. */
static volatile uint64_t os_memory[64] MM_ALIGNED(64);

static bool crash_kind(struct mm_q35_client *client, uint64_t kind)
{
	return mm_q35_talk_crash_is_contained(client, (uint32_t)kind, 0);
}

/* The addresses that a driver has no right to: MM's own, the OS's, devices. */
static size_t forbidden_addresses(const struct mm_q35_machine *machine, uint64_t ret_addresses[8])
{
	uint64_t smbase = mm_q35_memory_smbase(&machine->memory, 0);
	size_t count = 0;

	ret_addresses[count++] = smbase + MM_MMI_ENTRY_OFFSET;
	ret_addresses[count++] = smbase + MM_MMI_SAVE_STATE_OFFSET;
	ret_addresses[count++] = mm_region_end(machine->memory.tseg) - 8;
	ret_addresses[count++] = machine->memory.user_buffer.base;
	ret_addresses[count++] = machine->memory.supervisor_status.base;
	ret_addresses[count++] = MM_HAL_LAPIC_BASE;
	ret_addresses[count++] = (uint64_t)(uintptr_t)os_memory;
	return count;
}

/* `kind` is one of the *_ADDRESS kinds. */
static bool crash_at_addresses(struct mm_q35_client *client, uint64_t kind)
{
	uint64_t addresses[8];
	size_t count = forbidden_addresses(client->machine, addresses);

	__builtin_memset((void *)(uintptr_t)os_memory, CODE_RET, sizeof(os_memory));
	os_memory[1] = VICTIM_PATTERN;
	for (size_t i = 0; i < count; i++) {
		if (!mm_q35_talk_crash_is_contained(client, (uint32_t)kind, addresses[i]))
			return false;
	}
	if ((uint8_t)os_memory[0] != CODE_RET || os_memory[1] != VICTIM_PATTERN)
		return mm_q35_client_fail(client, "memory of the OS was written");
	return true;
}

/* The one kind that is answered by success: the call is refused, the driver goes on. */
static bool bad_pointer_is_refused(struct mm_q35_client *client, uint64_t argument)
{
	uint64_t address = mm_q35_memory_smbase(&client->machine->memory, 0) + MM_MMI_ENTRY_OFFSET;
	struct mm_q35_answer answer;

	if (!mm_q35_talk_ask_crash(client, MM_CRASH_BAD_POINTER_CALL, address, &answer))
		return false;
	if (answer.status != MM_EFI_SUCCESS)
		return mm_q35_client_fail(client, "answer %llx", answer.status);
	return mm_q35_talk_is_alive(client, "a call with a bad pointer");
}

static const struct mm_q35_check checks[] = {
	{ "crash-read-null", crash_kind, MM_CRASH_READ_NULL },
	{ "crash-read-address", crash_at_addresses, MM_CRASH_READ_ADDRESS },
	{ "crash-write-address", crash_at_addresses, MM_CRASH_WRITE_ADDRESS },
	{ "crash-write-own-code", crash_kind, MM_CRASH_WRITE_OWN_CODE },
	{ "crash-execute-stack", crash_kind, MM_CRASH_EXECUTE_STACK },
	{ "crash-execute-address", crash_at_addresses, MM_CRASH_EXECUTE_ADDRESS },
	{ "crash-stack-overflow", crash_kind, MM_CRASH_STACK_OVERFLOW },
	{ "crash-undefined", crash_kind, MM_CRASH_UNDEFINED },
	{ "crash-divide", crash_kind, MM_CRASH_DIVIDE },
	{ "crash-non-canonical", crash_kind, MM_CRASH_NON_CANONICAL },
	{ "crash-port-input", crash_kind, MM_CRASH_PORT_INPUT },
	{ "crash-rdmsr", crash_kind, MM_CRASH_RDMSR },
	{ "crash-cli", crash_kind, MM_CRASH_CLI },
	{ "crash-hlt", crash_kind, MM_CRASH_HLT },
	{ "crash-load-cr3", crash_kind, MM_CRASH_LOAD_CR3 },
	{ "crash-breakpoint", crash_kind, MM_CRASH_BREAKPOINT },
	{ "crash-software-interrupt", crash_kind, MM_CRASH_SOFTWARE_INTERRUPT },
	{ "crash-denied-port", crash_kind, MM_CRASH_DENIED_PORT },
	{ "crash-denied-msr", crash_kind, MM_CRASH_DENIED_MSR },
	{ "crash-unknown-call", crash_kind, MM_CRASH_UNKNOWN_CALL },
	{ "crash-bad-pointer-call", bad_pointer_is_refused, 0 },
};

const struct mm_q35_check_list mm_q35_checks_crash = { checks, MM_ARRAY_COUNT(checks), NULL };
