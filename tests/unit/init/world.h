/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * A machine as EDK2's IPL leaves it for init: a captured HOB list at its address, RAM and MMRAM where the list says,
 * a volume of our own at 0x900000, CPUs that answer their first SMI as a supervisor would.
 */
#include "fake_machine.h"
#include "init.h"
#include "volume_builder.h"

#define WORLD_VOLUME_BASE  0x900000u
#define WORLD_VOLUME_BYTES 0x100000u
#define WORLD_MMRAM_BASE   0x3e000000u
#define WORLD_MMRAM_BYTES  0x2000000u
#define WORLD_TILE_BASE	   0x3e001000u /* entry page of CPU 0 */

struct world {
	struct fake_machine *machine;
	struct mm_init *init;
	struct volume volume;
	uint64_t list_address;
	uint8_t *list; /* in the machine's memory, writable */
	size_t list_bytes;
	uint8_t mmi_entry[4096];

	/* First SMIs, in the order of their arrival. */
	uint32_t smi_count;
	uint32_t smi_cpu[64];
	uint32_t deaf_cpu; /* this CPU takes its SMI and never answers; UINT32_MAX: none */
};

/* A machine with the captured list of 1 or 4 CPUs and an empty volume; resp. with nothing but the list, to decode. */
struct world *world_create(uint32_t cpu_count);
struct world *world_create_list(uint32_t cpu_count);
void world_destroy(struct world *world);

/* cmocka fixtures around them, 4 CPUs, *state = the world. */
int world_setup(void **state);
int world_setup_list(void **state);
int world_setup_filled(void **state);
int world_teardown(void **state);

/* Policy, supervisor, user core and one driver, all good. */
void world_fill_volume(struct world *world);
void world_add_policy(struct world *world, bool extension, uint32_t protections, uint32_t flags);
void world_add_supervisor(struct world *world);
void world_add_user_core(struct world *world);

/* A driver with this name and code and the depex TRUE. */
void world_add_driver(struct world *world, uint32_t number, const char *ui_name, const uint8_t *code,
		      size_t code_count);
struct mm_guid world_driver_guid(uint32_t number);

/* Appends a HOB to the list in place. */
void world_add_guid_hob(struct world *world, const struct mm_guid *name, const void *payload, size_t count);
void world_add_hob(struct world *world, const void *hob, size_t count);

/* mm_init_run() and mm_init_handoff_decode() on this machine. */
enum mm_status world_run(struct world *world);
enum mm_status world_decode(struct world *world, struct mm_refusal *reterr);

/* A whole file of less than `capacity` bytes; fails the test when it cannot be read. */
size_t world_read_file(const char *path, uint8_t *ret_bytes, size_t capacity);

/* True if some line of the log contains `text`. */
bool world_log_has(const struct world *world, const char *text);

/* Right of ring 0 (or 3) on a page by walking the tables that init built: MM_HAL_PAGE_* or 0. */
uint32_t world_attributes(struct world *world, uint64_t address);

/* The list that init handed over, as its reader checks it. */
struct mm_pi_hob_list world_handover(struct world *world);
struct mm_pi_pass_down world_pass_down(struct world *world);
