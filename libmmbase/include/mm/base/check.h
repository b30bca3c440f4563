/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Two kinds of "this cannot be". Both are for broken invariants only: what comes from outside (a message, an image, a
 * HOB, a driver's argument) is refused with a status and never checked here.
 *
 *   MM_CHECK(cond)   stays in every build. Cheap, and going on without it would be worse than stopping.
 *   MM_ASSERT(cond)  stays in debug builds only (no NDEBUG). Costly, or implied by a check that stands elsewhere.
 *
 * A failure executes an undefined instruction: in ring 0 that is the supervisor's panic with its full report, in ring 3
 * a contained fault that quarantines the driver, on the host a signal that ends the test. So a library needs no sink,
 * and no text lies in MMRAM; the report's address leads to the line.
 */

#if defined(__FRAMAC__)
#define MM_CHECK(cond) ((void)(cond))
#else
#define MM_CHECK(cond) ((cond) ? (void)0 : __builtin_trap())
#endif

#if defined(NDEBUG)
#define MM_ASSERT(cond) ((void)sizeof((cond) ? 1 : 0))
#else
#define MM_ASSERT(cond) MM_CHECK(cond)
#endif
