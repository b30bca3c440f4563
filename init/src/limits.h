/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/* How much init takes in; more is refused with MM_E_LIMIT. */
#define MM_INIT_CPU_MAX		   256u
#define MM_INIT_MMRAM_MAX	   64u	/* descriptors taken in */
#define MM_INIT_MMRAM_OUT_MAX	   256u /* descriptors handed over */
#define MM_INIT_RESOURCE_MAX	   64u
#define MM_INIT_UNBLOCK_MAX	   64u
#define MM_INIT_VOLUME_MAX	   8u
#define MM_INIT_MODULE_MAX	   64u		 /* supervisor and user core included */
#define MM_INIT_RUN_MAX		   16u		 /* pages of one access, of one image */
#define MM_INIT_DEPEX_BYTES_MAX	   0x4000u	 /* of all drivers */
#define MM_INIT_UNBLOCK_BYTES_MAX  0x10000000ull /* of all ranges outside MMRAM that MM may touch */
#define MM_INIT_HOB_LIST_BYTES_MAX 0x10000u
#define MM_INIT_MMIO_MAX	   64u /* pieces of MMIO granted to ring 3 */
