/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* What all tests of the policy share: a fresh fake policy per test, and short names for rights. */
#include "tests/mm_test.h"
/* cmocka comes first */
#include <stdio.h>
#include <stdlib.h>

#include "fake_policy.h"

#define R      MM_POLICY_READ
#define W      MM_POLICY_WRITE
#define X      MM_POLICY_EXECUTE
#define RW     (MM_POLICY_READ | MM_POLICY_WRITE)
#define STRICT MM_POLICY_STRICT_WIDTH

static inline int setup_policy(void **state)
{
	struct fake_policy *fake = malloc(sizeof(*fake));

	assert_non_null(fake);
	fake_policy_init(fake);
	*state = fake;
	return 0;
}

static inline int teardown_policy(void **state)
{
	fake_policy_finish(*state);
	free(*state);
	return 0;
}

#define policy_test(f) cmocka_unit_test_setup_teardown(f, setup_policy, teardown_policy)

/* Decodes what the test built; it must be sound. */
static inline const struct mm_policy *decoded(struct fake_policy *fake)
{
	struct mm_refusal refusal = { "", 0, 0 };
	enum mm_status status = fake_policy_decode(fake, &refusal);

	if (status != MM_OK)
		print_error("%s at 0x%llx = 0x%llx\n", refusal.field, (unsigned long long)refusal.offset,
			    (unsigned long long)refusal.value);
	assert_status(status, MM_OK);
	return &fake->policy;
}

/* Decodes the bytes as they are now; they must be refused for this reason, naming this field. */
static inline void assert_refused(struct fake_policy *fake, struct mm_bytes section, enum mm_status expected,
				  const char *field)
{
	struct mm_refusal refusal = { "", 0, 0 };

	assert_status(fake_policy_decode_bytes(fake, section, &refusal), expected);
	assert_string_equal(refusal.field, field);
	assert_true(refusal.offset <= section.count);
}
