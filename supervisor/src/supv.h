/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The supervisor's objects. One CPU runs ring 3 at a time (the monarch of the current SMI), so everything in
 * struct mm_supv_state but the run word and the per-CPU public parts belongs to the monarch and needs no lock.
 *
 * struct mm_supv_wiring   set at the first SMI, then mapped read-only: interfaces, tables, facts
 * struct mm_supv_state    what changes: modules, domain, channels, counters, records
 * struct mm_supv_cpu      one per CPU: a private part, and a public part that the monarch reads
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/guid.h"
#include "mm/abi/syscall.h"
#include "mm/alloc/pages.h"
#include "mm/base/addr.h"
#include "mm/base/region.h"
#include "mm/base/status.h"
#include "mm/hal/console.h"
#include "mm/hal/cpu.h"
#include "mm/hal/io.h"
#include "mm/hal/lapic.h"
#include "mm/hal/mem.h"
#include "mm/hal/pagetable.h"
#include "mm/hal/time.h"
#include "mm/hal/user.h"
#include "mm/policy/policy.h"

#include "frames.h"

#define MM_SUPV_CPU_MAX		   256u
#define MM_SUPV_DEPTH_MAX	   8u
#define MM_SUPV_MODULE_MAX	   64u
#define MM_SUPV_MODULE_SECTION_MAX 12u
#define MM_SUPV_RING0_STACK_BYTES  0x4000u
#define MM_SUPV_USER_STACK_BYTES   0x4000u
#define MM_SUPV_RECORD_COUNT	   64u
#define MM_SUPV_DOMAIN_QUOTA_PAGES 1024u /* 4 MiB */

/* Module 0 is the domain's user core; the drivers follow in the order of their HOBs. */
#define MM_SUPV_MODULE_USER_CORE 0u

struct mm_supv_state;
struct mm_supv_cpu;
struct mm_supv_memory; /* memory.h */

/* One executable image of ring 3. */
struct mm_supv_module {
	struct mm_guid guid;
	struct mm_region image; /* linear = physical */
	uint64_t entry;
	uint32_t faults;
};

/* What ran, or was to run, in ring 3. */
enum mm_supv_activation_kind {
	MM_SUPV_START,
	MM_SUPV_REQUEST,
	MM_SUPV_INVOKE,
};

struct mm_supv_activation {
	struct mm_supv_fx parent_fx;
	struct mm_supv_user_resume parent; /* of the code that this activation suspended; unused at depth 0 */
	struct mm_domain *domain;
	uint64_t generation;
	uint64_t deadline; /* ticks of this CPU within this SMI; 0: none */
	enum mm_supv_activation_kind kind;
	uint16_t module;
};

/*
 * The owner of every resource of ring 3 (docs/house.md, domains). Addresses are linear addresses of this domain's
 * root; nothing of it is reached but through the user window.
 */
struct mm_domain {
	uint16_t id;
	uint16_t owner; /* of its pages, towards the page allocator */
	bool started;	/* its user core has answered START */
	bool failed;	/* its user core faulted while starting: it is not entered again */
	struct mm_pa root;
	uint64_t generation;
	uint64_t page_quota;
	struct mm_user_va entry; /* of its user core */
	struct mm_user_va hobs;
	struct mm_user_va shared;
	struct mm_region fixed;	 /* HOB copy, shared page, shadow, stacks: the domain's for life */
	struct mm_region shadow; /* of the message */
	uint64_t shadow_high_water;
	uint64_t root_handlers; /* as its user core said last */
	struct mm_user_va stack_top[MM_SUPV_DEPTH_MAX];
};

/* A mailbox outside MMRAM: everything in it may change at any time. */
struct mm_supv_channel {
	volatile uint8_t *buffer;
	volatile uint8_t *status;
	uint64_t bytes; /* 0: the channel does not exist */
};

enum mm_supv_record_kind {
	MM_SUPV_RECORD_FAULT = 1,
	MM_SUPV_RECORD_DENIED,
	MM_SUPV_RECORD_MALFORMED,
	MM_SUPV_RECORD_MISSING_CPU,
	MM_SUPV_RECORD_BAD_MESSAGE,
};

/* What may leave MM about an event (docs/house.md): no register value, no absolute address, no message byte. */
struct mm_supv_record {
	uint32_t kind;
	uint16_t cpu;
	uint16_t module;
	uint32_t detail;  /* vector, system call number or status, by kind */
	uint32_t offset;  /* in the module's image, or MM_SUPV_OFFSET_NONE */
	uint64_t subject; /* port, MSR or CPU */
};

#define MM_SUPV_OFFSET_NONE UINT32_MAX

struct mm_supv_counters {
	uint64_t smis;
	uint64_t requests;
	uint64_t faults;
	uint64_t denials;
	uint64_t bad_messages;
	uint64_t missing_cpus;
};

/* Ring switches are assembly in the image and a script in tests. Neither entry returns. */
struct mm_supv_ring3_ops {
	void (*enter)(struct mm_supv_cpu *cpu, const struct mm_supv_user_entry *entry);
	void (*resume)(struct mm_supv_cpu *cpu, const struct mm_supv_user_resume *resume);
	void (*fx_save)(struct mm_supv_fx *ret_fx);
	void (*fx_restore)(const struct mm_supv_fx *fx);
	void (*leave)(struct mm_supv_cpu *cpu);
	void (*write_back_caches)(void); /* WBINVD */
	/* Writes to pages that are read-only by design: page tables, and at boot the MMI entries' pointers. */
	void (*write_protected)(void *target, const void *data, size_t bytes);
};

struct mm_supv_wiring {
	uint8_t gates[4096] __attribute__((aligned(4096))); /* the IDT of all CPUs */
	uint8_t has_smap;				    /* read by the trap entries */
	const struct mm_supv_ring3_ops *ring3;
	uint64_t syscall_entry; /* for LSTAR */
	struct mm_hal_cpu *cpu;
	struct mm_hal_io *io;
	struct mm_hal_mem *mem;
	struct mm_hal_time *time;
	struct mm_hal_user *user;
	struct mm_hal_console *console;
	struct mm_hal_lapic *lapic;
	struct mm_pages *pages;
	struct mm_policy policy;
	struct mm_region policy_storage; /* of the decoded policy */
	uint64_t arrival_grace_ticks;	 /* before a late CPU is called by SMI IPI */
	uint64_t arrival_limit_ticks;	 /* before the run goes on without it */
	uint64_t missing_protections;	 /* enum mm_supv_protection bits */
};

/* The word that decides who leads: number of the run in the upper bits, phase in the lower two. */
struct mm_supv_run {
	_Atomic uint64_t word;
} __attribute__((aligned(64)));

struct mm_supv_state {
	struct mm_supv_cpu *cpus;
	uint64_t cpu_count;
	struct mm_supv_run run;
	struct mm_supv_wiring *wiring;
	struct mm_supv_memory *memory;
	struct mm_region image;	     /* of the supervisor itself */
	struct mm_region init_image; /* to be erased at the first SMI after boot; empty once it is */
	struct mm_supv_channel user_channel;
	struct mm_supv_channel supervisor_channel;
	struct mm_domain domain;
	bool locked;		 /* one way: no more unblocking, no more drivers */
	bool boot_services_over; /* one way */
	uint16_t module_count;
	struct mm_supv_module modules[MM_SUPV_MODULE_MAX];
	struct mm_supv_counters counters;
	uint64_t record_count; /* ever written; the ring holds the last MM_SUPV_RECORD_COUNT */
	struct mm_supv_record records[MM_SUPV_RECORD_COUNT];
};

/*
 * MSRs that ring 3 needs and the OS owns: loaded before the first entry into ring 3 of an SMI, put back after it. The
 * GS base is last: RSM puts that back.
 */
#define MM_SUPV_MSR_SWAPS      7u
#define MM_SUPV_MSR_SWAPS_BACK 6u

struct mm_supv_os_state {
	struct mm_hal_msr_swap msrs[MM_SUPV_MSR_SWAPS];
	uint64_t cr2;
};

struct mm_supv_cpu {
	/* private: this CPU only */
	struct mm_supv_cpu *self;
	uint64_t user_rsp;   /* scratch of the SYSCALL entry */
	uint64_t kernel_rsp; /* where ring 0's stack starts whenever ring 3 is left */
	uint64_t exit_rsp;   /* the MMI entry's frame, below which kernel_rsp lies */
	struct mm_supv_state *supv;
	uint64_t ready; /* this CPU has taken its first SMI */
	uint32_t index;
	uint32_t apic_id;
	bool demoted; /* os_state holds the OS's values */
	uint8_t depth;
	struct mm_supv_os_state os_state;
	uint64_t descriptors;	/* GDT and TSS page */
	uint64_t message_bytes; /* of the message in the shadow; 0: none */
	struct mm_supv_activation activations[MM_SUPV_DEPTH_MAX];

	/* public: the monarch reads and writes it; its own cache line */
	struct {
		_Atomic uint64_t joined; /* number of the run this CPU waits in, or 0 */
		_Atomic uint64_t absent; /* it did not come in time once and is not waited for until it is seen again */
		uint64_t smis;		 /* runs it has been counted in */
	} open __attribute__((aligned(64)));
} __attribute__((aligned(4096)));

static inline struct mm_supv_wiring *mm_supv_wiring_of(const struct mm_supv_cpu *cpu)
{
	return cpu->supv->wiring;
}
