/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "mm/base/guid_key.h"
#include "mm/protodb/store.h"
#include "records.h"

static struct mm_dispatch_name *find(const struct mm_dispatch *self, struct mm_guid_key key, uint32_t hash)
{
	struct mm_hash_node *node;

	for (node = mm_hash_first(&self->by_name, hash); node != NULL; node = mm_hash_next(node)) {
		struct mm_dispatch_name *name = MM_CONTAINER_OF(node, struct mm_dispatch_name, by_name);

		if (MM_LIKELY(mm_guid_key_equal(mm_guid_key(&name->guid), key)))
			return name;
	}
	return NULL;
}

struct mm_dispatch_name *dispatch_find_name(const struct mm_dispatch *self, const struct mm_guid *guid)
{
	struct mm_guid_key key = mm_guid_key(guid);

	return find(self, key, mm_guid_key_hash(key, self->seed));
}

struct mm_dispatch_driver *dispatch_find_driver(const struct mm_dispatch *self, const struct mm_guid *guid)
{
	const struct mm_dispatch_name *name = dispatch_find_name(self, guid);

	return name == NULL ? NULL : name->driver;
}

static enum mm_status make_name(struct mm_dispatch *self, const struct mm_guid *guid, uint32_t hash,
				struct mm_dispatch_name **ret_name)
{
	struct mm_dispatch_name *name;
	struct mm_slot *slot;
	enum mm_status status = mm_protodb_store_take(self->pool, &self->names, &slot);

	if (status != MM_OK)
		return status;
	name = MM_CONTAINER_OF(slot, struct mm_dispatch_name, slot);
	name->guid = *guid;
	name->use_count = 0;
	name->mark = self->mark;
	name->is_present = false;
	name->driver = NULL;
	name->watch.entry = NULL;
	mm_list_init(&name->gates);
	mm_list_init(&name->before);
	mm_list_init(&name->after);
	mm_hash_insert(&self->by_name, &name->by_name, hash);
	mm_protodb_store_widen_hash(self->pool, &self->by_name, self->first_buckets);
	*ret_name = name;
	return MM_OK;
}

enum mm_status dispatch_get_name(struct mm_dispatch *self, const struct mm_guid *guid,
				 struct mm_dispatch_name **ret_name)
{
	struct mm_guid_key key = mm_guid_key(guid);
	uint32_t hash = mm_guid_key_hash(key, self->seed);
	struct mm_dispatch_name *name = find(self, key, hash);
	enum mm_status status;

	if (name == NULL) {
		status = make_name(self, guid, hash, &name);
		if (status != MM_OK)
			return status;
	}
	name->use_count++;
	*ret_name = name;
	return MM_OK;
}

void dispatch_put_name(struct mm_dispatch *self, struct mm_dispatch_name *name)
{
	if (--name->use_count != 0)
		return;
	mm_hash_remove(&self->by_name, &name->by_name);
	mm_slots_put(&self->names, &name->slot);
}
