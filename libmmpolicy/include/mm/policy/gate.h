/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The gate: may ring 3 do this? Each question is answered by MM_OK or by a status that says who refused; the
 * floor is asked first. An allow-list grants only when every byte or index of the access is covered by
 * entries that grant all of the requested access; a deny-list refuses on any overlap; a strict port entry speaks
 * about exactly its port and width; a missing root denies. docs/policy.md lists each difference from the
 * ancestors.
 *
 * Pure, O(log n), no lock. The explain functions answer the same status and say which rule and entry decided.
 * Denials, for all: MM_E_POLICY_FLOOR (no policy can grant it), MM_E_POLICY_NO_ROOT (the policy is silent),
 * MM_E_POLICY_NOT_GRANTED (allow-list does not cover it), MM_E_POLICY_REFUSED (deny-list names it).
 */
#include "mm/policy/policy.h"

struct mm_policy_floor_row;

enum mm_policy_rule {
	MM_POLICY_RULE_INVALID,	      /* the question itself is malformed */
	MM_POLICY_RULE_FLOOR,	      /* a floor row overlaps the access */
	MM_POLICY_RULE_NO_ROOT,	      /* there is no root of this type */
	MM_POLICY_RULE_ALLOWED_ENTRY, /* allow-list: `entry` grants the first byte, others may grant the rest */
	MM_POLICY_RULE_NOT_COVERED,   /* allow-list: no entry grants the access at `address` */
	MM_POLICY_RULE_DENIED_ENTRY,  /* deny-list: `entry` overlaps the access at `address` */
	MM_POLICY_RULE_NOT_DENIED,    /* deny-list: no entry overlaps the access */
	MM_POLICY_RULE_CONDITION,     /* save state: `entry` grants it only under a condition that does not hold */
	MM_POLICY_RULE_WIDTH,	      /* save state: the width exceeds what was trapped */
	MM_POLICY_RULE_NO_TRAP,	      /* save state: the CPU did not trap on an I/O instruction */
	MM_POLICY_RULE_LEVEL,	      /* save state: no root, and the policy declares level 20 or lower */
	MM_POLICY_RULE_ALWAYS,	      /* granted to everyone: the processor id */
	MM_POLICY_RULE_NEVER,	      /* granted to nobody: save-state writes */
	MM_POLICY_RULE_DRIVER,	      /* the roots grant it, this driver's grants do not */
};

#define MM_POLICY_NO_ENTRY UINT32_MAX

struct mm_policy_explanation {
	enum mm_policy_rule rule;
	enum mm_policy_type type;
	uint32_t root;	  /* index in the root table, MM_POLICY_NO_ENTRY without a root */
	uint32_t entry;	  /* index in that root, MM_POLICY_NO_ENTRY when no single entry decided */
	uint64_t address; /* the first byte, port or MSR that decided */
	const struct mm_policy_floor_row *floor; /* the row for MM_POLICY_RULE_FLOOR, else NULL */
	const char *reason;			 /* the policy's or the floor's own text; "" when there is none */
};

/*
 * One IN or OUT. `bytes` is 1, 2 or 4; `access` is MM_POLICY_READ, MM_POLICY_WRITE or both (both must be granted).
 * String instructions touch one port again and again: ask once with the element's width.
 * MM_OK; MM_E_INVALID (width, access, or port + bytes > 0x10000); the denials.
 */
enum mm_status mm_policy_gate_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes, uint32_t access);

/*
 * Every access of every width that stays within the ports [port, port + count), count 1..0x10000. Strict
 * entries of an allow-list grant nothing here, those of a deny-list refuse when they touch the range.
 * MM_OK; MM_E_INVALID; the denials. O(log n + entries inside the range).
 */
enum mm_status mm_policy_gate_port_range(const struct mm_policy *policy, uint32_t port, uint32_t count,
					 uint32_t access);

/* RDMSR (MM_POLICY_READ), WRMSR (MM_POLICY_WRITE) or both. MM_OK; MM_E_INVALID (access); the denials. */
enum mm_status mm_policy_gate_msr(const struct mm_policy *policy, uint32_t msr, uint32_t access);

/* `instruction` is enum mm_policy_instruction. MM_OK; MM_E_INVALID (no such instruction); the denials. */
enum mm_status mm_policy_gate_instruction(const struct mm_policy *policy, uint32_t instruction);

/*
 * Physical memory that ring 3 may be given by mapping or by a call: MMIO of the platform, never MMRAM or the
 * OS's memory, which the caller excludes by its own facts. `access` is READ, WRITE or both. `bytes` >= 1.
 * MM_OK; MM_E_INVALID (empty, wraps, access); the denials.
 */
enum mm_status mm_policy_gate_memory(const struct mm_policy *policy, uint64_t base, uint64_t bytes, uint32_t access);

enum mm_policy_save_register {
	MM_POLICY_REGISTER_RAX,
	MM_POLICY_REGISTER_IO, /* the I/O trap information */
	MM_POLICY_REGISTER_PROCESSOR_ID,
	MM_POLICY_REGISTER_OTHER,
};

/* The I/O instruction on which a CPU trapped into MM, as its save state records it. */
struct mm_policy_io_trap {
	bool valid;
	bool is_write; /* OUT or OUTS */
	uint8_t bytes; /* 1, 2 or 4 */
};

struct mm_policy_save_query {
	enum mm_policy_save_register reg;
	uint32_t bytes; /* to be read; for MM_POLICY_REGISTER_IO the size of the caller's information structure */
	bool is_write;
	struct mm_policy_io_trap trap;
};

/*
 * A save-state access of ring 3. Writes are never granted. With a matching entry RAX may be read up to the
 * trapped width in bytes; I/O information carries the data of RAX and therefore needs what RAX needs.
 * MM_OK; MM_E_INVALID (bytes 0, or a trap width that is none); MM_E_NOT_FOUND (granted, but this CPU did not trap
 * on I/O); MM_E_POLICY_WIDTH_EXCEEDED, MM_E_POLICY_CONDITION_FALSE; the denials.
 */
enum mm_status mm_policy_gate_save_state(const struct mm_policy *policy, const struct mm_policy_save_query *query);

/* The same questions, explained. Each returns what its gate function returns and always fills `ret_why`. */
enum mm_status mm_policy_explain_port(const struct mm_policy *policy, uint32_t port, uint32_t bytes, uint32_t access,
				      struct mm_policy_explanation *ret_why);
enum mm_status mm_policy_explain_msr(const struct mm_policy *policy, uint32_t msr, uint32_t access,
				     struct mm_policy_explanation *ret_why);
enum mm_status mm_policy_explain_instruction(const struct mm_policy *policy, uint32_t instruction,
					     struct mm_policy_explanation *ret_why);
enum mm_status mm_policy_explain_memory(const struct mm_policy *policy, uint64_t base, uint64_t bytes, uint32_t access,
					struct mm_policy_explanation *ret_why);
enum mm_status mm_policy_explain_save_state(const struct mm_policy *policy, const struct mm_policy_save_query *query,
					    struct mm_policy_explanation *ret_why);

/* "floor", "no root", "denied by entry" and so on. Never NULL. */
const char *mm_policy_rule_name(enum mm_policy_rule rule);

/* Bytes of a TSS port bitmap: one bit per port and the byte of ones that the CPU reads behind it. */
#define MM_POLICY_PORT_BITMAP_BYTES 8193u

/*
 * Clears the bit of each port that may be read and written at every width in which the CPU could touch it through
 * cleared bits alone, sets all others and the last byte. Accesses that need a set bit trap, and the gate
 * decides. Domains narrow it further, see extension.h. Returns the number of ports opened.
 */
uint32_t mm_policy_build_port_bitmap(const struct mm_policy *policy, uint8_t ret_bitmap[MM_POLICY_PORT_BITMAP_BYTES]);
