/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Fakes for whoever tests the protocol database or code above it: a listener that remembers what it was told and can
 * be made to react, and a heap behind the pool interface that counts and can be made to fail.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/alloc/pool.h"
#include "mm/protodb/protodb.h"

#define FAKE_PROTODB_NOTICES 64u

struct fake_protodb_listener {
	struct mm_protodb_listener listener; /* first */
	struct mm_protodb_notice notices[FAKE_PROTODB_NOTICES];
	size_t notice_count; /* all, also those beyond the array */
	/* Called after a notice was remembered, unless NULL; may do to the database what it likes. */
	void (*react)(void *context, const struct mm_protodb_notice *notice);
	void *context;
};

void fake_protodb_listener_init(struct fake_protodb_listener *self);

/* malloc() behind the pool interface: each block is its own, so that a sanitizer sees every stray access. */
struct fake_heap {
	struct mm_pool pool; /* first */
	size_t live_count;
	size_t alloc_count;
	size_t failures_after; /* so many allocations succeed, then all fail; SIZE_MAX: none fails */
};

void fake_heap_init(struct fake_heap *self);

/* Lets `count` more allocations succeed. */
void fake_heap_fail_after(struct fake_heap *self, size_t count);
void fake_heap_heal(struct fake_heap *self);
