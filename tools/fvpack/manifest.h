/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What a volume shall hold, as read from a manifest and the command line. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "depex_text.h"
#include "files.h"
#include "mm/abi/guid.h"

#define PLAN_FILES_MAX	  64u
#define PLAN_UI_BYTES_MAX 64u

/* One file to be written. */
struct plan_file {
	struct mm_guid name;
	uint8_t type;
	char ui_name[PLAN_UI_BYTES_MAX]; /* "" for none */
	uint32_t alignment;
	bool has_checksum;
	bool is_crc32;
	struct file_bytes pe32; /* data NULL: none, likewise below */
	struct file_bytes raw;
	uint8_t depex[DEPEX_BYTES_MAX];
	size_t depex_bytes; /* 0: none */
};

struct plan {
	uint64_t bytes; /* of the volume; 0 until given */
	uint32_t block_bytes;
	uint32_t alignment_log2;
	bool is_ffs3;
	bool has_name;
	struct mm_guid name;
	const char *directory; /* paths in the plan are relative to it; NULL: the current one */
	struct plan_file *files;
	size_t file_count;
	bool has_top;
	char top_name[PLAN_UI_BYTES_MAX];
	struct file_bytes top;
};

/* Frees what a plan holds; a zeroed plan holds nothing. */
void plan_finish(struct plan *plan);

/* Each takes one line's words and complains about `where` before it returns false. */
bool plan_volume_line(struct plan *plan, char *line, const char *where);
bool plan_file_line(struct plan *plan, char *line, const char *where);
bool plan_top_line(struct plan *plan, char *line, const char *where);

/* All lines of a manifest file: "volume ...", "file ...", "top ...". */
bool plan_manifest(struct plan *plan, const char *path);
