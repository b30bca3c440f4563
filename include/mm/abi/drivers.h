/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The messages of the sample drivers (drivers/echo, drivers/clock, drivers/crash), and the protocol that echo
 * installs. Names and files carry these GUIDs: a driver's file GUID is also its message GUID.
 *
 *   echo   FC39B4F9-8030-4991-AAC8-428130AFEA3C  answers the message with every bit inverted, same length
 *   clock  19115FA0-DA55-4662-AEDF-13AB9B36FB9D  answers struct mm_clock_answer; depends on echo's protocol
 *   crash  0CFE4409-51BB-490F-8E15-C5A0FCBB0163  faults in the way struct mm_crash_request asks for
 *   echo's protocol  518DDECD-8783-4A04-A6A1-D82B1DD1CE6F
 */
#include <stdint.h>

#define MM_GUID_ECHO_DRIVER   { 0xFC39B4F9u, 0x8030u, 0x4991u, { 0xAA, 0xC8, 0x42, 0x81, 0x30, 0xAF, 0xEA, 0x3C } }
#define MM_GUID_CLOCK_DRIVER  { 0x19115FA0u, 0xDA55u, 0x4662u, { 0xAE, 0xDF, 0x13, 0xAB, 0x9B, 0x36, 0xFB, 0x9D } }
#define MM_GUID_CRASH_DRIVER  { 0x0CFE4409u, 0x51BBu, 0x490Fu, { 0x8E, 0x15, 0xC5, 0xA0, 0xFC, 0xBB, 0x01, 0x63 } }
#define MM_GUID_ECHO_PROTOCOL { 0x518DDECDu, 0x8783u, 0x4A04u, { 0xA6, 0xA1, 0xD8, 0x2B, 0x1D, 0xD1, 0xCE, 0x6F } }

/* Answer of drivers/clock. */
struct mm_clock_answer {
	uint64_t ticks;		   /* time-stamp counter of the answering CPU */
	uint64_t ticks_per_second; /* never 0 */
	uint64_t answers;	   /* how many times the driver has answered, this one included */
	uint64_t echoes;	   /* how many messages echo has answered, asked through its protocol */
};

/* What echo's protocol offers to other drivers of its domain. */
struct mm_echo_protocol {
	uint64_t revision;	    /* 1 */
	const uint64_t *echo_count; /* messages answered so far; read-only for others by agreement */
};

/* Request of drivers/crash: each kind ends the activation that executes it, but for the last one. */
struct mm_crash_request {
	uint32_t kind; /* enum mm_crash_kind */
	uint32_t reserved;
	uint64_t address; /* for the *_ADDRESS kinds: where */
};

enum mm_crash_kind {
	MM_CRASH_READ_NULL = 1,	   /* #PF, page 0 is absent */
	MM_CRASH_READ_ADDRESS = 2, /* #PF: an address the client names (MMRAM of the supervisor, OS memory) */
	MM_CRASH_WRITE_ADDRESS = 3,
	MM_CRASH_WRITE_OWN_CODE = 4, /* #PF, code is read-only */
	MM_CRASH_EXECUTE_STACK = 5,  /* #PF, data is not executable */
	MM_CRASH_EXECUTE_ADDRESS = 6,
	MM_CRASH_STACK_OVERFLOW = 7,	  /* #PF on the guard page */
	MM_CRASH_UNDEFINED = 8,		  /* #UD by UD2 */
	MM_CRASH_DIVIDE = 9,		  /* #DE */
	MM_CRASH_NON_CANONICAL = 10,	  /* #GP */
	MM_CRASH_PORT_INPUT = 11,	  /* #GP: IN without a grant */
	MM_CRASH_RDMSR = 12,		  /* #GP */
	MM_CRASH_CLI = 13,		  /* #GP */
	MM_CRASH_HLT = 14,		  /* #GP */
	MM_CRASH_LOAD_CR3 = 15,		  /* #GP */
	MM_CRASH_BREAKPOINT = 16,	  /* #BP by INT3 */
	MM_CRASH_SOFTWARE_INTERRUPT = 17, /* #GP: INT 0x80 */
	MM_CRASH_DENIED_PORT = 18,	  /* IO_WRITE system call that policy denies (0xCF8, 32 bits) */
	MM_CRASH_DENIED_MSR = 19,	  /* WRMSR system call to LSTAR */
	MM_CRASH_UNKNOWN_CALL = 20,	  /* a system call number nobody knows */
	MM_CRASH_BAD_POINTER_CALL = 21,	  /* LOG with a pointer into the supervisor: a status, then answers success */
	MM_CRASH_SYSENTER = 22,		  /* only in the image that carries the instruction */
	MM_CRASH_CALL_GATE = 23,	  /* #GP: far call through the first slot of the LDT that the OS left */
	MM_CRASH_KIND_END
};
