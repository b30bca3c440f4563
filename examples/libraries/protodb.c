/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* libmmprotodb alone, over a pool that is not ours. */
#include <stdio.h>

#include "mm/protodb/protodb.h"
#include "toy_pool.h"

static void notify(struct mm_protodb_listener *self, const struct mm_protodb_notice *notice)
{
	(void)self;
	printf("installed on handle 0x%llx\n", (unsigned long long)notice->handle);
}

static const struct mm_protodb_ops listener_ops = { .notify = notify };

/* [example] */
static enum mm_status offer_and_find(struct mm_protodb *db, const struct mm_guid *protocol)
{
	uint64_t registration, interface, handle = 0; /* 0: a new one */
	enum mm_status status = mm_protodb_register_notify(db, 1, protocol, 0x5000, &registration);

	if (status == MM_OK)
		status = mm_protodb_install(db, 1, protocol, 0x4000, &handle); /* your listener hears of it */
	if (status == MM_OK)
		status = mm_protodb_locate(db, protocol, &interface); /* O(1): 0x4000 */
	if (status == MM_OK)
		status = mm_protodb_uninstall(db, handle, protocol, interface);
	return status; /* `handle` is stale for ever: opening it answers MM_E_STALE */
}
/* [end] */

int main(void)
{
	static const struct mm_guid protocol = { 0x7b0c5d1e, 0x1f2a, 0x4c3b, { 0x9d, 4, 5, 6, 7, 8, 9, 10 } };
	struct mm_protodb_listener listener = { &listener_ops };
	struct mm_pool pool = { &toy_pool_ops };
	struct mm_protodb db;
	enum mm_status status =
		mm_protodb_init(&db, &(struct mm_protodb_config){ .pool = &pool, .listener = &listener, .seed = 4711 });

	if (status == MM_OK)
		status = offer_and_find(&db, &protocol);
	mm_protodb_finish(&db);
	printf("%s\n", mm_status_text(status));
	return status == MM_OK ? 0 : 1;
}
