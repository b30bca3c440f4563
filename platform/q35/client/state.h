/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The state that an SMI must leave as it was, on the CPU that raises it.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/compiler.h"

#define MM_Q35_GENERAL_COUNT 15u
#define MM_Q35_FX_BYTES	     512u

/* Read and written by state.nasm. */
struct mm_q35_register_image {
	uint8_t fx[MM_Q35_FX_BYTES];		/* as FXSAVE64 lays it out */
	uint64_t general[MM_Q35_GENERAL_COUNT]; /* RAX RBX RCX RDX RSI RDI RBP R8..R15; AL is the SMI command */
	uint64_t flags;
} MM_ALIGNED(16);

/* Loads everything of `before`, raises an SMI by port 0xB2, stores everything into `after`. Any CPU. */
void mm_q35_state_smi(const struct mm_q35_register_image *before, struct mm_q35_register_image *after);

/* The same without an SMI: what the CPU itself makes of the image. */
void mm_q35_state_no_smi(const struct mm_q35_register_image *before, struct mm_q35_register_image *after);

/* Registers beside those: set to patterns, and read back. */
#define MM_Q35_SPECIAL_COUNT 32u

struct mm_q35_special_state {
	uint64_t value[MM_Q35_SPECIAL_COUNT];
};

/* How many of the values are in use, and their names. */
uint32_t mm_q35_special_count(void);
const char *mm_q35_special_name(uint32_t index);

/*
 * True if an SMI may leave `after` where it found `before`: the same. One exception: the low half of xAPIC's interrupt
 * command can be written only by sending, so when MM had to call a late CPU, that command stands there.
 */
bool mm_q35_special_may_be(uint32_t index, uint64_t before, uint64_t after);

/* Reads all of the calling CPU. */
void mm_q35_special_read(struct mm_q35_special_state *ret_state);

/* Gives those that software may set freely a pattern, made of `seed`. */
void mm_q35_special_set(uint64_t seed);

/* Gives those the values of `state` back. */
void mm_q35_special_restore(const struct mm_q35_special_state *state);
