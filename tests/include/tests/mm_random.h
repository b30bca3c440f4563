/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* Repeatable random numbers for property tests (xorshift64*). Print the seed; the same seed gives the same run. */
#include <stdint.h>

struct mm_random {
	uint64_t state; /* not 0 */
};

static inline uint64_t mm_random_u64(struct mm_random *self)
{
	self->state ^= self->state >> 12;
	self->state ^= self->state << 25;
	self->state ^= self->state >> 27;
	return self->state * 0x2545F4914F6CDD1Du;
}

/* A number below `limit`, which is not 0. */
static inline uint32_t mm_random_below(struct mm_random *self, uint32_t limit)
{
	return (uint32_t)((mm_random_u64(self) >> 32) % limit);
}
