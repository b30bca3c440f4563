/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* For the ROMs that hold images no platform would ship. */
#include "client.h"
#include "machine.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/base/compiler.h"
#include "mm/hal/x86_64.h"
#include "talk.h"
#include "volume.h"

#define CODE_RET	 0xc3u
#define MSR_SYSENTER_CS	 0x174u
#define MSR_SYSENTER_ESP 0x175u
#define MSR_SYSENTER_EIP 0x176u
#define CODE_SELECTOR	 0x10u

static const struct mm_guid crash_guid = MM_GUID_CRASH_DRIVER;

/* The image of drivers/forbidden, which holds an RSM. */
static const struct mm_guid forbidden_guid = {
	0xdebca6a1, 0xa30b, 0x4d5c, { 0xa2, 0xd8, 0x96, 0x4c, 0x17, 0x0f, 0x08, 0x66 }
};

/* Code and stack of an attacker, where SYSENTER would go. */
static uint8_t landing_place[512] MM_ALIGNED(64);

static bool holds_forbidden_image(const struct mm_q35_machine *machine)
{
	return mm_q35_volume_has_module(machine, &forbidden_guid, "forbidden");
}

static bool holds_sysenter_driver(const struct mm_q35_machine *machine)
{
	return mm_q35_volume_has_module(machine, &crash_guid, "crash-sysenter");
}

/* init refused the image: nobody answers for it. That it said so by name is for who reads the log. */
static bool forbidden_image_is_absent(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_q35_answer answer;

	*mm_q35_channel_compose(&client->machine->user, &forbidden_guid, 1) = 0;
	if (!mm_q35_talk_send(client, NULL, &answer))
		return false;
	if (answer.status != MM_EFI_NOT_FOUND)
		return mm_q35_client_fail(client, "answer %llx", answer.status);
	return mm_q35_talk_is_alive(client, "a message to an image that was refused");
}

/*
 * SYSENTER leaves ring 3 to where the OS's MSRs point, if MM lets them live: here to code and a stack of ours. The
 * answer must be an error and the MSRs as they were. Only Intel's processors have the instruction in 64-bit mode.
 */
static bool sysenter_is_refused(struct mm_q35_client *client, uint64_t argument)
{
	static const uint32_t msrs[] = { MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP };
	const uint64_t values[] = { CODE_SELECTOR, (uint64_t)(uintptr_t)(landing_place + sizeof(landing_place)),
				    (uint64_t)(uintptr_t)landing_place };
	bool contained;

	__builtin_memset(landing_place, CODE_RET, sizeof(landing_place));
	for (size_t i = 0; i < MM_ARRAY_COUNT(msrs); i++)
		mm_x86_wrmsr(msrs[i], values[i]);
	contained = mm_q35_talk_crash_is_contained(client, MM_CRASH_SYSENTER, 0);
	for (size_t i = 0; i < MM_ARRAY_COUNT(msrs); i++) {
		if (contained && mm_x86_rdmsr(msrs[i]) != values[i])
			contained = mm_q35_client_fail(client, "MSR %x changed", msrs[i]);
		mm_x86_wrmsr(msrs[i], 0);
	}
	return contained;
}

static const struct mm_q35_check forbidden_checks[] = {
	{ "forbidden-image-absent", forbidden_image_is_absent, 0 },
};

static const struct mm_q35_check sysenter_checks[] = {
	{ "crash-sysenter", sysenter_is_refused, 0 },
};

const struct mm_q35_check_list mm_q35_checks_forbidden = { forbidden_checks, MM_ARRAY_COUNT(forbidden_checks),
							   holds_forbidden_image };
const struct mm_q35_check_list mm_q35_checks_sysenter = { sysenter_checks, MM_ARRAY_COUNT(sysenter_checks),
							  holds_sysenter_driver };
