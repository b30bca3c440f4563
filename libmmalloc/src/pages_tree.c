/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "pages_internal.h"

/*
 * Long runs, one digital tree for each power of two of their length. A node's two subtrees differ in the next
 * lower bit of the length, the node itself may have any length with the bits above: no path is longer than the
 * length has bits, and no balancing is needed. Runs of equal length form a ring, one of which is the node.
 *
 * A run's own record holds the ring (next, prev), the record after it the children (next: bit 0, prev: bit 1), the
 * one after that the parent (next; 0 for a root).
 */

static uint32_t *child_of(const struct mm_pages_mmram *self, uint32_t node, uint32_t bit)
{
	struct mm_pages_record *record = &self->records[node + 1];

	return bit != 0 ? &record->prev : &record->next;
}

static uint32_t *parent_of(const struct mm_pages_mmram *self, uint32_t node)
{
	return &self->records[node + 2].next;
}

/* The bits of a length below its highest, at the top of a word. */
static uint32_t path_of(uint32_t run)
{
	return run << (32u - top_bit(run));
}

static void ring_join(const struct mm_pages_mmram *self, uint32_t node, uint32_t start)
{
	uint32_t next = self->records[node].next;

	self->records[start].next = next;
	self->records[start].prev = node;
	self->records[next].prev = start;
	self->records[node].next = start;
	*parent_of(self, start) = NOT_A_NODE;
}

static void hang(const struct mm_pages_mmram *self, uint32_t parent, uint32_t *place, uint32_t start)
{
	*place = start;
	*parent_of(self, start) = parent;
	*child_of(self, start, 0) = 0;
	*child_of(self, start, 1) = 0;
	self->records[start].next = start;
	self->records[start].prev = start;
}

void mm_pages_tree_insert(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	uint32_t tree = top_bit(run);
	uint32_t path = path_of(run);
	uint32_t *place = &self->trees[colour][tree];
	uint32_t parent = 0;

	self->tree_map[colour] |= 1u << tree;
	while (*place != 0) {
		parent = *place;
		if (self->records[parent].run == run) {
			ring_join(self, parent, start);
			return;
		}
		place = child_of(self, parent, path >> 31);
		path <<= 1;
	}
	hang(self, parent, place, start);
}

/* The place that points at `node`. */
static uint32_t *place_of(struct mm_pages_mmram *self, uint8_t colour, uint32_t tree, uint32_t node)
{
	uint32_t parent = *parent_of(self, node);
	uint32_t *place;

	if (parent == 0)
		return &self->trees[colour][tree];
	place = child_of(self, parent, 0);
	return *place == node ? place : child_of(self, parent, 1);
}

/* `heir` takes the node's place, with its parent and children. */
static void inherit(struct mm_pages_mmram *self, uint8_t colour, uint32_t tree, uint32_t node, uint32_t heir)
{
	*place_of(self, colour, tree, node) = heir;
	*parent_of(self, heir) = *parent_of(self, node);
	for (uint32_t bit = 0; bit < 2; bit++) {
		uint32_t child = *child_of(self, node, bit);

		*child_of(self, heir, bit) = child;
		if (child != 0)
			*parent_of(self, child) = heir;
	}
}

static void ring_leave(const struct mm_pages_mmram *self, uint32_t start)
{
	uint32_t next = self->records[start].next;
	uint32_t prev = self->records[start].prev;

	self->records[next].prev = prev;
	self->records[prev].next = next;
}

/* Some leaf below `node`, or `node`. */
static uint32_t leaf_below(const struct mm_pages_mmram *self, uint32_t node)
{
	uint32_t child;

	for (;;) {
		child = *child_of(self, node, 1);
		if (child == 0)
			child = *child_of(self, node, 0);
		if (child == 0)
			return node;
		node = child;
	}
}

void mm_pages_tree_remove(struct mm_pages_mmram *self, uint8_t colour, uint32_t start, uint32_t run)
{
	uint32_t tree = top_bit(run);
	uint32_t heir = self->records[start].next;
	uint32_t leaf;

	if (heir != start) {
		ring_leave(self, start);
		if (*parent_of(self, start) != NOT_A_NODE)
			inherit(self, colour, tree, start, heir);
		return;
	}
	leaf = leaf_below(self, start);
	*place_of(self, colour, tree, leaf) = 0;
	if (leaf != start)
		inherit(self, colour, tree, start, leaf);
	if (self->trees[colour][tree] == 0)
		self->tree_map[colour] &= ~(1u << tree);
}

/* The shorter of two runs, where 0 is none. */
static uint32_t shorter_of(const struct mm_pages_mmram *self, uint32_t a, uint32_t b)
{
	if (a == 0 || b == 0)
		return a | b;
	return self->records[b].run < self->records[a].run ? b : a;
}

/* The shortest run at or below `node` (0: none). Shorter ones are never to the right of where a left child is. */
static uint32_t shortest_below(const struct mm_pages_mmram *self, uint32_t node)
{
	uint32_t best = node;

	while (node != 0) {
		uint32_t left = *child_of(self, node, 0);

		node = left != 0 ? left : *child_of(self, node, 1);
		best = shorter_of(self, best, node);
	}
	return best;
}

/* The shortest run of at least `least` pages among those with the same highest bit. */
static uint32_t best_in(const struct mm_pages_mmram *self, uint32_t node, uint32_t least)
{
	uint32_t path = path_of(least);
	uint32_t best = 0;
	uint32_t right = 0; /* the nearest subtree in which everything is longer */

	while (node != 0) {
		uint32_t run = self->records[node].run;
		uint32_t other = *child_of(self, node, 1);

		if (run == least)
			return node;
		if (run > least)
			best = shorter_of(self, best, node);
		if (path >> 31 != 0) {
			node = other;
		} else {
			right = other != 0 ? other : right;
			node = *child_of(self, node, 0);
		}
		path <<= 1;
	}
	return shorter_of(self, best, shortest_below(self, right));
}

uint32_t mm_pages_tree_best(const struct mm_pages_mmram *self, uint8_t colour, uint32_t least)
{
	uint32_t map = self->tree_map[colour];
	uint32_t best = 0;

	if (least >= MM_PAGES_BIN_COUNT) {
		uint32_t tree = top_bit(least);

		best = best_in(self, self->trees[colour][tree], least);
		map &= ~1u << tree;
	}
	if (best == 0 && map != 0)
		best = shortest_below(self, self->trees[colour][__builtin_ctz(map)]);
	/* Of its ring, the one that joined last. */
	return best == 0 ? 0 : self->records[best].next;
}

uint32_t mm_pages_tree_longest(const struct mm_pages_mmram *self, uint8_t colour)
{
	uint32_t longest = 0;
	uint32_t node = self->tree_map[colour] == 0 ? 0 : self->trees[colour][top_bit(self->tree_map[colour])];

	while (node != 0) {
		uint32_t right = *child_of(self, node, 1);

		longest = self->records[node].run > longest ? self->records[node].run : longest;
		node = right != 0 ? right : *child_of(self, node, 0);
	}
	return longest;
}

bool mm_pages_tree_holds(const struct mm_pages_mmram *self, uint8_t colour, uint32_t start)
{
	uint32_t run = self->records[start].run;
	uint32_t path = path_of(run);
	uint32_t node = self->trees[colour][top_bit(run)];
	uint32_t ring;

	while (node != 0 && self->records[node].run != run) {
		node = *child_of(self, node, path >> 31);
		path <<= 1;
	}
	if (node == 0)
		return false;
	for (ring = node; ring != start; ring = self->records[ring].next) {
		if (self->records[ring].run != run || self->records[ring].next == node)
			return false;
	}
	return start == node || *parent_of(self, start) == NOT_A_NODE;
}

static uint32_t ring_count(const struct mm_pages_mmram *self, uint32_t node)
{
	uint32_t count = 0;
	uint32_t at = node;

	do {
		uint32_t next = self->records[at].next;

		if (next >= self->record_count || self->records[next].prev != at || count > self->total_pages)
			return UINT32_MAX;
		at = next;
		count++;
	} while (at != node);
	return count;
}

/* The node after `node` in a walk that meets parents before children; 0 at the end. */
static uint32_t walk_on(const struct mm_pages_mmram *self, uint32_t node)
{
	uint32_t child = *child_of(self, node, 0);
	uint32_t parent;

	if (child == 0)
		child = *child_of(self, node, 1);
	while (child == 0) {
		parent = *parent_of(self, node);
		if (parent == 0)
			return 0;
		if (*child_of(self, parent, 0) == node)
			child = *child_of(self, parent, 1);
		node = parent;
	}
	return child;
}

uint32_t mm_pages_tree_count(const struct mm_pages_mmram *self, uint8_t colour)
{
	uint32_t count = 0;
	uint32_t ring;

	for (uint32_t tree = 0; tree < MM_PAGES_TREE_COUNT; tree++) {
		for (uint32_t node = self->trees[colour][tree]; node != 0; node = walk_on(self, node)) {
			if (node > self->record_count - 3u)
				return UINT32_MAX;
			ring = ring_count(self, node);
			if (ring == UINT32_MAX || count > self->total_pages)
				return UINT32_MAX;
			count += ring;
		}
	}
	return count;
}
