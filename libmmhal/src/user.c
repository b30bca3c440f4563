/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/hal/user.h"

#include <stdbool.h>

static bool is_user_range(const struct mm_hal_user *user, struct mm_user_va va, uint64_t bytes)
{
	return va.v <= user->limit && bytes <= user->limit - va.v;
}

enum mm_status mm_hal_user_copy_in(struct mm_hal_user *user, void *ret_bytes, struct mm_user_va va, uint64_t bytes)
{
	if (bytes == 0)
		return MM_OK;
	if (!is_user_range(user, va, bytes))
		return MM_E_FAULT;
	return user->ops->copy_in(user, ret_bytes, va, bytes);
}

enum mm_status mm_hal_user_copy_out(struct mm_hal_user *user, struct mm_user_va va, const void *data, uint64_t bytes)
{
	if (bytes == 0)
		return MM_OK;
	if (!is_user_range(user, va, bytes))
		return MM_E_FAULT;
	return user->ops->copy_out(user, va, data, bytes);
}

enum mm_status mm_hal_user_zero(struct mm_hal_user *user, struct mm_user_va va, uint64_t bytes)
{
	if (bytes == 0)
		return MM_OK;
	if (!is_user_range(user, va, bytes))
		return MM_E_FAULT;
	return user->ops->zero(user, va, bytes);
}
