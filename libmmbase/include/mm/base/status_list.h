/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Every status of every room, once: MM_STATUS(name, number, text). No include guard on purpose: the
 * enum, the texts and the table in docs/abi.md are all expanded from this list. Numbers are stable;
 * a room's own answers live in its hundred. The text completes "refused: ...".
 */
MM_STATUS(OK, 0, "success")
MM_STATUS(E_INVALID, -1, "an argument is outside its documented range")
MM_STATUS(E_NOT_READY, -2, "the object is not initialised yet")
MM_STATUS(E_DENIED, -3, "policy does not grant this access")
MM_STATUS(E_NOT_FOUND, -4, "no such object")
MM_STATUS(E_NO_MEMORY, -5, "not enough memory")
MM_STATUS(E_UNSUPPORTED, -6, "not supported")
MM_STATUS(E_EXISTS, -7, "the object exists already")
MM_STATUS(E_BUSY, -8, "the object is in use")
MM_STATUS(E_TIMEOUT, -9, "it did not happen in time")
MM_STATUS(E_OVERFLOW, -10, "the arithmetic overflows")
MM_STATUS(E_TRUNCATED, -11, "the data ends before the object does")
MM_STATUS(E_MISALIGNED, -12, "the address or size is not aligned")
MM_STATUS(E_OVERLAP, -13, "two ranges overlap")
MM_STATUS(E_CHECKSUM, -14, "the checksum is wrong")
MM_STATUS(E_LIMIT, -15, "a documented limit is exceeded")
MM_STATUS(E_BUFFER_TOO_SMALL, -16, "the caller's buffer is too small")
MM_STATUS(E_FAULT, -17, "the access faulted")
MM_STATUS(E_ABORTED, -18, "it was ended before it finished")
MM_STATUS(E_CORRUPT, -19, "an invariant of the object does not hold")
MM_STATUS(E_QUOTA, -20, "the owner's quota is used up")
MM_STATUS(E_STALE, -21, "the handle was valid once and is not any more")
/* -1xx libmmpi */
/* -2xx libmmpolicy */
MM_STATUS(E_POLICY_VERSION, -200, "the policy is not of version 1.0")
MM_STATUS(E_POLICY_RESERVED, -201, "a reserved field of the policy is not zero")
MM_STATUS(E_POLICY_SIZE, -202, "the policy's size is not the sum of its parts")
MM_STATUS(E_POLICY_EMPTY, -203, "the policy has no roots")
MM_STATUS(E_POLICY_OFFSET, -204, "an offset or count of the policy points outside it")
MM_STATUS(E_POLICY_ALIGNMENT, -205, "an offset of the policy is not a multiple of 8")
MM_STATUS(E_POLICY_TRAILER, -206, "what follows the policy is neither zero nor an extension")
MM_STATUS(E_POLICY_ROOT_VERSION, -207, "a policy root is not of version 1")
MM_STATUS(E_POLICY_ROOT_SIZE, -208, "a policy root does not declare its true size")
MM_STATUS(E_POLICY_ROOT_TYPE, -209, "a policy root has an unknown type")
MM_STATUS(E_POLICY_ROOT_DUPLICATE, -210, "two policy roots have the same type")
MM_STATUS(E_POLICY_LIST_KIND, -211, "a policy root is neither an allow-list nor a deny-list")
MM_STATUS(E_POLICY_ARRAY_OVERLAP, -212, "two parts of the policy share bytes")
MM_STATUS(E_POLICY_ATTRIBUTE, -213, "a policy entry has attributes that its type cannot have")
MM_STATUS(E_POLICY_RANGE, -214, "a policy entry is empty or exceeds its space")
MM_STATUS(E_POLICY_WIDTH, -215, "a strict policy entry's width is not 1, 2 or 4")
MM_STATUS(E_POLICY_OVERLAP, -216, "two policy entries overlap")
MM_STATUS(E_POLICY_DUPLICATE, -217, "two policy entries name the same thing")
MM_STATUS(E_POLICY_CONDITION, -218, "a save-state entry's condition does not fit its attributes")
MM_STATUS(E_POLICY_FIELD, -219, "a policy entry names an unknown instruction or save-state field")
MM_STATUS(E_POLICY_FLOOR, -230, "no policy can grant this access")
MM_STATUS(E_POLICY_NO_ROOT, -231, "the policy has no root for this kind of access")
MM_STATUS(E_POLICY_NOT_GRANTED, -232, "no entry of the policy's allow-list grants this access")
MM_STATUS(E_POLICY_REFUSED, -233, "an entry of the policy's deny-list refuses this access")
MM_STATUS(E_POLICY_WIDTH_EXCEEDED, -234, "the save-state read is wider than the trapped access")
MM_STATUS(E_POLICY_CONDITION_FALSE, -235, "the condition of the save-state entry does not hold")
MM_STATUS(E_POLICY_NO_GRANT, -236, "the driver has no grant for this access")
MM_STATUS(E_POLICY_SNAPSHOT, -237, "the memory policy differs from its snapshot")
/* -3xx libmmhal */
MM_STATUS(E_HAL_NO_CLOCK, -301, "no clock of known rate answers")
MM_STATUS(E_HAL_LAPIC_OFF, -302, "the local APIC is disabled")
MM_STATUS(E_HAL_LAPIC_MOVED, -303, "the local APIC is not where it was")
MM_STATUS(E_HAL_LAPIC_STUCK, -304, "the local APIC does not finish sending")
/* -4xx libmmalloc */
MM_STATUS(E_ALLOC_FOREIGN, -400, "the memory was not given to this owner by this allocator")
MM_STATUS(E_ALLOC_DOUBLE_FREE, -401, "the memory is free already")
MM_STATUS(E_ALLOC_OCCUPIED, -402, "a page of the range is in use")
MM_STATUS(E_ALLOC_OUTSIDE, -403, "the range lies outside the managed memory")
/* -5xx libmmprotodb */
/* -6xx libmmdispatch */
/* -7xx init */
/* -8xx supervisor */
