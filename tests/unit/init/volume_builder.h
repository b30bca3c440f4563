/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Builds the bytes that init's tests feed it: small PE32+ images, policies, and a firmware volume around them. Only
 * what these tests need; the results are judged by libmmpi and libmmpolicy.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"

/* Where things lie in every image of build_image(). */
#define TEST_IMAGE_TEXT_RVA  0x1000u /* read, execute; one page */
#define TEST_IMAGE_RDATA_RVA 0x2000u /* read; one page; at its start a pointer to the entry, relocated */
#define TEST_IMAGE_DATA_RVA  0x3000u /* read, write; two pages */
#define TEST_IMAGE_BYTES     0x5000u /* loaded */
#define TEST_IMAGE_ENTRY_RVA 0x1010u
#define TEST_IMAGE_FILE_MAX  0x1000u

struct image_file {
	uint8_t bytes[TEST_IMAGE_FILE_MAX];
	size_t count;
};

/* An image whose code begins with `code` (at most 0x100 bytes). */
void build_image(struct image_file *ret_image, const uint8_t *code, size_t code_count);

struct policy_file {
	uint8_t bytes[0x200];
	size_t count;
};

/* A policy that allows CLI, WBINVD and HLT; with `extension`, one that demands `protections` and has `flags`. */
void build_policy(struct policy_file *ret_policy, bool extension, uint32_t protections, uint32_t flags);

/* A policy with one memory root of one entry. */
void build_memory_policy(struct policy_file *ret_policy, uint8_t list_kind, uint64_t base, uint64_t bytes,
			 uint32_t attr);

/* A volume that grows in the caller's memory. */
struct volume {
	uint8_t *bytes;
	size_t capacity;
	size_t used;
};

/* Starts a volume of exactly `capacity` bytes (a multiple of 4 KiB) in `bytes`, all of it free space. */
void volume_begin(struct volume *volume, uint8_t *bytes, size_t capacity);

/* One section of a file that is to be added. */
struct section {
	uint8_t type;
	const void *bytes;
	size_t count;
};

/* Adds a file made of sections. */
void volume_add_file(struct volume *volume, uint8_t type, const struct mm_guid *name, const struct section *sections,
		     size_t section_count);

/* The usual file of a module: PE32, UI name, and a depex unless `depex_count` is 0. */
void volume_add_module(struct volume *volume, uint8_t type, const struct mm_guid *name, const char *ui_name,
		       const struct image_file *image, const void *depex, size_t depex_count);
