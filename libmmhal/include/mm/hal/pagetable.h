/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The page-table editor: x86-64 4- and 5-level trees with 4 KiB, 2 MiB and 1 GiB leaves (Intel SDM vol. 3, 4.5).
 * Pure: it knows no CR3, flushes no TLB and reaches table pages and their entries only through ops. One root, one
 * editor, one writer at a time (the owner serialises).
 *
 * Every change is prepared, then committed. Preparing may fail (bad range, no table pages) and changes no
 * translation; committing and abandoning cannot fail. What a plan reserves suffices whatever other plans are
 * committed first, so several can be prepared and then committed in any order.
 *
 * Translations that a commit removes or narrows stay in TLBs until the caller flushes. Tables that a commit
 * unlinks are retired, neither reused nor emptied, because paging-structure caches may still walk them;
 * mm_hal_pagetable_flushed() says that no CPU can any more.
 *
 * Rights are granted by leaves: directory entries are present and writable, user if anything below is, never
 * execute-disable. An adopted tree may restrict in directories; a commit that must grant more pushes the restriction
 * down to the siblings first. Accessed and dirty are pre-set everywhere, so the CPU never writes a table.
 */
#include <stdbool.h>
#include <stdint.h>

#include "mm/base/addr.h"
#include "mm/base/region.h"
#include "mm/base/status.h"

/* Attributes of a page; 0 is absent, and no other bit means anything without MM_HAL_PAGE_PRESENT. */
#define MM_HAL_PAGE_PRESENT  0x01u
#define MM_HAL_PAGE_WRITE    0x02u
#define MM_HAL_PAGE_EXECUTE  0x04u
#define MM_HAL_PAGE_USER     0x08u
#define MM_HAL_PAGE_UNCACHED 0x10u
#define MM_HAL_PAGE_ALL	     0x1fu

/* Common combinations. */
#define MM_HAL_PAGE_R  MM_HAL_PAGE_PRESENT
#define MM_HAL_PAGE_RW (MM_HAL_PAGE_PRESENT | MM_HAL_PAGE_WRITE)
#define MM_HAL_PAGE_RX (MM_HAL_PAGE_PRESENT | MM_HAL_PAGE_EXECUTE)

struct mm_hal_pagetable;

struct mm_hal_pagetable_ops {
	/* A 4 KiB page for a table, contents arbitrary. MM_OK or MM_E_NO_MEMORY, MM_E_QUOTA. */
	enum mm_status (*get_page)(struct mm_hal_pagetable *self, struct mm_pa *ret_page);
	/* Takes back a page from get_page() (or, in an adopted tree, a table found in it). */
	void (*put_page)(struct mm_hal_pagetable *self, struct mm_pa page);
	/* The 512 entries of a table page, readable; NULL if `page` cannot be a table. Pure: same page, same
	 * answer. */
	const uint64_t *(*map_table)(struct mm_hal_pagetable *self, struct mm_pa page);
	/* Stores one entry with a single 8-byte store; the place to open a write-protected page. */
	void (*write_entry)(struct mm_hal_pagetable *self, const uint64_t *entry, uint64_t value);
};

struct mm_hal_pagetable_config {
	const struct mm_hal_pagetable_ops *ops;
	uint8_t levels;		  /* 4 or 5 */
	uint8_t pa_bits;	  /* 32..52: what CPUID 0x80000008 reports */
	bool can_1gib;		  /* the CPU has 1 GiB pages */
	bool can_execute_disable; /* EFER.NXE will be set; without it every page is executable */
	bool merge;		  /* a commit joins 512 equal, contiguous leaves into a larger one */
	uint32_t spare_keep;	  /* free table pages to hold on to rather than give back */
};

/* A list of table pages chained through bits of their first entries that the CPU ignores. */
struct mm_hal_pagetable_chain {
	struct mm_pa head;
	uint64_t count;
};

struct mm_hal_pagetable {
	const struct mm_hal_pagetable_ops *ops;
	/* private: */
	struct mm_hal_pagetable_config config;
	struct mm_pa root; /* 0: none */
	struct mm_hal_pagetable_chain spare;
	struct mm_hal_pagetable_chain retired;
	uint64_t reserved;    /* spare pages promised to plans */
	uint64_t table_count; /* tables linked by this editor, root included */
};

enum mm_hal_pagetable_action {
	MM_HAL_PAGETABLE_MAP,	  /* the range translates to pa.. with exactly these attributes, whatever was there */
	MM_HAL_PAGETABLE_UNMAP,	  /* the range is absent */
	MM_HAL_PAGETABLE_PROTECT, /* present pages of the range get these attributes; absent ones stay absent */
};

struct mm_hal_pagetable_change {
	enum mm_hal_pagetable_action action;
	struct mm_region range; /* linear addresses, page-aligned, not empty */
	struct mm_pa pa;	/* MAP only: where the range starts */
	uint32_t attributes;	/* MAP, PROTECT: MM_HAL_PAGE_*, PRESENT included */
	bool small_only;	/* MAP: 4 KiB leaves, for ranges about to be cut up */
};

/* A prepared change; commit or abandon it exactly once. Private. */
struct mm_hal_pagetable_plan {
	struct mm_hal_pagetable_change change;
	uint64_t start;	     /* the range without its sign extension */
	unsigned leaf_level; /* MAP: the largest leaf to use */
	uint64_t reserved;   /* table pages promised */
};

/* Equal, contiguous translations. */
struct mm_hal_pagetable_run {
	uint64_t va; /* canonical */
	struct mm_pa pa;
	uint64_t bytes;
	uint32_t attributes; /* effective: the weakest right of all levels */
};

/*
 * Makes an empty tree with a root page from `config->ops`, which may find their own object around
 * `ret_pagetable` (MM_CONTAINER_OF). Caller's memory, filled in place; after a failure there is nothing to finish.
 * MM_OK; MM_E_INVALID for a config out of range, an empty ops slot or a page that cannot be a table; what get_page()
 * answers.
 */
enum mm_status mm_hal_pagetable_init(const struct mm_hal_pagetable_config *config,
				     struct mm_hal_pagetable *ret_pagetable);

/*
 * Takes over an existing tree, for instance the one init built. It is walked once and checked; it must be a tree
 * (no table linked twice).
 * MM_OK; MM_E_INVALID as above; MM_E_MISALIGNED root; MM_E_CORRUPT for an entry this editor cannot edit (reserved,
 * PAT or global bits, unreachable table, large page where none can be).
 */
enum mm_status mm_hal_pagetable_adopt(const struct mm_hal_pagetable_config *config, struct mm_pa root,
				      struct mm_hal_pagetable *ret_pagetable);

/* Gives back every table, spare and retired page. No CPU uses the tree and no plan is open. Accepts a zeroed object. */
void mm_hal_pagetable_finish(struct mm_hal_pagetable *self);

/* What CR3 needs. */
struct mm_pa mm_hal_pagetable_root(const struct mm_hal_pagetable *self);

/*
 * Checks a change and reserves the table pages it may need. On MM_OK the plan must be committed or abandoned.
 * MM_OK; MM_E_INVALID (empty range, unknown attribute, no PRESENT, 0 attributes for PROTECT, unknown action);
 * MM_E_MISALIGNED; MM_E_OVERFLOW (range not canonical or wraps, pa beyond pa_bits); what get_page() answers.
 */
enum mm_status mm_hal_pagetable_prepare(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change,
					struct mm_hal_pagetable_plan *ret_plan);

/* Carries the change out. The plan is used up. */
void mm_hal_pagetable_commit(struct mm_hal_pagetable *self, struct mm_hal_pagetable_plan *plan);

/* Gives up the reservation. The plan is used up. */
void mm_hal_pagetable_abandon(struct mm_hal_pagetable *self, struct mm_hal_pagetable_plan *plan);

/* Prepare and commit in one. Statuses as mm_hal_pagetable_prepare(). */
enum mm_status mm_hal_pagetable_apply(struct mm_hal_pagetable *self, const struct mm_hal_pagetable_change *change);

/* The three changes, as mm_hal_pagetable_apply(). */
enum mm_status mm_hal_pagetable_map(struct mm_hal_pagetable *self, struct mm_region range, struct mm_pa pa,
				    uint32_t attributes);
enum mm_status mm_hal_pagetable_unmap(struct mm_hal_pagetable *self, struct mm_region range);
enum mm_status mm_hal_pagetable_protect(struct mm_hal_pagetable *self, struct mm_region range, uint32_t attributes);

/*
 * Every CPU has flushed its TLB since the last commit: retired tables become spare, and spare pages beyond
 * `spare_keep` and the open plans go back through put_page().
 */
void mm_hal_pagetable_flushed(struct mm_hal_pagetable *self);

/*
 * The run of one page: its translation, at the size of the leaf that makes it (va, pa and bytes are the leaf's).
 * Absent or not canonical: attributes 0, `va` the page, `bytes` one page.
 */
struct mm_hal_pagetable_run mm_hal_pagetable_query(struct mm_hal_pagetable *self, uint64_t va);

/*
 * True if every page of the non-empty range is present, has all attributes of `required` and none of `forbidden`
 * (effective). The gate's question; cost is one step per leaf. A range that wraps or leaves the canonical half: false.
 */
bool mm_hal_pagetable_range_has(struct mm_hal_pagetable *self, struct mm_region range, uint32_t required,
				uint32_t forbidden);

/* Called with each run, ascending; MM_OK goes on, anything else ends the walk with that status. */
typedef enum mm_status mm_hal_pagetable_visit(void *context, const struct mm_hal_pagetable_run *run);

/*
 * Visits the maximal runs of the present part of `range` (bytes UINT64_MAX from base 0: everything), joined across
 * leaves and levels. The tree must not change meanwhile. MM_OK or what `visit` answered.
 */
enum mm_status mm_hal_pagetable_walk(struct mm_hal_pagetable *self, struct mm_region range,
				     mm_hal_pagetable_visit *visit, void *context);

/* Called with each page the editor owns: tables (root first), spare and retired. */
typedef enum mm_status mm_hal_pagetable_visit_table(void *context, struct mm_pa page);

/* Visits them, for instance to make them read-only for good. MM_OK or what `visit` answered. */
enum mm_status mm_hal_pagetable_walk_tables(struct mm_hal_pagetable *self, mm_hal_pagetable_visit_table *visit,
					    void *context);

/*
 * The invariant walker of tests: entries as this editor writes or accepts them, table count right, chains intact and
 * long enough for the open plans. MM_OK or MM_E_CORRUPT.
 */
enum mm_status mm_hal_pagetable_check(struct mm_hal_pagetable *self);
