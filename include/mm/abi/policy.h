/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The secure policy as bytes, layout version 1.0, and the extension that may follow it in the same section.
 * Every number is little-endian; all structures are naturally aligned and hold no padding. These structs say
 * where fields lie: decoders read them with bounded loads (mm/policy/policy.h), never by a cast.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/base/compiler.h"

#define MM_POLICY_VERSION_MAJOR 1u
#define MM_POLICY_VERSION_MINOR 0u

struct mm_policy_wire_header {
	uint16_t version_minor;
	uint16_t version_major;
	uint32_t bytes;		       /* the whole v1.0 part: header, roots, descriptors */
	uint32_t memory_policy_offset; /* legacy, unused */
	uint32_t memory_policy_count;  /* 0 */
	uint32_t flags;		       /* 0 */
	uint32_t capabilities;	       /* 0 */
	uint64_t reserved;	       /* 0 */
	uint32_t root_offset;
	uint32_t root_count;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_header) == 0x28, policy_header_bytes);
MM_STATIC_ASSERT(offsetof(struct mm_policy_wire_header, reserved) == 0x18, policy_header_reserved);
MM_STATIC_ASSERT(offsetof(struct mm_policy_wire_header, root_offset) == 0x20, policy_header_roots);

#define MM_POLICY_ROOT_VERSION 1u

enum mm_policy_type {
	MM_POLICY_MEMORY = 1,
	MM_POLICY_PORT = 2,
	MM_POLICY_MSR = 3,
	MM_POLICY_INSTRUCTION = 4,
	MM_POLICY_SAVE_STATE = 5,
};
#define MM_POLICY_TYPE_COUNT 5u

enum mm_policy_list_kind {
	MM_POLICY_ALLOW_LIST = 0,
	MM_POLICY_DENY_LIST = 1,
};

struct mm_policy_wire_root {
	uint32_t version; /* MM_POLICY_ROOT_VERSION */
	uint32_t bytes;	  /* of this root: 0x18 */
	uint32_t type;	  /* enum mm_policy_type */
	uint32_t offset;  /* of the first descriptor, from the start of the policy */
	uint32_t count;	  /* of descriptors */
	uint8_t list_kind;
	uint8_t reserved[3]; /* 0 */
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_root) == 0x18, policy_root_bytes);
MM_STATIC_ASSERT(offsetof(struct mm_policy_wire_root, list_kind) == 0x14, policy_root_kind);

/* Attribute bits of every descriptor. */
#define MM_POLICY_READ	       0x01u
#define MM_POLICY_WRITE	       0x02u
#define MM_POLICY_EXECUTE      0x04u
#define MM_POLICY_STRICT_WIDTH 0x08u /* port: exactly this port with exactly this width */
#define MM_POLICY_COND_READ    0x10u /* save state: readable when the condition holds */
#define MM_POLICY_COND_WRITE   0x20u

struct mm_policy_wire_memory {
	uint64_t base;
	uint64_t bytes;
	uint32_t attr;
	uint32_t reserved; /* 0 */
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_memory) == 0x18, policy_memory_bytes);

struct mm_policy_wire_port {
	uint16_t port;
	uint16_t length; /* in ports; with MM_POLICY_STRICT_WIDTH the width in bytes */
	uint16_t attr;
	uint16_t reserved; /* 0 */
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_port) == 8, policy_port_bytes);

struct mm_policy_wire_msr {
	uint32_t msr;
	uint16_t length; /* in MSRs */
	uint16_t attr;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_msr) == 8, policy_msr_bytes);

enum mm_policy_instruction {
	MM_POLICY_CLI = 0,
	MM_POLICY_WBINVD = 1,
	MM_POLICY_HLT = 2,
};
#define MM_POLICY_INSTRUCTION_COUNT 3u

struct mm_policy_wire_instruction {
	uint16_t index;	   /* enum mm_policy_instruction */
	uint16_t attr;	   /* MM_POLICY_EXECUTE */
	uint32_t reserved; /* 0 */
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_instruction) == 8, policy_instruction_bytes);

enum mm_policy_save_field {
	MM_POLICY_SAVE_RAX = 0,
	MM_POLICY_SAVE_IO_TRAP = 1,
};
#define MM_POLICY_SAVE_FIELD_COUNT 2u

enum mm_policy_condition {
	MM_POLICY_ALWAYS = 0,
	MM_POLICY_IF_IO_READ = 1,  /* the CPU trapped on an IN */
	MM_POLICY_IF_IO_WRITE = 2, /* the CPU trapped on an OUT */
};

struct mm_policy_wire_save_state {
	uint32_t field; /* enum mm_policy_save_field */
	uint32_t attr;
	uint32_t condition; /* enum mm_policy_condition */
	uint32_t reserved;  /* 0 */
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_save_state) == 0x10, policy_save_state_bytes);

/*
 * The extension. It begins at the v1.0 part's `bytes`, rounded up to 8; what reads only v1.0 never sees it.
 * Offsets count from the start of the extension; tables follow each other in the order of the fields,
 * without gaps; the string table comes last and is padded with zeroes to 8 bytes. String references are byte
 * offsets into the string table; offset 0 is always the empty string. `crc32` is the CRC-32 of IEEE 802.3
 * over the whole extension with the crc32 field taken as zero.
 */
#define MM_POLICY_EXT_MAGIC	    0x58504652u /* "RFPX" */
#define MM_POLICY_EXT_VERSION_MAJOR 1u
#define MM_POLICY_EXT_VERSION_MINOR 0u

enum mm_policy_violation {
	MM_POLICY_QUARANTINE = 0,
	MM_POLICY_RESET = 1,
	MM_POLICY_HALT = 2,
};

enum mm_policy_unblock {
	MM_POLICY_UNBLOCK_HOB_ONLY = 0,
	MM_POLICY_UNBLOCK_UNTIL_LOCK = 1,
};

/* Protections the platform may declare mandatory: a boot that lacks one is refused. */
#define MM_POLICY_PROTECT_NX	   0x00000001u
#define MM_POLICY_PROTECT_WP	   0x00000002u
#define MM_POLICY_PROTECT_SMEP	   0x00000004u
#define MM_POLICY_PROTECT_SMAP	   0x00000008u
#define MM_POLICY_PROTECT_UMIP	   0x00000010u
#define MM_POLICY_PROTECT_SMRAM	   0x00000020u /* SMRR, AMD SMMADDR/SMMMASK or a locked TSEG */
#define MM_POLICY_PROTECT_CODE	   0x00000040u /* SMM code-access check */
#define MM_POLICY_PROTECT_SPEC	   0x00000080u /* side-channel barriers the CPU asks for */
#define MM_POLICY_PROTECT_WATCHDOG 0x00000100u
#define MM_POLICY_PROTECT_IOMMU	   0x00000200u /* DMA into MMRAM is blocked */
#define MM_POLICY_PROTECT_ALL	   0x000003ffu

/* Waivers and options of the whole platform. */
#define MM_POLICY_FLAG_WAIVE_RSM_BYTES 0x00000001u /* images may hold RSM or SYSENTER bytes */
#define MM_POLICY_FLAG_RUNTIME_DEBUG   0x00000002u /* requests of class runtime-debug are answered */
#define MM_POLICY_FLAG_ALL	       0x00000003u

struct mm_policy_wire_table {
	uint32_t offset;
	uint32_t count; /* of records; of bytes for the string table */
};

struct mm_policy_wire_extension {
	uint32_t magic;
	uint16_t version_minor;
	uint16_t version_major;
	uint32_t bytes; /* the whole extension, a multiple of 8 */
	uint32_t crc32;
	uint8_t violation;	   /* enum mm_policy_violation */
	uint8_t unblock;	   /* enum mm_policy_unblock */
	uint8_t isolation_level;   /* 0 not declared, or 10, 20, 30 */
	uint8_t reserved8;	   /* 0 */
	uint32_t protections;	   /* MM_POLICY_PROTECT_* that are mandatory */
	uint32_t flags;		   /* MM_POLICY_FLAG_* */
	uint16_t quarantine_after; /* violations of one driver before it is quarantined; at least 1 */
	uint16_t restart_limit;	   /* restarts of one domain before it stays down */
	struct mm_policy_wire_table reasons;
	struct mm_policy_wire_table domains;
	struct mm_policy_wire_table drivers;
	struct mm_policy_wire_table grants;
	struct mm_policy_wire_table routes;
	struct mm_policy_wire_table aborts;
	struct mm_policy_wire_table strings;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_extension) == 0x58, policy_extension_bytes);
MM_STATIC_ASSERT(offsetof(struct mm_policy_wire_extension, protections) == 0x14, policy_extension_protections);
MM_STATIC_ASSERT(offsetof(struct mm_policy_wire_extension, reasons) == 0x20, policy_extension_tables);

/* Why a v1.0 entry exists. Sorted by type, then entry; at most one per entry. */
struct mm_policy_wire_reason {
	uint32_t type;	/* enum mm_policy_type */
	uint32_t entry; /* index within its root */
	uint32_t text;	/* string */
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_reason) == 0x10, policy_reason_bytes);

#define MM_POLICY_DOMAIN_ROOTS_SUFFICE 0x00000001u /* its drivers get all that the roots grant */
#define MM_POLICY_DOMAIN_RESTARTABLE   0x00000002u
#define MM_POLICY_DOMAIN_FLAGS	       0x00000003u

/* A domain; its id is its place in the table. Domain 0 is where drivers go that no domain names. */
struct mm_policy_wire_domain {
	uint32_t name; /* string */
	uint32_t flags;
	uint32_t page_quota;	   /* 4 KiB pages; 0 no limit of its own */
	uint32_t budget_us;	   /* per activation; 0 the platform's default */
	uint32_t budget_smi_us;	   /* per SMI; 0 none */
	uint32_t budget_second_us; /* per second; 0 none */
	uint64_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_domain) == 0x20, policy_domain_bytes);

#define MM_POLICY_DRIVER_RESTARTABLE 0x00000001u
#define MM_POLICY_DRIVER_FLAGS	     0x00000001u

/* Sorted by the bytes of the GUID; one row per driver. */
struct mm_policy_wire_driver {
	uint8_t guid[16]; /* the driver's file in the volume */
	uint32_t domain;
	uint32_t name; /* string */
	uint32_t flags;
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_driver) == 0x20, policy_driver_bytes);

#define MM_POLICY_OWNER_DRIVER 0x80000000u /* owner is a driver index, else a domain id */

/* A right of one driver or one domain. It never exceeds the roots and the floor: it selects from them. */
struct mm_policy_wire_grant {
	uint32_t owner;
	uint16_t type; /* MEMORY, PORT or MSR */
	uint16_t attr; /* READ, WRITE; for ports also STRICT_WIDTH */
	uint64_t base;
	uint64_t length; /* bytes, ports or MSRs; with STRICT_WIDTH the width in bytes */
	uint32_t reason; /* string */
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_grant) == 0x20, policy_grant_bytes);

/* Messages with this GUID go to this domain. Sorted by the bytes of the GUID. */
struct mm_policy_wire_route {
	uint8_t guid[16];
	uint32_t domain;
	uint32_t reserved;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_route) == 0x18, policy_route_bytes);

/* One write performed when the driver is quarantined, in table order. */
struct mm_policy_wire_abort {
	uint32_t driver; /* index */
	uint16_t type;	 /* MEMORY or PORT */
	uint16_t width;	 /* bytes: 1, 2, 4, or 8 for memory */
	uint64_t address;
	uint64_t value;
};
MM_STATIC_ASSERT(sizeof(struct mm_policy_wire_abort) == 0x18, policy_abort_bytes);
