/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Dependency expressions (PI 1.8 volume 2, 10.7): check once, evaluate often. Pure, no recursion, O(bytes); reads
 * only. The bytes stay the caller's and must not change after the check. Any context.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/depex.h"
#include "mm/abi/guid.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* Deepest stack an expression may need: one bit for each place, so that it fits a register. */
#define MM_PI_DEPEX_STACK_MAX 64u

enum mm_pi_depex_kind {
	MM_PI_DEPEX_EXPRESSION, /* dispatch when it evaluates to true */
	MM_PI_DEPEX_BEFORE,	/* dispatch just before the driver `target` */
	MM_PI_DEPEX_AFTER,	/* dispatch just after the driver `target` */
};

/* A checked depex. */
struct mm_pi_depex {
	enum mm_pi_depex_kind kind;
	bool is_sor;	       /* schedule on request: wait until someone asks */
	struct mm_guid target; /* file name; BEFORE and AFTER only */
	struct mm_bytes bytes; /* EXPRESSION: the opcodes after SOR up to and with END */
	uint32_t push_count;   /* GUIDs pushed, repetitions counted */
	uint32_t stack_depth;  /* greatest use of the stack, 1..MM_PI_DEPEX_STACK_MAX */
};

/*
 * Checks a whole depex. BEFORE and AFTER stand alone with END; SOR stands first or not at all; an expression leaves
 * exactly one value at END; END ends the bytes.
 *
 * MM_OK; MM_E_TRUNCATED inside a GUID; MM_E_DEPEX_NO_END, MM_E_DEPEX_TRAILING, MM_E_DEPEX_OPCODE, MM_E_DEPEX_ORDER,
 * MM_E_DEPEX_STACK_EMPTY, MM_E_DEPEX_STACK_FULL, MM_E_DEPEX_UNBALANCED.
 */
enum mm_status mm_pi_depex_check_untrusted(struct mm_bytes bytes, struct mm_pi_depex *ret_depex,
					   struct mm_refusal *reterr);

/* Whether a protocol with this GUID is installed. */
typedef bool mm_pi_depex_installed_fn(void *context, const struct mm_guid *guid);

/*
 * The value of an EXPRESSION; asks `is_installed` once for each PUSH, in order. BEFORE and AFTER have no value of
 * their own: false. SOR is not considered.
 */
bool mm_pi_depex_evaluate(const struct mm_pi_depex *depex, mm_pi_depex_installed_fn *is_installed, void *context);

/*
 * Lists the GUIDs an EXPRESSION pushes: start with `*cursor` 0; true and the next one, or false when there is no
 * more. A GUID pushed twice is listed twice.
 */
bool mm_pi_depex_next_guid(const struct mm_pi_depex *depex, size_t *cursor, struct mm_guid *ret_guid);
