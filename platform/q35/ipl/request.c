/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "request.h"

#include "machine.h"
#include "mm/abi/efi.h"
#include "mm/base/guid_table.h"

struct version_message {
	struct mm_supv_request_header header;
	struct mm_supv_version_info version;
};

enum mm_status mm_q35_request_version(struct mm_q35_machine *machine, uint64_t *ret_result,
				      struct mm_supv_version_info *ret_version)
{
	struct mm_q35_channel *channel = &machine->supervisor;
	struct version_message message = {
		.header = { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION, MM_SUPV_REQUEST_VERSION_INFO, 0,
			    MM_EFI_ABORTED },
	};
	struct mm_q35_answer answer;
	uint8_t *data;
	enum mm_status status;

	/* As the field's clients do: the message fills the buffer, so that the answer has room. */
	data = mm_q35_channel_compose(channel, &mm_guid_supv_request, mm_q35_channel_capacity(channel));
	__builtin_memcpy(data, &message, sizeof(message));
	status = mm_q35_channel_send(channel, NULL, &answer);
	if (status != MM_OK)
		return status;
	__builtin_memcpy(&message, data, sizeof(message));
	*ret_result = MM_EFI_IS_ERROR(answer.status) ? answer.status : message.header.result;
	if (*ret_result == MM_EFI_SUCCESS)
		*ret_version = message.version;
	return MM_OK;
}
