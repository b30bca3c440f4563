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
/* -3xx libmmhal */
MM_STATUS(E_HAL_NO_CLOCK, -301, "no clock of known rate answers")
MM_STATUS(E_HAL_LAPIC_OFF, -302, "the local APIC is disabled")
MM_STATUS(E_HAL_LAPIC_MOVED, -303, "the local APIC is not where it was")
MM_STATUS(E_HAL_LAPIC_STUCK, -304, "the local APIC does not finish sending")
/* -4xx libmmalloc */
/* -5xx libmmprotodb */
/* -6xx libmmdispatch */
/* -7xx init */
/* -8xx supervisor */
