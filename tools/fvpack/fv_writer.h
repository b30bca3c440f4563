/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Writes a firmware volume into the caller's memory (PI 1.8 volume 3, chapters 2 and 3): erase polarity 1, file system
 * version 2 or 3, files in the order they are added, checksums right, the same input always giving the same bytes.
 * Host code for tools and tests; allocates nothing, keeps nothing it is given. Not for concurrent use.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/fv.h"
#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

struct mm_fv_writer {
	/* private: */
	uint8_t *data;
	size_t bytes;
	size_t used;
	bool is_ffs3;
	bool is_finished;
};

struct mm_fv_writer_config {
	uint32_t block_bytes;		   /* a power of two that divides the volume; 0 means 4 KiB */
	uint32_t alignment_log2;	   /* of the volume, 0..31; raised to that of its files */
	const struct mm_guid *volume_name; /* NULL: no extended header */
	bool is_ffs3;			   /* allows files of 16 MiB and more */
};

/* One section. USER_INTERFACE: `body` is ASCII without a terminator and is widened here. */
struct mm_fv_writer_section {
	uint8_t type; /* MM_SECTION_...; 0 in raw files: the bytes as they are */
	struct mm_bytes body;
};

struct mm_fv_writer_file {
	struct mm_guid name;
	uint8_t type;	    /* MM_FFS_TYPE_... */
	uint32_t alignment; /* of the content from the volume's start: 0 or 1, or one that FFS knows (16 .. 16 MiB) */
	bool has_checksum;  /* of the content; the header always has one */
	bool is_crc32;	    /* the sections lie in one GUID-defined section with a CRC-32 */
	const struct mm_fv_writer_section *sections;
	size_t section_count;
};

/*
 * Starts a volume that fills `data[0..bytes)`. MM_OK; MM_E_INVALID for a block size that does not divide the volume;
 * MM_E_BUFFER_TOO_SMALL.
 */
enum mm_status mm_fv_writer_init(struct mm_fv_writer *self, uint8_t *data, size_t bytes,
				 const struct mm_fv_writer_config *config);

/*
 * Appends a file, with a pad file before it where its alignment needs one. On a refusal the volume is as before.
 * MM_OK; MM_E_BUFFER_TOO_SMALL when it does not fit; MM_E_MISALIGNED for an alignment FFS does not know;
 * MM_E_LIMIT for a file too large for FFS2; MM_E_INVALID after mm_fv_writer_finish() and for a raw file with more than
 * one section.
 */
enum mm_status mm_fv_writer_add_file(struct mm_fv_writer *self, const struct mm_fv_writer_file *file);

/*
 * Ends the volume with a Volume Top File whose only content of note is `image`, so placed that its last byte is the
 * volume's last one; a pad file fills the room before it. `ui_name` is ASCII. No file may follow.
 * MM_OK; MM_E_BUFFER_TOO_SMALL; MM_E_INVALID for an empty image.
 */
enum mm_status mm_fv_writer_add_volume_top(struct mm_fv_writer *self, const char *ui_name, struct mm_bytes image);

/* Completes the volume: what is free is erased. MM_OK; MM_E_INVALID the second time. */
enum mm_status mm_fv_writer_finish(struct mm_fv_writer *self);

/* Bytes still free for files. */
size_t mm_fv_writer_free_bytes(const struct mm_fv_writer *self);
