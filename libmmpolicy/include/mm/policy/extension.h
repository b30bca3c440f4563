/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * What the extension adds to a v1.0 policy: texts, domains, drivers with their grants, routes, and what is
 * written when a driver is quarantined. All of it was checked by mm_policy_decode_untrusted(); these are
 * lookups. A grant selects from what the roots give and never exceeds them or the floor.
 *
 * Without an extension, or with one that names no domains, there is one domain, its drivers get what the
 * roots grant, and every lookup answers MM_E_NOT_FOUND. Strings are printable ASCII, zero-terminated, never NULL,
 * and live as long as the policy. Pure, any context.
 */
#include "mm/base/guid.h"
#include "mm/policy/gate.h"
#include "mm/policy/policy.h"

/* Limits of the tables; a larger table is refused. */
#define MM_POLICY_DOMAINS_MAX 64u
#define MM_POLICY_DRIVERS_MAX 1024u
#define MM_POLICY_GRANTS_MAX  8192u
#define MM_POLICY_ROUTES_MAX  1024u
#define MM_POLICY_ABORTS_MAX  1024u

struct mm_policy_domain {
	const char *name;
	uint32_t flags;		   /* MM_POLICY_DOMAIN_* */
	uint32_t page_quota;	   /* 4 KiB pages; 0 no limit of its own */
	uint32_t budget_us;	   /* per activation; 0 the platform's default */
	uint32_t budget_smi_us;	   /* per SMI; 0 none */
	uint32_t budget_second_us; /* per second; 0 none */
};

struct mm_policy_driver {
	struct mm_guid guid; /* of the file in the volume */
	uint32_t domain;
	const char *name;
	uint32_t flags; /* MM_POLICY_DRIVER_* */
};

struct mm_policy_grant {
	uint32_t owner; /* domain id, or MM_POLICY_OWNER_DRIVER plus a driver index */
	enum mm_policy_type type;
	uint32_t attr;
	uint64_t base;
	uint64_t length;
	const char *reason;
};

struct mm_policy_abort {
	uint32_t driver;
	enum mm_policy_type type; /* MM_POLICY_MEMORY or MM_POLICY_PORT */
	uint32_t width;		  /* bytes */
	uint64_t address;
	uint64_t value;
};

/* MM_OK or MM_E_NOT_FOUND, for all of these. */
enum mm_status mm_policy_domain_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_domain *ret_domain);
enum mm_status mm_policy_driver_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_driver *ret_driver);
enum mm_status mm_policy_grant_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_grant *ret_grant);
enum mm_status mm_policy_abort_at(const struct mm_policy *policy, uint32_t index, struct mm_policy_abort *ret_abort);

/* O(log n) by GUID. MM_OK or MM_E_NOT_FOUND: the driver belongs to domain 0, the message to the default domain. */
enum mm_status mm_policy_find_driver(const struct mm_policy *policy, const struct mm_guid *guid, uint32_t *ret_index);
enum mm_status mm_policy_find_route(const struct mm_policy *policy, const struct mm_guid *guid, uint32_t *ret_domain);

/* Route `index` in the order of the table. */
enum mm_status mm_policy_route_at(const struct mm_policy *policy, uint32_t index, struct mm_guid *ret_guid,
				  uint32_t *ret_domain);

/* The reason text of entry `index` of the root of `type`; "" when the policy states none. Never NULL. */
const char *mm_policy_entry_reason(const struct mm_policy *policy, enum mm_policy_type type, uint32_t index);

/*
 * The gate for one driver: first floor and roots as in gate.h, then the driver's own grants and those of
 * its domain, whose union must cover the access byte by byte (strict grants: exactly port and width).
 * `driver` is an index of mm_policy_find_driver(), or MM_POLICY_NO_ENTRY for a driver that the policy does not name
 * (domain 0). Answers of the gate function, and MM_E_POLICY_NO_GRANT; MM_E_INVALID also for an unknown index.
 */
enum mm_status mm_policy_gate_driver_port(const struct mm_policy *policy, uint32_t driver, uint32_t port,
					  uint32_t bytes, uint32_t access);
enum mm_status mm_policy_gate_driver_msr(const struct mm_policy *policy, uint32_t driver, uint32_t msr,
					 uint32_t access);
enum mm_status mm_policy_gate_driver_memory(const struct mm_policy *policy, uint32_t driver, uint64_t base,
					    uint64_t bytes, uint32_t access);

/*
 * mm_policy_build_port_bitmap() for one domain: opens what the roots grant and every driver of the domain may
 * use. MM_OK; MM_E_NOT_FOUND (no such domain; domain 0 always exists). `ret_opened` may be NULL.
 */
enum mm_status mm_policy_build_domain_bitmap(const struct mm_policy *policy, uint32_t domain,
					     uint8_t ret_bitmap[MM_POLICY_PORT_BITMAP_BYTES], uint32_t *ret_opened);

/* What an extension may ask for beyond texts and the declared level; one bit each. */
enum mm_policy_feature {
	MM_POLICY_FEATURE_RESPONSE = 0x0001,	/* a violation response other than the default */
	MM_POLICY_FEATURE_UNBLOCK = 0x0002,	/* unblocking until the lock */
	MM_POLICY_FEATURE_PROTECTIONS = 0x0004, /* mandatory protections */
	MM_POLICY_FEATURE_RSM_WAIVER = 0x0008,
	MM_POLICY_FEATURE_DEBUG = 0x0010,   /* requests of class runtime-debug */
	MM_POLICY_FEATURE_COUNTS = 0x0020,  /* quarantine after several violations, restart limit */
	MM_POLICY_FEATURE_DOMAINS = 0x0040, /* more than one domain, or drivers assigned to one */
	MM_POLICY_FEATURE_GRANTS = 0x0080,  /* rights narrower than the roots */
	MM_POLICY_FEATURE_QUOTAS = 0x0100,
	MM_POLICY_FEATURE_BUDGETS = 0x0200,
	MM_POLICY_FEATURE_ROUTES = 0x0400,
	MM_POLICY_FEATURE_RESTARTS = 0x0800, /* restartable domains or drivers */
	MM_POLICY_FEATURE_ABORTS = 0x1000,   /* on-abort writes */
};
#define MM_POLICY_FEATURE_COUNT 13u

/*
 * What init and supervisor of this tree act on. The rest is decoded, validated and reported as not enforced, by
 * `mmpolicy check` and by the supervisor's boot report; whoever enforces more adds it here.
 */
#define MM_POLICY_FEATURES_ENFORCED (MM_POLICY_FEATURE_PROTECTIONS | MM_POLICY_FEATURE_RSM_WAIVER)

/* The features this policy makes use of. */
uint32_t mm_policy_used_features(const struct mm_policy *policy);

/* A few words for feature bit `bit`; "?" beyond MM_POLICY_FEATURE_COUNT. Never NULL. */
const char *mm_policy_feature_name(uint32_t bit);

/* Names of the MM_POLICY_PROTECT_* bits: "nx" for bit 0 and so on; "?" beyond MM_POLICY_PROTECTION_COUNT. */
#define MM_POLICY_PROTECTION_COUNT 10u
const char *mm_policy_protection_name(uint32_t bit);

/* The CRC-32 that belongs into the header of an extension of `count` bytes (at least its header). */
uint32_t mm_policy_extension_crc(const uint8_t *extension, size_t count);
