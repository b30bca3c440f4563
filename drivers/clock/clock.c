/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Answers struct mm_clock_answer. Its depex names echo's protocol, so it is started after echo, and finds it there.
 */
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/abi/syscall.h"
#include "mm/driver/mmst.h"
#include "mm/hal/ring3.h"

static const struct mm_guid driver_guid = MM_GUID_CLOCK_DRIVER;
static const struct mm_guid echo_guid = MM_GUID_ECHO_PROTOCOL;

static const struct mm_echo_protocol *echo;
static uint64_t answer_count;

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst);

static uint64_t MM_EFIAPI answer(mm_driver_handle dispatch_handle, const void *context, void *buffer,
				 size_t *inout_bytes)
{
	struct mm_clock_answer out;

	if (*inout_bytes < sizeof(out))
		return MM_EFI_BUFFER_TOO_SMALL;
	out.ticks = mm_hal_ring3_syscall_pair(&out.ticks_per_second, MM_SYS_TIME);
	out.answers = ++answer_count;
	out.echoes = *echo->echo_count;
	__builtin_memcpy(buffer, &out, sizeof(out));
	*inout_bytes = sizeof(out);
	return MM_EFI_SUCCESS;
}

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst)
{
	mm_driver_handle dispatch_handle;
	void *interface;
	uint64_t status = mmst->locate_protocol(&echo_guid, NULL, &interface);

	if (MM_EFI_IS_ERROR(status))
		return status;
	echo = interface;
	return mmst->mmi_handler_register(answer, &driver_guid, &dispatch_handle);
}
