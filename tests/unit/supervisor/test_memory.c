/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Pages of ring 3: given clean, charged, taken away at once, rested, and never anyone else's. */
#include "memory.h"

#include "world.h"

#define U MM_HAL_PAGE_USER

static struct mm_domain *domain(struct world *world)
{
	return &world->supv->domain;
}

static struct mm_region get(struct world *world, uint64_t pages)
{
	struct mm_region region;

	assert_status(mm_supv_user_pages_get(world->supv, domain(world), pages, &region), MM_OK);
	return region;
}

static void put(struct world *world, struct mm_region region)
{
	assert_status(mm_supv_user_pages_put(world->supv, domain(world), region), MM_OK);
}

static struct mm_pages_owner_stats stats(struct world *world)
{
	struct mm_pages_owner_stats stats;

	assert_status(mm_pages_mmram_get_owner_stats(&world->memory->allocator, mm_owner_domain(0), &stats), MM_OK);
	return stats;
}

static bool is_zero(struct world *world, struct mm_region region)
{
	const uint8_t *bytes = world_bytes(world, region.base, region.bytes);
	uint64_t i;

	for (i = 0; i < region.bytes; i++) {
		if (bytes[i] != 0)
			return false;
	}
	return true;
}

static void gives_clean_pages_that_do_not_execute(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 3);
	uint64_t page;

	assert_int_equal(pages.bytes, 3u * MM_PAGE_BYTES);
	assert_true(is_zero(world, pages));
	for (page = pages.base; page < mm_region_end(pages); page += MM_PAGE_BYTES) {
		assert_true(world_can(world, page, U | MM_HAL_PAGE_WRITE));
		assert_false(world_can(world, page, U | MM_HAL_PAGE_EXECUTE));
	}
}

static void charges_the_domain(void **state)
{
	struct world *world = *state;
	uint32_t before = stats(world).used_pages;
	struct mm_region pages = get(world, 5);

	assert_int_equal(stats(world).used_pages, before + 5u);
	put(world, pages);
	assert_int_equal(stats(world).used_pages, before);
	assert_int_equal(stats(world).limbo_pages, 5);
}

static void gives_up_to_the_quota(void **state)
{
	struct world *world = *state;
	uint64_t rest = MM_SUPV_DOMAIN_QUOTA_PAGES - stats(world).used_pages;
	struct mm_region none = { 1, 2 };

	(void)get(world, rest);
	assert_status(mm_supv_user_pages_get(world->supv, domain(world), 1, &none), MM_E_QUOTA);
	assert_int_equal(none.base, 1); /* outputs only on success */
}

static void gives_nothing_of_a_request_beyond_the_quota(void **state)
{
	struct world *world = *state;
	uint32_t before = stats(world).used_pages;
	struct mm_region none;

	assert_status(mm_supv_user_pages_get(world->supv, domain(world), MM_SUPV_DOMAIN_QUOTA_PAGES, &none),
		      MM_E_QUOTA);
	assert_int_equal(stats(world).used_pages, before);
}

static void counts_resting_pages_in_the_quota(void **state)
{
	struct world *world = *state;
	uint64_t rest = MM_SUPV_DOMAIN_QUOTA_PAGES - stats(world).used_pages;
	struct mm_region none;

	put(world, get(world, rest));
	assert_status(mm_supv_user_pages_get(world->supv, domain(world), 1, &none), MM_E_QUOTA);
	mm_supv_memory_new_epoch(world->supv);
	(void)get(world, rest);
}

static void takes_pages_from_ring_3_at_once(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 2);

	assert_true(world_can(world, pages.base, U)); /* the translation is cached now */
	put(world, pages);
	assert_false(world_can(world, pages.base, U));
	assert_false(world_can(world, pages.base + MM_PAGE_BYTES, U));
	assert_int_equal(world_attributes(world, pages.base), MM_HAL_PAGE_RW);
}

static void lets_pages_rest_until_the_next_smi(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 2);
	struct mm_region others;
	struct mm_owner owner;

	memset(world_bytes(world, pages.base, 16), 0x5a, 16);
	put(world, pages);
	assert_status(mm_pages_owner_of(world->wiring->pages, pages, &owner), MM_E_NOT_FOUND);
	others = get(world, 2);
	assert_false(mm_region_overlaps(pages, others));
	assert_status(mm_supv_pages_get(world->supv, 2, &others), MM_OK);
	assert_false(mm_region_overlaps(pages, others));
	assert_int_equal(world_bytes(world, pages.base, 1)[0], 0x5a);
	mm_supv_memory_new_epoch(world->supv);
	assert_int_equal(stats(world).limbo_pages, 0);
	assert_true(is_zero(world, pages));
}

static void never_gives_a_resting_page_to_the_supervisor(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 8);
	struct mm_region taken;
	enum mm_status status;

	put(world, pages);
	do { /* all that there is */
		status = mm_supv_pages_get(world->supv, 1, &taken);
		if (status == MM_OK)
			assert_false(mm_region_overlaps(pages, taken));
	} while (status == MM_OK);
	assert_status(status, MM_E_NO_MEMORY);
}

static void does_nothing_at_an_smi_that_freed_nothing(void **state)
{
	struct world *world = *state;
	uint64_t epoch = world->memory->epoch;

	mm_supv_memory_new_epoch(world->supv);
	assert_int_equal(world->memory->epoch, epoch);
	put(world, get(world, 1));
	mm_supv_memory_new_epoch(world->supv);
	assert_int_equal(world->memory->epoch, epoch + 1u);
}

static void keeps_pages_of_the_last_smi_apart_from_this_ones(void **state)
{
	struct world *world = *state;
	struct mm_region first = get(world, 1);
	struct mm_region second = get(world, 1);

	put(world, first);
	mm_supv_memory_new_epoch(world->supv);
	put(world, second);
	assert_int_equal(stats(world).limbo_pages, 1); /* the first is free, the second rests */
	mm_supv_memory_new_epoch(world->supv);
	assert_int_equal(stats(world).limbo_pages, 0);
}

static void takes_back_a_part_of_what_it_gave(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 4);
	struct mm_region middle = mm_region_create(pages.base + MM_PAGE_BYTES, 2u * MM_PAGE_BYTES);

	assert_true(mm_supv_user_pages_are_heap(world->supv, domain(world), middle));
	put(world, middle);
	assert_true(world_can(world, pages.base, U));
	assert_false(world_can(world, middle.base, U));
	assert_true(world_can(world, pages.base + 3u * MM_PAGE_BYTES, U));
	assert_false(mm_supv_user_pages_are_heap(world->supv, domain(world), pages));
}

static void knows_its_heap(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 2);
	struct mm_region fixed = domain(world)->fixed;
	struct mm_region mine;

	assert_status(mm_supv_pages_get(world->supv, 1, &mine), MM_OK);
	assert_true(mm_supv_user_pages_are_heap(world->supv, domain(world), pages));
	assert_false(mm_supv_user_pages_are_heap(world->supv, domain(world), fixed));
	assert_false(mm_supv_user_pages_are_heap(
		world->supv, domain(world), mm_region_create(mm_region_end(fixed) - MM_PAGE_BYTES, MM_PAGE_BYTES)));
	assert_false(mm_supv_user_pages_are_heap(world->supv, domain(world), mine));
	assert_false(mm_supv_user_pages_are_heap(world->supv, domain(world),
						 mm_region_create(WORLD_DRIVER_1, MM_PAGE_BYTES)));
	assert_false(mm_supv_user_pages_are_heap(world->supv, domain(world),
						 mm_region_create(pages.base, 3u * MM_PAGE_BYTES)));
	put(world, pages);
	assert_false(mm_supv_user_pages_are_heap(world->supv, domain(world), pages));
}

/* What the domain lives on stays its own, whatever a driver gives back. */
static void takes_no_fixed_page_back_by_system_call(void **state)
{
	struct world *world = *state;
	uint64_t page;

	world_wake_driver(world);
	for (page = domain(world)->fixed.base; page < mm_region_end(domain(world)->fixed); page += MM_PAGE_BYTES)
		assert_int_equal(world_syscall(world, MM_SYS_FREE_PAGE, page, 1, 0), MM_EFI_NOT_FOUND);
	assert_int_equal(world_attributes(world, domain(world)->shared.v), MM_HAL_PAGE_RW | U);
}

static void takes_a_page_back_once(void **state)
{
	struct world *world = *state;
	uint64_t page;

	world_wake_driver(world);
	page = world_syscall(world, MM_SYS_ALOC_PAGE, 0, MM_EFI_RUNTIME_SERVICES_DATA, 1);
	assert_int_equal(world_syscall(world, MM_SYS_FREE_PAGE, page, 1, 0), MM_EFI_SUCCESS);
	assert_int_equal(world_syscall(world, MM_SYS_FREE_PAGE, page, 1, 0), MM_EFI_NOT_FOUND);
	assert_int_equal(stats(world).limbo_pages, 1);
}

static void gives_the_supervisor_pages_that_ring_3_cannot_see(void **state)
{
	struct world *world = *state;
	struct mm_region pages;

	assert_status(mm_supv_pages_get(world->supv, 2, &pages), MM_OK);
	assert_true(is_zero(world, pages));
	assert_int_equal(world_attributes(world, pages.base), MM_HAL_PAGE_RW);
	assert_false(world_can(world, pages.base, U));
}

static void keeps_pages_of_both_rings_in_different_windows(void **state)
{
	struct world *world = *state;
	struct mm_pages_stats all;

	(void)get(world, 16);
	assert_status(mm_pages_mmram_get_stats(&world->memory->allocator, &all), MM_OK);
	assert_int_equal(all.mixed_windows, 0);
}

static void forgets_the_translation_of_a_page_it_changes(void **state)
{
	struct world *world = *state;
	struct mm_region pages = get(world, 1);

	assert_true(world_can(world, pages.base, U | MM_HAL_PAGE_WRITE));
	world_protect(world, pages.base, MM_PAGE_BYTES, MM_HAL_PAGE_R | U);
	assert_false(world_can(world, pages.base, U | MM_HAL_PAGE_WRITE));
	world_protect(world, pages.base, MM_PAGE_BYTES, 0);
	assert_false(world_can(world, pages.base, 0));
	world_protect(world, pages.base, MM_PAGE_BYTES, MM_HAL_PAGE_RW | U);
}

/* After the seal, tables are read-only: every change of one goes through the door for protected writes. */
static void edits_sealed_tables_through_the_one_door(void **state)
{
	struct world *world = *state;
	uint64_t writes = world->protected_writes;

	put(world, get(world, 3));
	assert_int_equal(world->protected_writes - writes, 6);
}

static void asks_for_every_right_on_every_page(void **state)
{
	struct world *world = *state;
	const struct mm_region module = mm_region_create(WORLD_DRIVER_1, WORLD_MODULE_BYTES);
	const struct mm_region data = mm_region_create(WORLD_DRIVER_1 + 0x2000u, 0x2000);

	assert_true(mm_supv_user_range_has(world->supv, module, MM_HAL_PAGE_R));
	assert_false(mm_supv_user_range_has(world->supv, module, MM_HAL_PAGE_RW));
	assert_true(mm_supv_user_range_has(world->supv, data, MM_HAL_PAGE_RW));
	assert_false(mm_supv_user_range_has(world->supv, data, MM_HAL_PAGE_RX));
	assert_false(mm_supv_user_range_has(world->supv, mm_region_create(WORLD_SUPERVISOR, 8), MM_HAL_PAGE_R));
}

static void erases_init_once(void **state)
{
	struct world *world = *state;

	assert_status(mm_supv_memory_erase_init(world->supv), MM_OK);
	assert_true(is_zero(world, mm_region_create(WORLD_INIT_IMAGE, WORLD_INIT_BYTES)));
	assert_false(world_can(world, WORLD_INIT_IMAGE, 0));
	world_protect(world, WORLD_INIT_IMAGE, MM_PAGE_BYTES, MM_HAL_PAGE_RW);
	assert_status(mm_supv_memory_erase_init(world->supv), MM_OK);
	assert_int_equal(world_attributes(world, WORLD_INIT_IMAGE), MM_HAL_PAGE_RW); /* it looked no second time */
}

#define BOOTED(test) cmocka_unit_test_setup_teardown(test, world_setup, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		BOOTED(gives_clean_pages_that_do_not_execute),
		BOOTED(charges_the_domain),
		BOOTED(gives_up_to_the_quota),
		BOOTED(gives_nothing_of_a_request_beyond_the_quota),
		BOOTED(counts_resting_pages_in_the_quota),
		BOOTED(takes_pages_from_ring_3_at_once),
		BOOTED(lets_pages_rest_until_the_next_smi),
		BOOTED(never_gives_a_resting_page_to_the_supervisor),
		BOOTED(does_nothing_at_an_smi_that_freed_nothing),
		BOOTED(keeps_pages_of_the_last_smi_apart_from_this_ones),
		BOOTED(takes_back_a_part_of_what_it_gave),
		BOOTED(knows_its_heap),
		BOOTED(takes_no_fixed_page_back_by_system_call),
		BOOTED(takes_a_page_back_once),
		BOOTED(gives_the_supervisor_pages_that_ring_3_cannot_see),
		BOOTED(keeps_pages_of_both_rings_in_different_windows),
		BOOTED(forgets_the_translation_of_a_page_it_changes),
		BOOTED(edits_sealed_tables_through_the_one_door),
		BOOTED(asks_for_every_right_on_every_page),
		BOOTED(erases_init_once),
	};

	return cmocka_run_group_tests_name("supervisor/memory", tests, NULL, NULL);
}
