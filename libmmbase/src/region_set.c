/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/region_set.h"

void mm_region_set_init(struct mm_region_set *self, struct mm_region *places, size_t capacity)
{
	self->regions = places;
	self->count = 0;
	self->capacity = capacity;
}

static void swap(struct mm_region *a, struct mm_region *b)
{
	struct mm_region kept = *a;

	*a = *b;
	*b = kept;
}

/* Lets the region at `parent` sink in a heap of `count` whose greatest base is at the top. */
static void sink(struct mm_region *heap, size_t parent, size_t count)
{
	size_t child;

	while ((child = 2 * parent + 1) < count) {
		if (child + 1 < count && heap[child + 1].base > heap[child].base)
			child++;
		if (heap[child].base <= heap[parent].base)
			return;
		swap(&heap[child], &heap[parent]);
		parent = child;
	}
}

/* Heap sort: no recursion, no memory, no bad case. */
static void sort(struct mm_region *regions, size_t count)
{
	size_t i;

	for (i = count / 2; i > 0; i--)
		sink(regions, i - 1, count);
	for (i = count; i > 1; i--) {
		swap(&regions[0], &regions[i - 1]);
		sink(regions, 0, i - 1);
	}
}

/* The smallest region that holds both. */
static struct mm_region hull(struct mm_region a, struct mm_region b)
{
	uint64_t base = a.base < b.base ? a.base : b.base;
	uint64_t end = mm_region_end(a) > mm_region_end(b) ? mm_region_end(a) : mm_region_end(b);

	return mm_region_create(base, end - base);
}

void mm_region_set_init_from(struct mm_region_set *self, struct mm_region *places, size_t count, size_t capacity)
{
	size_t i;

	mm_region_set_init(self, places, capacity);
	sort(places, count);
	for (i = 0; i < count; i++) {
		struct mm_region *last = &places[self->count - (self->count != 0)];

		if (mm_region_is_empty(places[i]))
			continue;
		if (self->count != 0 && places[i].base <= mm_region_end(*last))
			*last = hull(*last, places[i]);
		else
			places[self->count++] = places[i];
	}
}

/* The first region that ends at `addr` or behind it. */
static size_t find_ending_at(const struct mm_region_set *self, uint64_t addr)
{
	size_t low = 0;
	size_t high = self->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mm_region_end(self->regions[middle]) < addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first region that starts behind `addr`. */
static size_t find_starting_behind(const struct mm_region_set *self, uint64_t addr)
{
	size_t low = 0;
	size_t high = self->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (self->regions[middle].base <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Puts `piece_count` pieces in place of the regions [first, end). */
static enum mm_status replace(struct mm_region_set *self, size_t first, size_t end, const struct mm_region *pieces,
			      size_t piece_count)
{
	size_t count = self->count - (end - first) + piece_count;
	size_t i;

	if (count > self->capacity)
		return MM_E_LIMIT;
	if (count > self->count) {
		for (i = self->count; i > end; i--)
			self->regions[i - 1 + (count - self->count)] = self->regions[i - 1];
	} else {
		for (i = end; i < self->count; i++)
			self->regions[i - (self->count - count)] = self->regions[i];
	}
	for (i = 0; i < piece_count; i++)
		self->regions[first + i] = pieces[i];
	self->count = count;
	return MM_OK;
}

enum mm_status mm_region_set_add(struct mm_region_set *self, struct mm_region region)
{
	size_t first;
	size_t end;

	if (mm_region_is_empty(region))
		return MM_OK;
	/* All that it overlaps or touches becomes one. */
	first = find_ending_at(self, region.base);
	end = find_starting_behind(self, mm_region_end(region));
	if (first < end) {
		region = hull(region, self->regions[first]);
		region = hull(region, self->regions[end - 1]);
	}
	return replace(self, first, end, &region, 1);
}

enum mm_status mm_region_set_remove(struct mm_region_set *self, struct mm_region region)
{
	struct mm_region pieces[2];
	size_t count = 0;
	size_t first;
	size_t end;

	if (mm_region_is_empty(region))
		return MM_OK;
	first = find_ending_at(self, region.base);
	end = find_starting_behind(self, mm_region_end(region));
	if (first >= end)
		return MM_OK;
	if (self->regions[first].base < region.base)
		pieces[count++] = mm_region_create(self->regions[first].base, region.base - self->regions[first].base);
	if (mm_region_end(self->regions[end - 1]) > mm_region_end(region))
		pieces[count++] = mm_region_create(mm_region_end(region),
						   mm_region_end(self->regions[end - 1]) - mm_region_end(region));
	return replace(self, first, end, pieces, count);
}

void mm_region_set_keep(struct mm_region_set *self, struct mm_region region)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < self->count; i++) {
		struct mm_region part = mm_region_intersect(self->regions[i], region);

		if (!mm_region_is_empty(part))
			self->regions[kept++] = part;
	}
	self->count = kept;
}

enum mm_status mm_region_set_intersect(const struct mm_region_set *a, const struct mm_region_set *b,
				       struct mm_region_set *ret_set)
{
	size_t i = 0;
	size_t k = 0;

	ret_set->count = 0;
	while (i < a->count && k < b->count) {
		struct mm_region part = mm_region_intersect(a->regions[i], b->regions[k]);

		if (!mm_region_is_empty(part)) {
			if (ret_set->count == ret_set->capacity) {
				ret_set->count = 0;
				return MM_E_LIMIT;
			}
			ret_set->regions[ret_set->count++] = part;
		}
		/* What ends first meets nothing more. */
		if (mm_region_end(a->regions[i]) < mm_region_end(b->regions[k]))
			i++;
		else
			k++;
	}
	return MM_OK;
}

bool mm_region_set_contains(const struct mm_region_set *self, struct mm_region region)
{
	size_t behind = find_starting_behind(self, region.base);

	if (mm_region_is_empty(region))
		return true;
	return behind > 0 && mm_region_contains(self->regions[behind - 1], region);
}

bool mm_region_set_overlaps(const struct mm_region_set *self, struct mm_region region)
{
	size_t i;

	for (i = find_ending_at(self, region.base); i < self->count && self->regions[i].base < mm_region_end(region);
	     i++) {
		if (mm_region_overlaps(self->regions[i], region))
			return true;
	}
	return false;
}

bool mm_region_set_equal(const struct mm_region_set *a, const struct mm_region_set *b)
{
	size_t i;

	if (a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++) {
		if (a->regions[i].base != b->regions[i].base || a->regions[i].bytes != b->regions[i].bytes)
			return false;
	}
	return true;
}

uint64_t mm_region_set_bytes(const struct mm_region_set *self)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < self->count; i++)
		bytes += self->regions[i].bytes;
	return bytes;
}

bool mm_region_set_check(const struct mm_region_set *self)
{
	size_t i;

	if (self->count > self->capacity)
		return false;
	for (i = 0; i < self->count; i++) {
		struct mm_region region = self->regions[i];

		if (mm_region_is_empty(region) || region.bytes > UINT64_MAX - region.base)
			return false;
		if (i > 0 && region.base <= mm_region_end(self->regions[i - 1]))
			return false;
	}
	return true;
}
