/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The policy tool's own parts. A host program: it allocates, prints and exits; all judgement is in
 * libmmpolicy. Exit codes: 0 done and nothing to complain about, 1 the policy is refused or differs, 2 the
 * command line or a file cannot be used.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mm/policy/policy.h"
#include "mm/policy_fdt/convert.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* What the command line said. Strings belong to argv. */
struct options {
	const char *inputs[2];
	int input_count;
	const char *output; /* -o */
	const char *dtc;    /* --dtc, the compiler to run on source files */
	const char *vendor; /* --vendor */
	const char *memory; /* --memory */
	const char *html;   /* --html */
	const char *policy; /* --policy */
	const char *driver; /* --driver */
	bool v1_only;
	bool json;
};

/* A file's content, allocated with 8-byte alignment; release with free(). */
struct blob {
	uint8_t *data;
	size_t bytes;
};

/* A decoded policy with everything it lives in. */
struct loaded {
	struct blob section; /* the bytes decoded */
	struct blob dtb;     /* the tree they came from; empty for a binary policy */
	const char *path;
	void *storage;
	struct mm_policy policy;
};

/* Reads a whole file; false with a message on stderr. */
bool file_read(const char *path, struct blob *ret_blob);
/* Writes it beside and renames it, so that no half file is left; "-" is standard output. */
bool file_write(const char *path, const void *data, size_t bytes);

/* Runs dtc on a source file and reads what it prints. `arguments` are those before the file's name. */
bool dtc_run(const char *dtc, const char *const *arguments, const char *path, struct blob *ret_blob);

/* Loads .dts, .dtb or binary; exit code. Complains on stderr. */
int policy_load(const struct options *options, const char *path, uint32_t convert_options, struct loaded *ret_loaded);
void policy_unload(struct loaded *loaded);

/* Complaints on stderr, naming file, node or offset, field, value and rule. */
void report_refusal(const struct loaded *loaded, enum mm_status status, const struct mm_refusal *refusal);
void report_source_error(const struct options *options, const char *path, enum mm_status status,
			 const struct mm_policy_fdt_error *error);

/* The verbs. Each returns an exit code. */
int verb_compile(const struct options *options);
