/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * HOB lists: one complete check, then an iterator over typed facts (PI 1.8 volume 3, chapter 5).
 *
 * Pure and O(bytes); nothing is allocated or written but the results. The list's bytes stay the caller's, are only
 * read, and must not change between the check and the last use: copy a list that others can write before it is
 * checked. Facts hold pointers into those bytes. Any context, any CPU.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/abi/hob.h"
#include "mm/base/bytes.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

/* A checked list. */
struct mm_pi_hob_list {
	struct mm_bytes bytes; /* from the hand-off HOB to the last byte of the END HOB */
	uint32_t hob_count;    /* END HOB not counted */
};

/* How the end of the list relates to the end of the bytes. */
enum mm_pi_hob_extent {
	MM_PI_HOB_EXACT,  /* the END HOB ends the bytes: anything behind it is refused */
	MM_PI_HOB_WITHIN, /* a list in place: the bytes are the window in which it must end */
};

/*
 * Checks every HOB of a list that came from outside: lengths, reserved fields, known types, ranges that do not wrap,
 * module entries inside their module, one hand-off HOB of version 9 at the start, an END HOB. A type that PI defines
 * and MM does not consume is known. The hand-off HOB's end pointer is not judged: it goes stale when a list is
 * copied (see mm_pi_hob_list_is_at()). Payloads of GUID HOBs are judged by their own decoders
 * (mm/pi/hob_payload.h).
 *
 * MM_OK; MM_E_TRUNCATED if a header or a HOB reaches past the bytes; MM_E_HOB_LENGTH, MM_E_HOB_TYPE,
 * MM_E_HOB_RESERVED, MM_E_HOB_NO_HANDOFF, MM_E_HOB_REPEATED, MM_E_HOB_VERSION, MM_E_HOB_NO_END, MM_E_HOB_TRAILING,
 * MM_E_HOB_RANGE, MM_E_HOB_RESOURCE_TYPE, MM_E_HOB_ENTRY.
 */
enum mm_status mm_pi_hob_list_check_untrusted(struct mm_bytes bytes, enum mm_pi_hob_extent extent,
					      struct mm_pi_hob_list *ret_list, struct mm_refusal *reterr);

/* True if the hand-off HOB says that its list lies at `address`, that is, that its END HOB is where it really is. */
bool mm_pi_hob_list_is_at(const struct mm_pi_hob_list *list, uint64_t address);

struct mm_pi_hob_handoff {
	uint32_t boot_mode;
	uint64_t memory_top;
	uint64_t memory_bottom;
	uint64_t free_memory_top;
	uint64_t free_memory_bottom;
	uint64_t end_of_hob_list; /* address of the END HOB, or stale */
};

/* Plain, stack, backing store and module allocations; the region is not empty. */
struct mm_pi_hob_memory {
	struct mm_guid name;
	struct mm_region region;
	uint32_t memory_type; /* enum mm_efi_memory_type */
	bool is_module;	      /* then the two below hold */
	struct mm_guid module_name;
	uint64_t entry; /* address inside the region */
};

/* Resource descriptors of both versions; the region is not empty. */
struct mm_pi_hob_resource {
	struct mm_guid owner;
	uint32_t type;	     /* MM_HOB_RESOURCE_... */
	uint32_t attributes; /* MM_HOB_RESOURCE_ATTR_... */
	struct mm_region region;
	uint64_t memory_attributes; /* MM_EFI_MEMORY_..., version 2 only, else 0 */
};

struct mm_pi_hob_guid {
	struct mm_guid name;
	struct mm_bytes payload; /* with up to 7 bytes of padding */
};

/* FV, FV2 and FV3; the region is not empty. */
struct mm_pi_hob_fv {
	struct mm_region region;
	bool has_names; /* FV2 and FV3 */
	struct mm_guid fv_name;
	struct mm_guid file_name;
};

struct mm_pi_hob_cpu {
	uint8_t memory_space_bits;
	uint8_t io_space_bits;
};

/* One HOB as facts. The member that `type` names is set; types without a member have none. */
struct mm_pi_hob {
	uint16_t type;	       /* MM_HOB_TYPE_..., never END */
	uint32_t offset;       /* of its header in the list, bytes */
	struct mm_bytes bytes; /* the whole HOB */
	union {
		struct mm_pi_hob_handoff handoff;
		struct mm_pi_hob_memory memory;
		struct mm_pi_hob_resource resource; /* RESOURCE_DESCRIPTOR and RESOURCE_DESCRIPTOR2 */
		struct mm_pi_hob_guid guid;
		struct mm_pi_hob_fv fv; /* FV, FV2, FV3 */
		struct mm_pi_hob_cpu cpu;
	} u;
};

/* A place in a checked list; plain data, copy it freely. */
struct mm_pi_hob_iter {
	struct mm_bytes bytes;
	size_t offset;
};

struct mm_pi_hob_iter mm_pi_hob_iter(const struct mm_pi_hob_list *list);

/* The next HOB: true and `ret_hob`, or false at the END HOB. Never reads outside the list, whatever changed in it. */
bool mm_pi_hob_next(struct mm_pi_hob_iter *iter, struct mm_pi_hob *ret_hob);

/* The next GUID extension HOB of this name, likewise. */
bool mm_pi_hob_next_guid(struct mm_pi_hob_iter *iter, const struct mm_guid *name, struct mm_bytes *ret_payload);

/* The first GUID extension HOB of this name: true and its payload, or false. */
bool mm_pi_hob_find_guid(const struct mm_pi_hob_list *list, const struct mm_guid *name, struct mm_bytes *ret_payload);
