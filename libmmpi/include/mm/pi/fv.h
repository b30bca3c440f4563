/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Firmware volumes with file system version 2 or 3 (PI 1.8 volume 3, chapters 2 and 3): the header is checked once,
 * files are checked one by one as the iterator reaches them. Pure; O(bytes visited); reads only. Facts point into the
 * caller's bytes, which must not change while they are used. Any context.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/fv.h"
#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* A volume with a checked header. */
struct mm_pi_fv {
	struct mm_bytes bytes; /* exactly the volume */
	uint32_t attributes;   /* MM_FV_ATTR_... */
	uint8_t erased_byte;   /* 0xFF or 0x00 */
	bool is_ffs3;	       /* large files are allowed */
	bool has_name;	       /* an extended header names it */
	struct mm_guid name;
	uint64_t first_file; /* offset, 8-aligned */
};

/*
 * Checks the header of the volume at the start of `bytes`, which may be longer than the volume.
 *
 * MM_OK; MM_E_TRUNCATED when the bytes end before the header or the volume; MM_E_FV_SIGNATURE, MM_E_FV_FILE_SYSTEM,
 * MM_E_FV_REVISION, MM_E_FV_RESERVED, MM_E_FV_LENGTH, MM_E_FV_HEADER_LENGTH, MM_E_FV_CHECKSUM, MM_E_FV_BLOCK_MAP,
 * MM_E_FV_EXT_HEADER.
 */
enum mm_status mm_pi_fv_check_untrusted(struct mm_bytes bytes, struct mm_pi_fv *ret_fv, struct mm_refusal *reterr);

/* A file whose header and checksums hold. */
struct mm_pi_file {
	struct mm_guid name;
	uint8_t type;	       /* MM_FFS_TYPE_..., PAD included */
	uint8_t attributes;    /* MM_FFS_ATTR_... */
	bool is_being_updated; /* marked for update: still valid, a newer copy may follow */
	uint64_t offset;       /* of its header in the volume */
	uint32_t header_bytes; /* 24 or 32 */
	uint64_t alignment;    /* of its content from the volume's start, bytes */
	struct mm_bytes body;  /* what follows the header: sections, or raw bytes */
};

struct mm_pi_file_iter {
	const struct mm_pi_fv *fv;
	uint64_t offset;
};

/* From the first file on; the volume's facts must outlive the iterator. */
struct mm_pi_file_iter mm_pi_file_iter(const struct mm_pi_fv *fv);

/*
 * The next valid file. Deleted, unfinished and broken ones (by their state bits) are passed over, as PI says.
 * MM_OK; MM_E_NOT_FOUND at the end; MM_E_TRUNCATED, MM_E_FFS_HEADER_CHECKSUM, MM_E_FFS_DATA_CHECKSUM,
 * MM_E_FFS_LENGTH, MM_E_FFS_TYPE, MM_E_FFS_STATE, MM_E_FFS_ATTRIBUTES, MM_E_FFS_ALIGNMENT, MM_E_FFS_LARGE,
 * MM_E_FFS_VOLUME_TOP, MM_E_FV_FREE_SPACE. After a refusal the iterator does not move: asking again gives the same.
 */
enum mm_status mm_pi_file_next(struct mm_pi_file_iter *iter, struct mm_pi_file *ret_file, struct mm_refusal *reterr);

/* The next file of one type; statuses as mm_pi_file_next(). */
enum mm_status mm_pi_file_next_type(struct mm_pi_file_iter *iter, uint8_t type, struct mm_pi_file *ret_file,
				    struct mm_refusal *reterr);

/* The first file of that name; statuses as mm_pi_file_next(). */
enum mm_status mm_pi_fv_find_file(const struct mm_pi_fv *fv, const struct mm_guid *name, struct mm_pi_file *ret_file,
				  struct mm_refusal *reterr);

/*
 * Checks every file of the volume and every section of each (CRC-32 sections included, encoded ones passed over).
 * MM_OK or what mm_pi_file_next() and mm_pi_section_check_untrusted() answer. `ret_file_count`: pad files excluded.
 */
enum mm_status mm_pi_fv_check_files_untrusted(const struct mm_pi_fv *fv, uint32_t *ret_file_count,
					      struct mm_refusal *reterr);

/* True if files of the type hold sections; raw and pad files hold bytes. */
bool mm_pi_file_type_has_sections(uint8_t type);

/* "mm_standalone" and the like, or "?" for a type without a name. */
const char *mm_pi_file_type_name(uint8_t type);
