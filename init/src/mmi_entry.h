/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The MMI entry: a flat, position-independent binary (init/entry/mmi_entry.nasm or another one of revision 5) that is
 * copied to SMBASE + 0x8000 of each CPU and told what differs through the fix-up block at its end.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* A template that has been checked; offsets are from its first byte and lie inside it. */
struct mm_init_mmi_template {
	struct mm_bytes bytes;
	uint32_t fixup_offset;	     /* of the fix-up block */
	uint32_t far_pointer_offset; /* six bytes: target of the jump into long mode, selector */
	uint32_t cr4_offset;	     /* four bytes */
	uint32_t long_mode_entry;    /* offset of the code that the far pointer leads to */
};

/* What one CPU's entry is told. All addresses are below 4 GiB but the 64-bit ones. */
struct mm_init_mmi_values {
	uint64_t rendezvous; /* entry point of the supervisor */
	uint64_t idtr;	     /* of the ten-byte pseudo-descriptor */
	uint64_t hob_list;
	uint32_t gdtr; /* of the ten-byte pseudo-descriptor */
	uint32_t cr3;
	uint32_t cr4;
	uint32_t stack; /* the slot that holds the CPU index */
	uint32_t smbase;
	bool has_misc_enable;	   /* IA32_MISC_ENABLE exists, so the OS can switch NX off */
	bool refills_return_stack; /* before RSM, so that no RET of the OS is predicted into MM */
};

/*
 * Checks a template: block size and revision, the places of the three fix-ups, everything inside the binary, which
 * fits the page between SMBASE + 0x8000 and the next tile's page. `bytes` must outlive the template.
 * MM_OK; MM_E_TRUNCATED; MM_E_LIMIT if it is larger than a page; MM_E_UNSUPPORTED for another revision;
 * MM_E_INVALID for an offset outside the binary.
 */
enum mm_status mm_init_mmi_template_decode(struct mm_bytes bytes, struct mm_init_mmi_template *ret_template,
					   struct mm_refusal *reterr);

/* Copies the template to `ret_entry`, which has room for all its bytes, and fills in `values`. */
void mm_init_mmi_entry_write(const struct mm_init_mmi_template *entry, const struct mm_init_mmi_values *values,
			     uint8_t *ret_entry);
