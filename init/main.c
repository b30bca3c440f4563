/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Init as an image: EDK2's contract of MM_CORE_STANDALONE. The IPL calls the entry once, on the BSP, with MMRAM open
 * and every other CPU parked; it returns when MM is ready for its first message.
 */
#include "edge.h"
#include "init.h"
#include "wiring.h"

/* In the image's own pages, which the supervisor erases. */
static struct mm_init_image state;

/* From the entry assembly, once. */
uint64_t mm_init_main(uint64_t hob_start)
{
	enum mm_status status = mm_init_wire(&state);

	state.init.hob_start = mm_pa(hob_start);
	if (status == MM_OK)
		status = mm_init_run(&state.init);
	return mm_init_efi_status(status);
}
