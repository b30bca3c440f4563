/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * A toy MM core that is not ours: it takes pages, pool, protocol database and dispatcher from Ringfence and brings what
 * differs (memory, how a driver is entered) as ops. Two drivers: `store` offers a protocol, `user` depends on it and
 * comes first in the list. Prints what happens; exit code 0 if all of it went as it should.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mm/abi/depex.h"
#include "mm/alloc/pages_mmram.h"
#include "mm/alloc/pool_tlsf.h"
#include "mm/dispatch/dispatch.h"
#include "mm/protodb/protodb.h"

#define ARENA_BYTES (4u << 20)

static const struct mm_guid store_driver = {
	0x2C0627E8, 0x778D, 0x4648, { 0xB8, 0xE4, 0x2A, 0x56, 0xF1, 0xFC, 0x30, 0x23 }
};
static const struct mm_guid user_driver = {
	0x9D36CBDD, 0xB3F9, 0x4BE3, { 0x8A, 0x55, 0x24, 0x64, 0x90, 0xC9, 0xAC, 0xC1 }
};
static const struct mm_guid store_protocol = {
	0x4945CC84, 0xC2A1, 0x45F0, { 0x8D, 0x45, 0x78, 0x5E, 0xA2, 0xB9, 0xD9, 0x9A }
};

/* Everything the core owns; `ops` objects first so that the callbacks find their way back. */
struct core {
	struct mm_page_cleaner cleaner;
	struct mm_protodb_listener listener;
	struct mm_dispatch_host host;
	struct mm_pages_mmram pages;
	struct mm_pool_tlsf pool;
	struct mm_protodb protodb;
	struct mm_dispatch dispatch;
	unsigned int heard;
};

#define CORE_OF(member_pointer, member) \
	((struct core *)(void *)((char *)(member_pointer) - offsetof(struct core, member)))

static void zero(struct mm_page_cleaner *self, struct mm_region region)
{
	(void)self;
	memset((void *)(uintptr_t)region.base, 0, (size_t)region.bytes);
}

static void notify(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	(void)notice;
	CORE_OF(self, listener)->heard++;
}

/* "Entering" a driver: the store installs, the user looks up. */
static enum mm_status start(struct mm_dispatch_host *self, uint64_t id)
{
	struct core *core = CORE_OF(self, host);
	uint64_t handle = 0;
	uint64_t interface;

	if (id == 1) {
		puts("store: installs its protocol");
		return mm_protodb_install(&core->protodb, 1, &store_protocol, 4711, &handle);
	}
	if (mm_protodb_locate(&core->protodb, &store_protocol, &interface) != MM_OK)
		return MM_E_NOT_FOUND;
	printf("user: finds interface %llu\n", (unsigned long long)interface);
	return MM_OK;
}

static const struct mm_page_cleaner_ops cleaner_ops = { .zero = zero };
static const struct mm_protodb_ops listener_ops = { .notify = notify };
static const struct mm_dispatch_ops host_ops = { .start = start };

static enum mm_status build(struct core *core, void *arena, void *metadata, uint64_t metadata_bytes)
{
	const struct mm_region region = { (uint64_t)(uintptr_t)arena, ARENA_BYTES };
	enum mm_status status;

	core->cleaner.ops = &cleaner_ops;
	core->listener.ops = &listener_ops;
	core->host.ops = &host_ops;
	status = mm_pages_mmram_init(&core->pages, &(struct mm_pages_mmram_config){ .regions = &region,
										    .region_count = 1,
										    .domain_count = 1,
										    .domain_quota = 256,
										    .cleaner = &core->cleaner,
										    .metadata = metadata,
										    .metadata_bytes = metadata_bytes });
	if (status == MM_OK)
		status = mm_pool_tlsf_init(&core->pool, &(struct mm_pool_tlsf_config){ .pages = &core->pages.pages,
										       .owner = mm_owner_domain(0) });
	if (status == MM_OK)
		status = mm_protodb_init(&core->protodb, &(struct mm_protodb_config){ .pool = &core->pool.pool,
										      .listener = &core->listener });
	if (status == MM_OK)
		status = mm_dispatch_init(&core->dispatch, &(struct mm_dispatch_config){ .pool = &core->pool.pool,
											 .protodb = &core->protodb,
											 .host = &core->host });
	return status;
}

static enum mm_status add_drivers(struct core *core)
{
	uint8_t depex[18] = { MM_DEPEX_PUSH };
	uint64_t registration;
	enum mm_status status;

	memcpy(depex + 1, &store_protocol, sizeof(store_protocol));
	depex[17] = MM_DEPEX_END;
	status = mm_protodb_register_notify(&core->protodb, 0, &store_protocol, 1, &registration);
	if (status == MM_OK)
		status = mm_dispatch_add(
			&core->dispatch,
			&(struct mm_dispatch_module){ .id = 2, .guid = user_driver, .depex = { depex, sizeof(depex) } },
			NULL);
	if (status == MM_OK)
		status = mm_dispatch_add(&core->dispatch, &(struct mm_dispatch_module){ .id = 1, .guid = store_driver },
					 NULL);
	return status;
}

int main(void)
{
	static struct core core;
	void *arena = aligned_alloc(MM_PAGES_WINDOW_BYTES, ARENA_BYTES);
	const struct mm_region region = { (uint64_t)(uintptr_t)arena, ARENA_BYTES };
	uint64_t metadata_bytes = 0;
	uint32_t started = 0;
	void *metadata;
	enum mm_status status = mm_pages_mmram_metadata_bytes(&region, 1, 1, &metadata_bytes);

	metadata = aligned_alloc(16, (size_t)(metadata_bytes + 15u) & ~(size_t)15u);
	if (arena == NULL || metadata == NULL || status != MM_OK)
		return 2;
	status = build(&core, arena, metadata, metadata_bytes);
	if (status == MM_OK)
		status = add_drivers(&core);
	if (status == MM_OK)
		status = mm_dispatch_run(&core.dispatch, &started);
	printf("other-core: %s, %u drivers started, %u notification\n", mm_status_text(status), started, core.heard);
	free(metadata);
	free(arena);
	return status == MM_OK && started == 2 && core.heard == 1 ? 0 : 1;
}
