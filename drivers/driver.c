/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What each sample driver's image must supply beside its code. */
#include "mm/hal/image_runtime.h"

void mm_image_stack_smashed(void)
{
	for (;;)
		__asm__ volatile("ud2"); /* ends the activation */
}
