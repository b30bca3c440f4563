/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mm/base/check.h"
#include "tests/mm_test.h"

/* How a child ends that runs `body`: the signal's number, or 0 when it returned. */
static int signal_of(void (*body)(void))
{
	int status = 0;
	pid_t child = fork();

	assert_int_not_equal(child, -1);
	if (child == 0) {
		signal(SIGILL, SIG_DFL);
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void check_what_holds(void)
{
	MM_CHECK(1 + 1 == 2);
	MM_ASSERT(1 + 1 == 2);
}

static void check_what_fails(void)
{
	volatile int broken = 1;

	MM_CHECK(!broken);
}

static void assert_what_fails(void)
{
	volatile int broken = 1;

	MM_ASSERT(!broken);
}

static void goes_on_when_the_invariant_holds(void **state)
{
	assert_int_equal(signal_of(check_what_holds), 0);
}

static void stops_when_a_check_fails(void **state)
{
	assert_int_equal(signal_of(check_what_fails), SIGILL);
}

static void asserts_in_debug_builds_only(void **state)
{
#if defined(NDEBUG)
	assert_int_equal(signal_of(assert_what_fails), 0);
#else
	assert_int_equal(signal_of(assert_what_fails), SIGILL);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(goes_on_when_the_invariant_holds),
		cmocka_unit_test(stops_when_a_check_fails),
		cmocka_unit_test(asserts_in_debug_builds_only),
	};

	return cmocka_run_group_tests_name("base/check", tests, NULL, NULL);
}
