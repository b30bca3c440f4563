/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * An intrusive doubly linked ring. A node that is in no list points at itself, so removing twice is
 * harmless and membership can be asked. The list owns nothing.
 */
#include <stdbool.h>
#include <stddef.h>

struct mm_list {
	struct mm_list *next;
	struct mm_list *prev;
};

static inline void mm_list_init(struct mm_list *node)
{
	node->next = node;
	node->prev = node;
}

static inline bool mm_list_is_empty(const struct mm_list *head)
{
	return head->next == head;
}

static inline void mm_list_insert_before(struct mm_list *place, struct mm_list *node)
{
	node->next = place;
	node->prev = place->prev;
	place->prev->next = node;
	place->prev = node;
}

static inline void mm_list_push_back(struct mm_list *head, struct mm_list *node)
{
	mm_list_insert_before(head, node);
}

static inline void mm_list_push_front(struct mm_list *head, struct mm_list *node)
{
	mm_list_insert_before(head->next, node);
}

static inline void mm_list_remove(struct mm_list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	mm_list_init(node);
}
