/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Drivers from a firmware volume into the dispatcher: every file of type MM_STANDALONE becomes a driver with the
 * volume's MM dependency expression, in the order of the files, and the volume's a-priori file (PI specification
 * volume 2, 10.3: a FREEFORM file of a known name whose one RAW section is an array of GUIDs) decides which come first.
 * Reads the volume only; its bytes must not change while the facts about its drivers are used.
 */
#include <stdint.h>

#include "mm/base/bytes.h"
#include "mm/base/status.h"
#include "mm/dispatch/dispatch.h"
#include "mm/pi/section.h"

/* What became of one driver file. */
struct mm_dispatch_found {
	uint64_t id; /* the driver's, if it was added */
	struct mm_guid guid;
	uint64_t offset;	   /* of the file in the volume */
	enum mm_status status;	   /* MM_OK: added */
	struct mm_refusal refusal; /* if refused by a decoder; offsets count from the file's content */
	const struct mm_pi_module
		*module; /* image and name, into the volume's bytes; NULL if they are what was refused */
};

struct mm_dispatch_finder;

struct mm_dispatch_finder_ops {
	/*
	 * Told about each driver file, right after it was added or refused; `found` lives as long as the call. Here a
	 * host notes where the image of an id lies. May not call the dispatcher.
	 */
	void (*found)(struct mm_dispatch_finder *self, const struct mm_dispatch_found *found);
};

/* First member of every implementation. */
struct mm_dispatch_finder {
	const struct mm_dispatch_finder_ops *ops;
};

/* What a volume held. */
struct mm_dispatch_volume {
	uint32_t driver_count;	/* drivers added */
	uint32_t refused_count; /* driver files refused, GUIDs that were there already included */
	uint32_t apriori_count; /* drivers scheduled by the a-priori file */
};

/* True if every slot is filled; for the wiring check of an image. */
bool mm_dispatch_finder_is_complete(const struct mm_dispatch_finder *finder);

/*
 * Adds the drivers of the volume at the start of `volume`. Driver file number n of the volume, from 0 and refused ones
 * counted, gets the id `first_id + n`. A driver that is refused (its sections or its expression are malformed, or its
 * GUID is there already) is reported and hinders no other. A volume that is refused adds nothing.
 *
 * MM_OK; what mm_pi_fv_check_untrusted() and mm_pi_file_next() refuse; MM_E_DISPATCH_APRIORI (the a-priori file is
 * malformed, or there are two); MM_E_INVALID (the finder is incomplete). Running out of memory ends the walk with
 * MM_E_LIMIT or what mm_pool_alloc() answers: the drivers before that one are added then, the a-priori file is unheard,
 * and the finder knows how far it came.
 */
enum mm_status mm_dispatch_add_volume_untrusted(struct mm_dispatch *self, struct mm_bytes volume, uint64_t first_id,
						struct mm_dispatch_finder *finder,
						struct mm_dispatch_volume *ret_volume, struct mm_refusal *reterr);
