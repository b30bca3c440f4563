/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "request.h"

#include "mm/abi/comm.h"
#include "mm/abi/efi.h"
#include "mm/base/guid.h"
#include "mm/base/guid_table.h"

#include "channel.h"
#include "version.h"

/* The largest request is COMM_UPDATE; nothing that is answered needs more. */
#define REQUEST_BYTES_MAX 0x100u

/* A request in our memory: what came in, and, over the same bytes, what goes out. */
struct request {
	union {
		struct mm_supv_request_header header;
		uint8_t bytes[REQUEST_BYTES_MAX];
	} u;
	uint64_t in_bytes;  /* of the message's data */
	uint64_t out_bytes; /* of the answer's data */
};

static uint64_t answer_version(struct request *request)
{
	const struct mm_supv_version_info info = {
		.version = MM_SUPV_VERSION,
		.patch_level = MM_SUPV_PATCH_LEVEL,
		.max_request_level = MM_SUPV_REQUEST_LEVEL,
	};

	if (request->in_bytes < sizeof(request->u.header) + sizeof(info))
		return MM_EFI_BUFFER_TOO_SMALL;
	__builtin_memcpy(request->u.bytes + sizeof(request->u.header), &info, sizeof(info));
	request->out_bytes = sizeof(request->u.header) + sizeof(info);
	return MM_EFI_SUCCESS;
}

/* The result that goes into the request's header. */
static uint64_t serve_known(struct mm_supv_state *supv, struct request *request)
{
	switch (request->u.header.request) {
	case MM_SUPV_REQUEST_VERSION_INFO:
		return answer_version(request);
	case MM_SUPV_REQUEST_UNBLOCK_MEM: /* ranges come from HOBs only */
	case MM_SUPV_REQUEST_COMM_UPDATE: /* channels never move */
		return MM_EFI_ACCESS_DENIED;
	case MM_SUPV_REQUEST_FETCH_POLICY:
		return supv->boot_services_over ? MM_EFI_ACCESS_DENIED : MM_EFI_UNSUPPORTED;
	default:
		return MM_EFI_UNSUPPORTED;
	}
}

/* Fetches the data of a request once and serves it. Returns the channel's status: SUCCESS or NOT_FOUND. */
static uint64_t serve_request(struct mm_supv_state *supv, const struct mm_supv_message *message,
			      struct request *request)
{
	const struct mm_supv_channel *channel = &supv->supervisor_channel;

	request->in_bytes = message->bytes - message->header_bytes;
	request->out_bytes = sizeof(request->u.header);
	if (request->in_bytes < sizeof(request->u.header))
		return MM_EFI_NOT_FOUND;
	if (request->in_bytes > REQUEST_BYTES_MAX)
		request->in_bytes = REQUEST_BYTES_MAX; /* what follows belongs to no request */
	__builtin_memcpy(request->u.bytes, (const void *)(uintptr_t)(channel->buffer + message->header_bytes),
			 (size_t)request->in_bytes);
	if (request->u.header.signature != MM_SUPV_REQUEST_SIGNATURE ||
	    request->u.header.revision != MM_SUPV_REQUEST_REVISION)
		return MM_EFI_NOT_FOUND;
	request->u.header.result = serve_known(supv, request);
	return MM_EFI_SUCCESS;
}

/* Returns what to complete the channel with; writes the answer's data. */
static uint64_t serve_message(struct mm_supv_state *supv, const struct mm_supv_message *message, uint64_t *ret_bytes)
{
	const struct mm_supv_channel *channel = &supv->supervisor_channel;
	struct request request;
	uint64_t status;

	*ret_bytes = 0;
	mm_supv_notice_event(supv, &message->guid);
	if (!mm_guid_equal(&message->guid, &mm_guid_supv_request))
		return MM_EFI_NOT_FOUND;
	status = serve_request(supv, message, &request);
	if (status != MM_EFI_SUCCESS)
		return status;
	__builtin_memcpy((void *)(uintptr_t)(channel->buffer + message->header_bytes), request.u.bytes,
			 (size_t)request.out_bytes);
	*ret_bytes = message->header_bytes + request.out_bytes;
	return status;
}

void mm_supv_request_serve(struct mm_supv_cpu *cpu)
{
	struct mm_supv_state *supv = cpu->supv;
	const struct mm_supv_channel *channel = &supv->supervisor_channel;
	struct mm_supv_message message;
	enum mm_status status;
	uint64_t efi_status;
	uint64_t bytes = 0;

	if (!mm_supv_channel_is_full(channel))
		return;
	status = mm_supv_channel_read_header(channel, false, &message);
	if (status == MM_E_UNSUPPORTED) {
		efi_status = MM_EFI_UNSUPPORTED;
	} else if (status != MM_OK) {
		supv->counters.bad_messages++;
		efi_status = MM_EFI_BAD_BUFFER_SIZE;
	} else {
		efi_status = serve_message(supv, &message, &bytes);
	}
	mm_supv_channel_complete(channel, efi_status, bytes);
}
