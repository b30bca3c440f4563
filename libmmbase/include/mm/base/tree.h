/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * An intrusive ordered tree (AVL) keyed by 64-bit numbers: insert, remove and search in O(log n), the least
 * node in O(1). Equal keys are allowed and keep the order in which they were inserted. The tree owns
 * nothing: nodes are members of the caller's objects and must outlive their membership. Pure; no locks.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mm_tree_node {
	/* private: */
	struct mm_tree_node *child[2]; /* lesser, greater */
	struct mm_tree_node *parent;
	uint64_t key;
	int32_t tilt; /* height of child[1] minus height of child[0]: -1, 0, 1 */
};

struct mm_tree {
	/* private: */
	struct mm_tree_node *root;
	struct mm_tree_node *first;
	size_t count;
};

/* Makes an empty tree; a zeroed struct is one too. */
static inline void mm_tree_init(struct mm_tree *self)
{
	self->root = NULL;
	self->first = NULL;
	self->count = 0;
}

/* Inserts a node that is in no tree, after all nodes of an equal key. */
void mm_tree_insert(struct mm_tree *self, struct mm_tree_node *node, uint64_t key);

/* Removes a node that is in this tree. */
void mm_tree_remove(struct mm_tree *self, struct mm_tree_node *node);

/* The first node whose key is exactly `key`, or NULL. */
struct mm_tree_node *mm_tree_find(const struct mm_tree *self, uint64_t key);

/* The first node whose key is at least `key`, or NULL. */
struct mm_tree_node *mm_tree_find_at_least(const struct mm_tree *self, uint64_t key);

/* The last node whose key is at most `key`, or NULL. */
struct mm_tree_node *mm_tree_find_at_most(const struct mm_tree *self, uint64_t key);

/* The neighbour in key order, or NULL at the end. A whole walk costs O(n). */
struct mm_tree_node *mm_tree_next(const struct mm_tree_node *node);
struct mm_tree_node *mm_tree_prev(const struct mm_tree_node *node);

/* Walks every node: order, tilt, parent links, count. True if all hold. O(n), no recursion. */
bool mm_tree_check(const struct mm_tree *self);

static inline struct mm_tree_node *mm_tree_first(const struct mm_tree *self)
{
	return self->first;
}

static inline bool mm_tree_is_empty(const struct mm_tree *self)
{
	return self->root == NULL;
}

static inline size_t mm_tree_count(const struct mm_tree *self)
{
	return self->count;
}

static inline uint64_t mm_tree_key(const struct mm_tree_node *node)
{
	return node->key;
}
