/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Any bytes, their checksums put right, as a volume full of drivers: discovered, dispatched, reported; every invariant
 * holds, no memory is lost.
 */
#include <stdlib.h>
#include <string.h>

#include "fake_dispatch.h"
#include "fake_protodb.h"
#include "fv_repair.h"
#include "mm/dispatch/volume.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition)
{
	if (!condition)
		abort();
}

static void note(struct mm_dispatch_finder *self, const struct mm_dispatch_found *found)
{
	(void)self;
	require((found->status == MM_OK) <= (found->module != NULL));
}

static const struct mm_dispatch_finder_ops finder_ops = { .found = note };

/* Starts what can be started and asks about the rest. */
static void dispatch_all(struct mm_dispatch *dispatch)
{
	struct mm_dispatch_report report;
	uint32_t started = 0;
	uint32_t cursor = 0;

	require(mm_dispatch_run(dispatch, &started) == MM_OK);
	require(started == mm_dispatch_started_count(dispatch) && !mm_dispatch_has_work(dispatch));
	while (mm_dispatch_next_report(dispatch, &cursor, &report) == MM_OK) {
		struct mm_dispatch_lack lacks[4];
		size_t count = 4;
		enum mm_status status = mm_dispatch_list_lacks(dispatch, &report.guid, lacks, &count);

		require(status == MM_OK || (status == MM_E_BUFFER_TOO_SMALL && count > 4));
	}
}

static void live_through(struct mm_bytes volume)
{
	struct fake_protodb_listener listener;
	struct mm_dispatch_finder finder = { &finder_ops };
	struct fake_dispatch_host host;
	struct fake_heap heap;
	struct mm_protodb db;
	struct mm_dispatch dispatch;
	const struct mm_protodb_config db_config = { &heap.pool, &listener.listener, 1, 1 };
	const struct mm_dispatch_config config = { &heap.pool, &db, &host.host, 2 };
	struct mm_dispatch_volume counts = { 0, 0, 0 };
	struct mm_refusal refusal = { NULL, 0, 0 };
	enum mm_status status;

	fake_heap_init(&heap);
	fake_protodb_listener_init(&listener);
	fake_dispatch_host_init(&host);
	require(mm_protodb_init(&db, &db_config) == MM_OK && mm_dispatch_init(&dispatch, &config) == MM_OK);
	status = mm_dispatch_add_volume_untrusted(&dispatch, volume, 0, &finder, &counts, &refusal);
	require(counts.driver_count == mm_dispatch_driver_count(&dispatch));
	require(status == MM_OK || refusal.field != NULL);
	dispatch_all(&dispatch);
	require(mm_dispatch_check(&dispatch) == MM_OK);
	mm_dispatch_finish(&dispatch);
	mm_protodb_finish(&db);
	require(heap.live_count == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *volume = malloc(size + (size == 0));

	require(volume != NULL);
	memcpy(volume, data, size);
	fv_repair(volume, size);
	live_through(mm_bytes(volume, size));
	free(volume);
	return 0;
}
