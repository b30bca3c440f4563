/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Sections of a file (PI 1.8 volume 3, 2.2.4 and 3.2.5): an iterator over one level, a search through nested ones, and
 * the decoder of what a driver's file holds. Pure, bounded depth, O(bytes visited); reads only. Any context.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/fv.h"
#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"
#include "mm/pi/fv.h"

/* How deep sections may lie in sections. */
#define MM_PI_SECTION_DEPTH_MAX 8u

/* What stands between the reader and a section's body. */
enum mm_pi_section_shape {
	MM_PI_SECTION_LEAF,    /* the body is data */
	MM_PI_SECTION_NESTED,  /* the body is sections (a CRC-32 has been checked) */
	MM_PI_SECTION_ENCODED, /* the body needs a decoder that is not here: compressed, signed, unknown */
};

struct mm_pi_section {
	uint8_t type; /* MM_SECTION_... */
	enum mm_pi_section_shape shape;
	uint64_t offset;      /* of its header in the stream the iterator was given */
	struct mm_guid guid;  /* GUID_DEFINED and FREEFORM_SUBTYPE_GUID, else zero */
	struct mm_bytes body; /* without any header */
};

struct mm_pi_section_iter {
	struct mm_bytes bytes;
	uint64_t offset;
};

/* Over the sections that start at the start of `bytes`: a file's body, or the body of a NESTED section. */
struct mm_pi_section_iter mm_pi_section_iter(struct mm_bytes bytes);

/*
 * The next section of this level. MM_OK; MM_E_NOT_FOUND at the end; MM_E_TRUNCATED, MM_E_SECTION_LENGTH,
 * MM_E_SECTION_TYPE, MM_E_SECTION_GUIDED, MM_E_SECTION_CRC, MM_E_SECTION_COMPRESSION. After a refusal the iterator
 * does not move.
 */
enum mm_status mm_pi_section_next(struct mm_pi_section_iter *iter, struct mm_pi_section *ret_section,
				  struct mm_refusal *reterr);

/*
 * The first section of `type` in document order, nested ones included. As mm_pi_section_next(); MM_E_SECTION_DEPTH;
 * and when it was not found but an encoded section was passed over: MM_E_SECTION_ENCODED, naming it. Offsets in a
 * refusal count from the start of `bytes`.
 */
enum mm_status mm_pi_section_find(struct mm_bytes bytes, uint8_t type, struct mm_pi_section *ret_section,
				  struct mm_refusal *reterr);

/* Checks all sections at all depths, passing over encoded ones. As mm_pi_section_next() without NOT_FOUND; DEPTH. */
enum mm_status mm_pi_section_check_untrusted(struct mm_bytes bytes, struct mm_refusal *reterr);

/* The longest UI name kept, with its terminating zero. */
#define MM_PI_UI_NAME_BYTES 64u

/*
 * The body of a USER_INTERFACE section as ASCII: other characters become '?', a longer name is cut.
 * MM_OK; MM_E_SECTION_NAME if its size is odd or it does not end in one zero character.
 */
enum mm_status mm_pi_ui_name_decode_untrusted(struct mm_bytes body, char ret_name[MM_PI_UI_NAME_BYTES],
					      struct mm_refusal *reterr);

/* What a file that holds a module says. */
struct mm_pi_module {
	char ui_name[MM_PI_UI_NAME_BYTES]; /* "" without a USER_INTERFACE section */
	struct mm_bytes pe32;		   /* judge with mm_pi_pe_decode_untrusted() */
	bool has_depex;
	struct mm_bytes depex; /* MM_DEPEX; judge with mm_pi_depex_check_untrusted() */
};

/*
 * Gathers the sections of a module's file in one pass. MM_OK; as mm_pi_section_find(); MM_E_NOT_FOUND without a PE32
 * section; MM_E_SECTION_TERSE when there is a TE section instead; MM_E_SECTION_REPEATED for two of a kind.
 */
enum mm_status mm_pi_module_decode_untrusted(const struct mm_pi_file *file, struct mm_pi_module *ret_module,
					     struct mm_refusal *reterr);
