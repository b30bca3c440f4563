/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/policy/memory.h"

#include "internal.h"
#include "mm/base/addr.h"
#include "mm/base/checked.h"

#define RUN_ATTR (MM_POLICY_READ | MM_POLICY_WRITE | MM_POLICY_EXECUTE | MM_POLICY_RUN_USER)

void mm_policy_snapshot_init(struct mm_policy_snapshot *snapshot, struct mm_policy_memory_run *runs, size_t capacity)
{
	snapshot->runs = runs;
	snapshot->capacity = capacity;
	snapshot->count = 0;
}

static enum mm_status check_run(const struct mm_policy_memory_run *run, uint64_t *ret_end)
{
	uint64_t bytes;

	if (run->pages == 0 || (run->attr & ~RUN_ATTR) != 0 || run->reserved != 0)
		return MM_E_INVALID;
	if (!mm_is_page_aligned(run->base))
		return MM_E_MISALIGNED;
	if (!mm_mul_u64(run->pages, MM_PAGE_BYTES, &bytes) || !mm_add_u64(run->base, bytes, ret_end))
		return MM_E_OVERFLOW;
	return MM_OK;
}

enum mm_status mm_policy_snapshot_add(struct mm_policy_snapshot *snapshot, struct mm_policy_memory_run run)
{
	uint64_t end;
	enum mm_status status = check_run(&run, &end);

	if (status != MM_OK)
		return status;
	if (snapshot->count > 0) {
		struct mm_policy_memory_run *last = &snapshot->runs[snapshot->count - 1u];
		uint64_t last_end = last->base + last->pages * MM_PAGE_BYTES;

		if (run.base < last_end)
			return MM_E_OVERLAP;
		if (run.base == last_end && run.attr == last->attr) {
			last->pages += run.pages;
			return MM_OK;
		}
	}
	if (snapshot->count == snapshot->capacity)
		return MM_E_LIMIT;
	snapshot->runs[snapshot->count++] = run;
	return MM_OK;
}

enum mm_status mm_policy_snapshot_add_except(struct mm_policy_snapshot *snapshot, struct mm_policy_memory_run run,
					     struct mm_region hole)
{
	struct mm_region pieces[2];
	struct mm_region pages;
	uint64_t end;
	enum mm_status status = check_run(&run, &end);
	size_t count;
	size_t i;

	if (status != MM_OK)
		return status;
	/* A page that the hole touches belongs to it. */
	status = mm_region_page_hull(hole, &pages);
	if (status != MM_OK)
		return status;
	count = mm_region_subtract(mm_region_create(run.base, end - run.base), pages, pieces);
	for (i = 0; i < count && status == MM_OK; i++) {
		run.base = pieces[i].base;
		run.pages = pieces[i].bytes / MM_PAGE_BYTES;
		status = mm_policy_snapshot_add(snapshot, run);
	}
	return status;
}

enum mm_status mm_policy_snapshot_compare(const struct mm_policy_snapshot *a, const struct mm_policy_snapshot *b,
					  size_t *ret_index)
{
	size_t common = a->count < b->count ? a->count : b->count;
	size_t i;

	for (i = 0; i < common; i++) {
		if (a->runs[i].base != b->runs[i].base || a->runs[i].pages != b->runs[i].pages ||
		    a->runs[i].attr != b->runs[i].attr)
			break;
	}
	if (i == common && a->count == b->count)
		return MM_OK;
	if (ret_index != NULL)
		*ret_index = i;
	return MM_E_POLICY_SNAPSHOT;
}

size_t mm_policy_append_bytes(const struct mm_policy *policy, size_t run_count)
{
	return policy->blob.count + run_count * sizeof(struct mm_policy_wire_memory);
}

static void write_run(uint8_t *wire, const struct mm_policy_memory_run *run)
{
	mm_store_u64(wire, run->base);
	mm_store_u64(wire + 8, run->pages * MM_PAGE_BYTES);
	mm_store_u32(wire + 16, run->attr & ~MM_POLICY_RUN_USER);
	mm_store_u32(wire + 20, 0);
}

enum mm_status mm_policy_append_memory(const struct mm_policy *policy, const struct mm_policy_snapshot *snapshot,
				       uint8_t *ret_blob, size_t capacity, size_t *ret_bytes)
{
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_MEMORY];
	size_t bytes = mm_policy_append_bytes(policy, snapshot->count);
	uint8_t *root;
	size_t i;

	if (!list->present)
		return MM_E_NOT_FOUND;
	if (list->count != 0)
		return MM_E_UNSUPPORTED;
	if (snapshot->count > (UINT32_MAX - policy->blob.count) / sizeof(struct mm_policy_wire_memory))
		return MM_E_LIMIT;
	*ret_bytes = bytes;
	if (bytes > capacity)
		return MM_E_BUFFER_TOO_SMALL;
	mm_bytes_copy(ret_blob, policy->blob.data, policy->blob.count);
	for (i = 0; i < snapshot->count; i++)
		write_run(ret_blob + policy->blob.count + i * sizeof(struct mm_policy_wire_memory), &snapshot->runs[i]);
	mm_store_u32(ret_blob + offsetof(struct mm_policy_wire_header, bytes), (uint32_t)bytes);
	root = ret_blob + mm_load_u32(ret_blob + offsetof(struct mm_policy_wire_header, root_offset)) +
	       list->root * ROOT_BYTES;
	mm_store_u32(root + offsetof(struct mm_policy_wire_root, offset), (uint32_t)policy->blob.count);
	mm_store_u32(root + offsetof(struct mm_policy_wire_root, count), (uint32_t)snapshot->count);
	root[offsetof(struct mm_policy_wire_root, list_kind)] = MM_POLICY_ALLOW_LIST;
	return MM_OK;
}
