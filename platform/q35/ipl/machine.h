/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * All that the IPL knows of the machine it runs on, in one object that main.c owns and everything else is given.
 */
#include <stdbool.h>
#include <stdint.h>

#include "channel.h"
#include "e820.h"
#include "fwcfg.h"
#include "memory.h"
#include "mm/base/region.h"
#include "mm/hal/lapic.h"
#include "mm/hal/x86_64_hal.h"
#include "mm/pi/fv.h"
#include "processors.h"

struct mm_q35_machine {
	struct mm_hal_x86 hal;
	struct mm_hal_lapic lapic;
	struct mm_q35_fwcfg fwcfg;
	struct mm_region rom;
	struct mm_pi_fv volume; /* in the ROM, header checked */
	struct mm_q35_e820 map; /* as the machine gives it */
	struct mm_q35_memory memory;
	struct mm_q35_processors processors;
	bool default_smram_closed;
	bool is_broadcast; /* port 0xB2 calls every CPU */
	struct mm_q35_channel user;
	struct mm_q35_channel supervisor;
};
