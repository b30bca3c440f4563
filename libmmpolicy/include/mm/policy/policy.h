/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The decoded policy: what `mm_policy_decode_untrusted()` makes of the bytes of a v1.0 policy and its optional
 * extension. A `struct mm_policy` exists only complete and checked; it is immutable, holds pointers into the
 * caller's storage and into the blob, and both must stay unchanged and alive as long as it is used. So
 * the blob must already lie where nobody less trusted can write.
 *
 * Pure: no allocation, no state, no hardware. Any CPU, any context; concurrent readers need no lock.
 * Questions about accesses are in gate.h, what no policy can grant in floor.h, the extension in extension.h.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/policy.h"
#include "mm/base/bytes.h"
#include "mm/base/status.h"

/* Descriptors per root; more is refused. Keeps every index in 16 bits and bounds the work of a decode. */
#define MM_POLICY_ENTRIES_MAX 4096u

/* Bytes of a policy section (v1.0 part plus extension) that are looked at; more is refused. */
#define MM_POLICY_BYTES_MAX 0x100000u

/* The reach of one entry of a root, [first, last]: ports, MSRs or bytes of physical memory. */
struct mm_policy_span {
	uint64_t first;
	uint64_t last;
	uint32_t attr;	/* MM_POLICY_READ and so on */
	uint32_t entry; /* index in wire order */
};

/*
 * A stretch of ports or MSRs, up to the next run's `first`, on which all answers are the same. Runs tile the
 * whole space, so that one binary search answers a question; they are computed when the policy is decoded. Their
 * number is filled up to a power of two.
 */
struct mm_policy_run {
	uint32_t first;
	uint8_t rights;	 /* bits 0-1: READ, WRITE that the root grants; bits 4-5: READ, WRITE that the floor leaves */
	uint8_t strict;	 /* strict entries at this one port: bit 2n READ, 2n+1 WRITE for the width 1 << n */
	uint8_t special; /* 1 when strict entries or an exemption of the floor make the width matter */
	uint8_t reserved;
};

/* One root of the policy. */
struct mm_policy_list {
	bool present;
	enum mm_policy_list_kind kind;
	uint32_t root;	 /* index in the root table */
	uint32_t offset; /* of the first descriptor in the blob */
	uint32_t count;
};

struct mm_policy_space {
	const struct mm_policy_span *spans;  /* disjoint, ascending */
	const struct mm_policy_span *strict; /* ascending by port, then width; ports only */
	const struct mm_policy_run *runs;    /* the first begins at 0; memory has none */
	uint32_t span_count;
	uint32_t strict_count;
	uint32_t run_count; /* 1 << run_steps */
	uint32_t run_steps;
	enum mm_status refusal; /* what the root answers to what it does not grant */
};

struct mm_policy_save_rule {
	bool present;
	uint8_t attr;	   /* READ or COND_READ */
	uint8_t condition; /* enum mm_policy_condition */
	uint16_t entry;
};

/* Where the checked tables of the extension lie; all counts are 0 without one. See extension.h. */
struct mm_policy_tables {
	struct mm_policy_wire_table reasons;
	struct mm_policy_wire_table domains;
	struct mm_policy_wire_table drivers;
	struct mm_policy_wire_table grants;
	struct mm_policy_wire_table routes;
	struct mm_policy_wire_table aborts;
	struct mm_policy_wire_table strings;
};

/* What the extension says about the whole platform, or the defaults of a policy without one. */
struct mm_policy_settings {
	enum mm_policy_violation violation;
	enum mm_policy_unblock unblock;
	uint32_t isolation_level;  /* declared: 10, 20, 30; 0 when the policy declares none */
	uint32_t protections;	   /* MM_POLICY_PROTECT_* that are mandatory */
	uint32_t flags;		   /* MM_POLICY_FLAG_* */
	uint32_t quarantine_after; /* violations of one driver before it is quarantined, at least 1 */
	uint32_t restart_limit;	   /* restarts of one domain before it stays down */
};

struct mm_policy {
	struct mm_bytes blob;					/* the v1.0 part, exactly its declared bytes */
	struct mm_bytes extension;				/* empty when there is none */
	struct mm_policy_list lists[MM_POLICY_TYPE_COUNT + 1u]; /* by enum mm_policy_type; [0] is unused */
	struct mm_policy_space ports;
	struct mm_policy_space msrs;
	struct mm_policy_space memory;
	uint32_t instructions; /* bit per enum mm_policy_instruction listed in the root */
	struct mm_policy_save_rule save_state[MM_POLICY_SAVE_FIELD_COUNT];
	struct mm_policy_settings settings;
	struct mm_policy_tables tables;
};

/* What the header alone says; enough to find the end of the v1.0 part and the extension behind it. */
struct mm_policy_header {
	uint32_t bytes; /* of the v1.0 part */
	uint32_t root_offset;
	uint32_t root_count;
	uint32_t extension_offset; /* 0 when nothing follows the v1.0 part but padding */
	uint32_t extension_bytes;  /* as the extension's own header declares; 0 when there is none */
};

/*
 * Bytes of storage that suffice to decode any policy of `blob_bytes` bytes (0..MM_POLICY_BYTES_MAX); a larger
 * count answers as MM_POLICY_BYTES_MAX does. The storage must be 8-byte aligned.
 */
size_t mm_policy_storage_bytes(size_t blob_bytes);

/*
 * Decodes the header only: version, reserved fields, sizes, bounds of the root table, what follows the policy.
 * `section` is the whole content of the policy's section; zero bytes after the policy are padding.
 * MM_OK; MM_E_TRUNCATED; MM_E_LIMIT (section too large, more roots than types); MM_E_POLICY_VERSION, _RESERVED, _SIZE,
 * _EMPTY, _OFFSET, _ALIGNMENT, _TRAILER.
 */
enum mm_status mm_policy_decode_header_untrusted(struct mm_bytes section, struct mm_policy_header *ret_header,
						 struct mm_refusal *reterr);

/*
 * Decodes and checks everything: header, roots, each descriptor, overlaps, and the extension when there is
 * one. Work is O(n log n) in the number of entries.
 *
 * @param storage        8-byte aligned; becomes part of the result; content is unspecified after a refusal
 * @param storage_bytes  at least mm_policy_storage_bytes(section.count)
 * @param ret_policy     written only on MM_OK
 *
 * MM_OK; MM_E_INVALID (storage misaligned), MM_E_BUFFER_TOO_SMALL (storage); all answers of
 * mm_policy_decode_header_untrusted(); MM_E_POLICY_ROOT_VERSION, _ROOT_SIZE, _ROOT_TYPE, _ROOT_DUPLICATE,
 * _LIST_KIND, _RESERVED, _OFFSET, _ALIGNMENT, _ARRAY_OVERLAP, _ATTRIBUTE, _RANGE, _WIDTH, _OVERLAP, _DUPLICATE,
 * _CONDITION, _FIELD; MM_E_LIMIT; the MM_E_POLICY_EXT_* answers of extension.h.
 */
enum mm_status mm_policy_decode_untrusted(struct mm_bytes section, void *storage, size_t storage_bytes,
					  struct mm_policy *ret_policy, struct mm_refusal *reterr);

/* One descriptor as the policy states it, in wire order. Fields that the type lacks are 0. */
struct mm_policy_entry {
	enum mm_policy_type type;
	uint64_t base;	    /* address, port, MSR, instruction index or save-state field */
	uint64_t length;    /* bytes, ports, MSRs, or width in bytes with STRICT_WIDTH */
	uint32_t attr;	    /* MM_POLICY_READ and so on */
	uint32_t condition; /* enum mm_policy_condition */
};

/* Entry `index` of the root of `type`. MM_OK, MM_E_NOT_FOUND (no such root or entry). */
enum mm_status mm_policy_entry_at(const struct mm_policy *policy, enum mm_policy_type type, uint32_t index,
				  struct mm_policy_entry *ret_entry);

/* "port", "msr" and so on; "?" for a number that is no type. Never NULL. */
const char *mm_policy_type_name(enum mm_policy_type type);
