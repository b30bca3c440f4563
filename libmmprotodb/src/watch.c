/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "records.h"

void protodb_fire_watches(struct mm_protodb_entry *entry)
{
	struct mm_list *node;

	for (node = entry->watches.next; node != &entry->watches; node = node->next) {
		struct mm_protodb_watch *watch = MM_CONTAINER_OF(node, struct mm_protodb_watch, of_entry);

		if (mm_list_is_empty(&watch->fired))
			mm_list_push_back(watch->fired_list, &watch->fired);
	}
}

enum mm_status mm_protodb_watch_arm(struct mm_protodb *self, struct mm_protodb_watch *watch,
				    const struct mm_guid *protocol, struct mm_list *fired_list, bool *ret_is_present)
{
	struct mm_protodb_entry *entry;
	enum mm_status status = protodb_get_entry(self, protocol, &entry);

	if (status != MM_OK)
		return status;
	watch->entry = entry;
	watch->fired_list = fired_list;
	mm_list_init(&watch->fired);
	mm_list_push_back(&entry->watches, &watch->of_entry);
	*ret_is_present = !mm_tree_is_empty(&entry->bindings);
	return MM_OK;
}

void mm_protodb_watch_disarm(struct mm_protodb *self, struct mm_protodb_watch *watch)
{
	struct mm_protodb_entry *entry = watch->entry;

	if (entry == NULL)
		return;
	watch->entry = NULL;
	mm_list_remove(&watch->fired);
	mm_list_remove(&watch->of_entry);
	protodb_release_entry(self, entry);
}

struct mm_protodb_watch *mm_protodb_watch_take_fired(struct mm_list *fired_list, bool *ret_is_present)
{
	struct mm_protodb_watch *watch;

	if (mm_list_is_empty(fired_list))
		return NULL;
	watch = MM_CONTAINER_OF(fired_list->next, struct mm_protodb_watch, fired);
	mm_list_remove(&watch->fired);
	*ret_is_present = !mm_tree_is_empty(&watch->entry->bindings);
	return watch;
}
