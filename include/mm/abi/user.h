/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The door between the supervisor and a user core (house.md, contract 3).
 *
 * The supervisor enters ring 3 at one place only: the PE entry point of the domain's user core, on a fresh stack.
 *   RBX  0: R10 is a command of enum mm_user_command. Otherwise the address of a driver's function, to be called
 *        with four arguments.
 *   R10, RDX, R8, R9  command and its arguments, or the four arguments (R10 is first because SYSRET owns RCX)
 *   RSP  the top of the stack, 16-byte aligned, nothing on it; all other registers 0; DF, TF, AC clear
 * The entry ends with the RETURN call, RDX = result. A driver's function thus sees the Microsoft x64 convention, and
 * nothing but the user core's entry knows how ring 3 was entered.
 */
#include <stdint.h>

enum mm_user_command {
	MM_USER_START = 0,   /* RDX = HOB list (read-only copy), R8 = shared page */
	MM_USER_REQUEST = 1, /* RDX = shared page, R8 = MM_USER_CONTEXT_BYTES */
	MM_USER_AP_PROC = 2, /* RDX = procedure, R8 = argument; on any CPU */
};

/* EFI_MM_ENTRY_CONTEXT (PI specification, volume 4, 2.4): only the CPU fields mean something to ring 3. */
struct mm_user_context {
	uint64_t startup_this_ap;
	uint64_t currently_executing_cpu;
	uint64_t number_of_cpus;
	uint64_t save_state_size;
	uint64_t save_state;
};

#define MM_USER_CONTEXT_BYTES 40u

/* Reply of a request, same layout as struct mm_comm_status. */
struct mm_user_status {
	uint8_t message_valid; /* in: 1 when the shadow holds a message; 0 for an SMI without one */
	uint8_t reserved[7];
	uint64_t return_status; /* out: EFI_STATUS for the caller */
	uint64_t return_bytes;	/* out: header and data, at most the shadow's size */
};

/*
 * The page through which the supervisor and one user core talk: writable by both, so the supervisor reads each field
 * once and believes none. It lies in the domain's memory.
 */
struct mm_user_shared {
	struct mm_user_context context;
	struct mm_user_status status;
	uint64_t message_bytes; /* in: bytes of the shadow that the message fills, header included; 0: no message */
	uint64_t root_handlers; /* out: how many root MMI handlers are registered; 0 lets an SMI skip ring 3 */
};

#define MM_USER_SHARED_STATUS_OFFSET 40u
