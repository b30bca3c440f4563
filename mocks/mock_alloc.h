/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * cmocka mocks of the allocation interfaces, to prove an order or the absence of a call. Each slot checks what the
 * test expects and answers what it wills: expect_value(mock_pages_alloc, pages, 3); will_return(mock_pages_alloc,
 * MM_OK); will_return(mock_pages_alloc, base address). A call without an expectation fails the test.
 */
#include "mm/alloc/cleaner.h"
#include "mm/alloc/guard.h"
#include "mm/alloc/pages.h"
#include "mm/alloc/pool.h"

/*
 * mock_pages_alloc checks kind, address, pages, align, owner (a number); wills a status and, if MM_OK, a base address.
 * mock_pages_free checks base, bytes, owner; wills a status.
 * mock_pages_owner_of checks base, bytes; wills a status and, if MM_OK, the owner's number.
 */
struct mm_pages mock_pages(void);

/*
 * mock_pool_alloc checks bytes, align, type; wills a status and, if MM_OK, the block.
 * mock_pool_free checks block; wills a status.
 * mock_pool_info checks block; wills a status and, if MM_OK, bytes and type.
 */
struct mm_pool mock_pool(void);

/* mock_cleaner_zero checks base, bytes. */
struct mm_page_cleaner mock_cleaner(void);

/* mock_guard_set checks base, bytes, is_guard; wills a status. */
struct mm_page_guard mock_guard(void);
