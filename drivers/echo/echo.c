/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Answers each message with all of its bits inverted, so that an answer cannot be mistaken for the question, and offers
 * a protocol that says how often it has done so.
 */
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"
#include "mm/driver/mmst.h"

static const struct mm_guid driver_guid = MM_GUID_ECHO_DRIVER;
static const struct mm_guid protocol_guid = MM_GUID_ECHO_PROTOCOL;

static uint64_t echo_count;
static const struct mm_echo_protocol protocol = { .revision = 1, .echo_count = &echo_count };

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst);

static uint64_t MM_EFIAPI answer(mm_driver_handle dispatch_handle, const void *context, void *buffer,
				 size_t *inout_bytes)
{
	uint8_t *bytes = buffer;
	size_t count = *inout_bytes;
	size_t i = 0;

	for (; i + sizeof(uint64_t) <= count; i += sizeof(uint64_t)) {
		uint64_t word;

		__builtin_memcpy(&word, bytes + i, sizeof(word));
		word = ~word;
		__builtin_memcpy(bytes + i, &word, sizeof(word));
	}
	for (; i < count; i++)
		bytes[i] = (uint8_t)~bytes[i];
	echo_count++;
	return MM_EFI_SUCCESS;
}

uint64_t MM_EFIAPI mm_driver_entry(mm_driver_handle image, struct mm_mmst *mmst)
{
	mm_driver_handle handle = NULL;
	mm_driver_handle dispatch_handle;
	uint64_t status = mmst->mmi_handler_register(answer, &driver_guid, &dispatch_handle);

	if (MM_EFI_IS_ERROR(status))
		return status;
	return mmst->install_protocol_interface(&handle, &protocol_guid, 0, (void *)(uintptr_t)&protocol);
}
