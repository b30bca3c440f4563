/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmdispatch over a pool that is not ours: two drivers, the first one waiting for what the second one installs. */
#include <stdio.h>

#include "mm/abi/depex.h"
#include "mm/base/compiler.h"
#include "mm/base/guid.h"
#include "mm/dispatch/dispatch.h"
#include "mm/protodb/protodb.h"
#include "toy_pool.h"

static const struct mm_guid protocol = { 0x7b0c5d1e, 0x1f2a, 0x4c3b, { 0x9d, 4, 5, 6, 7, 8, 9, 10 } };
static const struct mm_guid drivers[2] = { { .data1 = 1 }, { .data1 = 2 } };

struct core {
	struct mm_dispatch_host host;
	struct mm_protodb_listener listener;
	struct mm_pool pool;
	struct mm_protodb db;
	struct mm_dispatch dispatch;
};

static void notify(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	(void)self;
	(void)notice;
}

/* Here a core loads and enters a driver. */
static enum mm_status start(struct mm_dispatch_host *self, uint64_t id)
{
	struct core *core = MM_CONTAINER_OF(self, struct core, host);
	uint64_t handle = 0;

	printf("driver %llu\n", (unsigned long long)id);
	return id == 1 ? mm_protodb_install(&core->db, 1, &protocol, 0x4000, &handle) : MM_OK;
}

static const struct mm_protodb_ops listener_ops = { .notify = notify };
static const struct mm_dispatch_ops host_ops = { .start = start };

/* [example] */
static enum mm_status dispatch_both(struct mm_dispatch *dispatch, struct mm_bytes needs_protocol)
{
	const struct mm_dispatch_module waiting = { .id = 0, .guid = drivers[0], .depex = needs_protocol };
	const struct mm_dispatch_module offering = { .id = 1, .guid = drivers[1] }; /* no expression: always true */
	uint32_t started;
	enum mm_status status = mm_dispatch_add(dispatch, &waiting, NULL);

	if (status == MM_OK)
		status = mm_dispatch_add(dispatch, &offering, NULL);
	if (status == MM_OK)
		status = mm_dispatch_run(dispatch, &started); /* your host starts 1, then 0 */
	return status == MM_OK && started != 2 ? MM_E_NOT_FOUND : status;
}
/* [end] */

int main(void)
{
	static struct core core = { { &host_ops }, { &listener_ops }, { &toy_pool_ops }, { 0 }, { 0 } };
	uint8_t depex[18] = { MM_DEPEX_PUSH, [17] = MM_DEPEX_END };
	enum mm_status status = mm_protodb_init(
		&core.db, &(struct mm_protodb_config){ .pool = &core.pool, .listener = &core.listener, .seed = 1 });

	mm_guid_store(depex + 1, &protocol);
	if (status == MM_OK)
		status = mm_dispatch_init(&core.dispatch, &(struct mm_dispatch_config){ .pool = &core.pool,
											.protodb = &core.db,
											.host = &core.host,
											.seed = 2 });
	if (status == MM_OK)
		status = dispatch_both(&core.dispatch, mm_bytes(depex, sizeof(depex)));
	mm_dispatch_finish(&core.dispatch);
	mm_protodb_finish(&core.db);
	printf("%s\n", mm_status_text(status));
	return status == MM_OK ? 0 : 1;
}
