/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the compiler can promise, under one name each. Everything here expands to GNU-style
 * attributes or to nothing, so that the pure rooms also parse with Frama-C (docs/decisions/0005).
 */

#if defined(__FRAMAC__)
#define MM_NODISCARD
#define MM_PACKED
#define MM_ALIGNED(n)
#define MM_NORETURN
#define MM_UNUSED
#define MM_COLD
#define MM_NOINLINE
#define MM_PRINTF(fmt, first)
#define MM_STATIC_ASSERT(cond, name) typedef char mm_static_assert_##name[(cond) ? 1 : -1]
#define MM_EFIAPI
#define MM_LIKELY(x)   (x)
#define MM_UNLIKELY(x) (x)
#else
/* On a type, a dropped value of that type does not compile; only clang honours it on an enum. */
#if defined(__clang__)
#define MM_NODISCARD __attribute__((warn_unused_result))
#else
#define MM_NODISCARD
#endif
#define MM_PACKED		     __attribute__((packed))
#define MM_ALIGNED(n)		     __attribute__((aligned(n)))
#define MM_NORETURN		     __attribute__((noreturn))
#define MM_UNUSED		     __attribute__((unused))
#define MM_COLD			     __attribute__((cold, noinline))
#define MM_NOINLINE		     __attribute__((noinline))
#define MM_PRINTF(fmt, first)	     __attribute__((format(printf, fmt, first)))
#define MM_STATIC_ASSERT(cond, name) _Static_assert(cond, #name)
/* The calling convention of every UEFI and PI interface on x64 (UEFI specification 2.3.4). */
#define MM_EFIAPI		     __attribute__((ms_abi))
#define MM_LIKELY(x)		     __builtin_expect(!!(x), 1)
#define MM_UNLIKELY(x)		     __builtin_expect(!!(x), 0)
#endif

#define MM_ARRAY_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The object of type `type` whose member `member` lies at `ptr`. */
#define MM_CONTAINER_OF(ptr, type, member) ((type *)(void *)((char *)(ptr) - offsetof(type, member)))
