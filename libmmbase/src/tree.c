/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/tree.h"

/* Which child of its parent a node is. */
static int side_of(const struct mm_tree_node *node)
{
	return node->parent->child[1] == node;
}

/* Hangs `node` (may be NULL) where `old` hangs. */
static void replace_child(struct mm_tree *self, struct mm_tree_node *old, struct mm_tree_node *node)
{
	struct mm_tree_node *parent = old->parent;

	if (parent == NULL)
		self->root = node;
	else
		parent->child[side_of(old)] = node;
	if (node != NULL)
		node->parent = parent;
}

/* Lifts the child of `node` at `side` above it and returns it; tilts are the caller's. */
static struct mm_tree_node *rotate(struct mm_tree *self, struct mm_tree_node *node, int side)
{
	struct mm_tree_node *lifted = node->child[side];
	struct mm_tree_node *moved = lifted->child[1 - side];

	replace_child(self, node, lifted);
	lifted->child[1 - side] = node;
	node->parent = lifted;
	node->child[side] = moved;
	if (moved != NULL)
		moved->parent = node;
	return lifted;
}

/*
 * Restores balance at a node whose subtree at `side` is two higher than the other. Returns the new top of
 * the subtree; it is lower by one than the unbalanced one exactly if its tilt is 0.
 */
static struct mm_tree_node *rebalance(struct mm_tree *self, struct mm_tree_node *node, int side)
{
	const int32_t heavy = side == 1 ? 1 : -1;
	struct mm_tree_node *child = node->child[side];
	struct mm_tree_node *top;

	if (child->tilt != -heavy) {
		top = rotate(self, node, side);
		node->tilt = child->tilt == 0 ? heavy : 0;
		top->tilt = top->tilt == 0 ? -heavy : 0;
		return top;
	}
	(void)rotate(self, child, 1 - side);
	top = rotate(self, node, side);
	node->tilt = top->tilt == heavy ? -heavy : 0;
	child->tilt = top->tilt == -heavy ? heavy : 0;
	top->tilt = 0;
	return top;
}

/* The subtree `node` has become higher by one: tells the nodes above. */
static void grown(struct mm_tree *self, struct mm_tree_node *node)
{
	while (node->parent != NULL) {
		int side = side_of(node);
		int32_t heavy = side == 1 ? 1 : -1;

		node = node->parent;
		if (node->tilt == heavy) {
			(void)rebalance(self, node, side);
			return;
		}
		node->tilt += heavy;
		if (node->tilt == 0)
			return;
	}
}

/* The subtree of `node` at `side` has become lower by one: tells `node` and those above. */
static void shrunk(struct mm_tree *self, struct mm_tree_node *node, int side)
{
	while (node != NULL) {
		int32_t light = side == 1 ? 1 : -1;
		struct mm_tree_node *parent;

		if (node->tilt == -light) {
			node = rebalance(self, node, 1 - side);
			if (node->tilt != 0)
				return;
		} else {
			node->tilt -= light;
			if (node->tilt != 0)
				return;
		}
		parent = node->parent;
		if (parent != NULL)
			side = side_of(node);
		node = parent;
	}
}

void mm_tree_insert(struct mm_tree *self, struct mm_tree_node *node, uint64_t key)
{
	struct mm_tree_node *parent = NULL;
	struct mm_tree_node *place = self->root;
	int side = 0;

	while (place != NULL) {
		parent = place;
		side = key >= place->key;
		place = place->child[side];
	}
	node->child[0] = NULL;
	node->child[1] = NULL;
	node->parent = parent;
	node->key = key;
	node->tilt = 0;
	self->count++;
	if (parent == NULL)
		self->root = node;
	else
		parent->child[side] = node;
	if (self->first == NULL || key < self->first->key)
		self->first = node;
	grown(self, node);
}

/* Puts `heir`, the greater neighbour of `node`, in its place; reports where a subtree got lower. */
static struct mm_tree_node *swap_in_heir(struct mm_tree *self, struct mm_tree_node *node, struct mm_tree_node *heir,
					 int *ret_side)
{
	struct mm_tree_node *lowered = heir->parent;

	if (lowered == node) {
		lowered = heir;
		*ret_side = 1;
	} else {
		replace_child(self, heir, heir->child[1]);
		heir->child[1] = node->child[1];
		heir->child[1]->parent = heir;
		*ret_side = 0;
	}
	replace_child(self, node, heir);
	heir->child[0] = node->child[0];
	heir->child[0]->parent = heir;
	heir->tilt = node->tilt;
	return lowered;
}

void mm_tree_remove(struct mm_tree *self, struct mm_tree_node *node)
{
	struct mm_tree_node *lowered = node->parent;
	struct mm_tree_node *next;
	int side = 0;

	/* Trees of one are common enough to be quick. */
	if (self->count == 1) {
		mm_tree_init(self);
		return;
	}
	next = mm_tree_next(node);
	if (self->first == node)
		self->first = next;
	if (node->child[0] != NULL && node->child[1] != NULL) {
		lowered = swap_in_heir(self, node, next, &side);
	} else {
		if (lowered != NULL)
			side = side_of(node);
		replace_child(self, node, node->child[node->child[0] == NULL]);
	}
	self->count--;
	shrunk(self, lowered, side);
}

struct mm_tree_node *mm_tree_find_at_least(const struct mm_tree *self, uint64_t key)
{
	struct mm_tree_node *best = NULL;
	struct mm_tree_node *node = self->root;

	while (node != NULL) {
		if (node->key >= key)
			best = node;
		node = node->child[node->key < key];
	}
	return best;
}

struct mm_tree_node *mm_tree_find_at_most(const struct mm_tree *self, uint64_t key)
{
	struct mm_tree_node *best = NULL;
	struct mm_tree_node *node = self->root;

	while (node != NULL) {
		if (node->key <= key)
			best = node;
		node = node->child[node->key <= key];
	}
	return best;
}

struct mm_tree_node *mm_tree_find(const struct mm_tree *self, uint64_t key)
{
	struct mm_tree_node *node = mm_tree_find_at_least(self, key);

	return node != NULL && node->key == key ? node : NULL;
}

/* The neighbour towards `side`. */
static struct mm_tree_node *step(const struct mm_tree_node *node, int side)
{
	struct mm_tree_node *place = node->child[side];

	if (place != NULL) {
		while (place->child[1 - side] != NULL)
			place = place->child[1 - side];
		return place;
	}
	while (node->parent != NULL && side_of(node) == side)
		node = node->parent;
	return node->parent;
}

struct mm_tree_node *mm_tree_next(const struct mm_tree_node *node)
{
	return step(node, 1);
}

struct mm_tree_node *mm_tree_prev(const struct mm_tree_node *node)
{
	return step(node, 0);
}

/* The height of an AVL subtree, read off its tilts alone. */
static int32_t height(const struct mm_tree_node *node)
{
	int32_t levels = 0;

	for (; node != NULL; node = node->child[node->tilt > 0])
		levels++;
	return levels;
}

static bool node_holds(const struct mm_tree_node *node)
{
	int side;

	for (side = 0; side < 2; side++) {
		if (node->child[side] != NULL && node->child[side]->parent != node)
			return false;
	}
	return node->tilt >= -1 && node->tilt <= 1 && height(node->child[1]) - height(node->child[0]) == node->tilt;
}

bool mm_tree_check(const struct mm_tree *self)
{
	const struct mm_tree_node *node = self->root;
	uint64_t key = 0;
	size_t count = 0;

	while (node != NULL && node->child[0] != NULL)
		node = node->child[0];
	if (node != self->first)
		return false;
	for (; node != NULL; node = mm_tree_next(node)) {
		if (node->key < key || !node_holds(node) || ++count > self->count)
			return false;
		key = node->key;
	}
	return count == self->count && (self->root == NULL || self->root->parent == NULL);
}
