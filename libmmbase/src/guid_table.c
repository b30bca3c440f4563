/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/guid_table.h"

#define MM_GUID_DEF(symbol, d1, d2, d3, b0, b1, b2, b3, b4, b5, b6, b7, name, purpose) \
	const struct mm_guid mm_guid_##symbol = {                                      \
		(d1), (d2), (d3), { (b0), (b1), (b2), (b3), (b4), (b5), (b6), (b7) }   \
	};
#include "mm/abi/guid_list.h"
#undef MM_GUID_DEF
