/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the operating system and MM exchange: message headers (PI specification, volume 4, EFI_MM_COMMUNICATE_HEADER
 * and its version 3), the status block, and the supervisor's requests.
 */
#include <stdint.h>

#include "mm/abi/guid.h"

/* Status block of a channel; lies outside MMRAM, owned by the caller while `valid` is 0. */
struct mm_comm_status {
	uint8_t valid; /* the caller sets 1 last; MM clears it last */
	uint8_t reserved[7];
	uint64_t return_status; /* EFI_STATUS */
	uint64_t return_bytes;	/* header included */
};

struct mm_comm_header {
	struct mm_guid guid;
	uint64_t message_bytes; /* of the data that follows */
};

#define MM_COMM_HEADER_BYTES 24u

struct mm_comm_header_v3 {
	struct mm_guid header_guid; /* 68E8C853-2BA9-4DD7-9AC0-91E16155C935 */
	uint64_t buffer_bytes;	    /* header and data */
	uint64_t reserved;
	struct mm_guid guid;
	uint64_t message_bytes;
};

#define MM_COMM_HEADER_V3_BYTES 56u

/* Requests on the supervisor's own channel (message GUID gMmSupervisorRequestHandlerGuid). */
#define MM_SUPV_REQUEST_SIGNATURE 0x5055534Du /* 'MSUP' */
#define MM_SUPV_REQUEST_REVISION  1u
#define MM_SUPV_REQUEST_LEVEL	  4u

enum mm_supv_request_code {
	MM_SUPV_REQUEST_UNBLOCK_MEM = 1,
	MM_SUPV_REQUEST_FETCH_POLICY = 2,
	MM_SUPV_REQUEST_VERSION_INFO = 3,
	MM_SUPV_REQUEST_COMM_UPDATE = 4,
};

struct mm_supv_request_header {
	uint32_t signature;
	uint32_t revision;
	uint32_t request;
	uint32_t reserved;
	uint64_t result; /* EFI_STATUS */
};

struct mm_supv_version_info {
	uint32_t version; /* major << 16 | minor */
	uint32_t patch_level;
	uint64_t max_request_level;
};

/* The SW SMI command port and the value our clients write; 2 and 3 belong to ACPI enable and disable. */
#define MM_SMI_COMMAND_PORT 0xB2u
#define MM_SMI_DATA_PORT    0xB3u
#define MM_SMI_COMMAND	    0u
