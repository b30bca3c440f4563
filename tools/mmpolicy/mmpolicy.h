/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * The policy tool's own parts. A host program: it allocates, prints and exits; all judgement is in
 * libmmpolicy. Exit codes: 0 done, and the answer is yes where there is one; 1 the policy is refused, the
 * access is denied or the policies differ; 2 the command line or a file cannot be used.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "mm/policy/extension.h"
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
/* The same with a stream to print to, which close finishes; false with a message. */
struct output {
	FILE *stream;
	char *text;
	size_t bytes;
};
bool output_open(struct output *output);
bool output_close(struct output *output, const char *path);

/* Runs dtc on a source file and reads what it prints. `arguments` are those before the file's name. */
bool dtc_run(const char *dtc, const char *const *arguments, const char *path, struct blob *ret_blob);

/* Loads .dts, .dtb or binary; exit code. Complains on stderr. */
int policy_load(const struct options *options, const char *path, uint32_t convert_options, struct loaded *ret_loaded);
void policy_unload(struct loaded *loaded);

/* Complaints on stderr, naming file, line or node or offset, field, value and rule. */
void report_refusal(const struct options *options, const struct loaded *loaded, enum mm_status status,
		    const struct mm_refusal *refusal);
void report_source_error(const struct options *options, const char *path, enum mm_status status,
			 const struct mm_policy_fdt_error *error);

/* "FILE:LINE" of a node or, with a property's name, of that property in a source file; "" when dtc does not say. */
void locate_node(const struct options *options, const char *path, const char *node, const char *property,
		 char *ret_text, size_t capacity);

/* Texts. Static storage or the caller's buffer; never NULL. */
#define RIGHTS_BYTES 64u
const char *rights_text(uint32_t attr, char ret_text[RIGHTS_BYTES]); /* "read+write" */
const char *violation_text(enum mm_policy_violation violation);
const char *unblock_text(enum mm_policy_unblock unblock);
const char *instruction_text(uint64_t index);
const char *save_field_text(uint64_t field);
const char *condition_text(uint32_t condition);
/* "0x70" or "0x70..0x73". */
#define RANGE_BYTES 48u
const char *range_text(uint64_t first, uint64_t last, char ret_text[RANGE_BYTES]);
/* A whole entry in words: "port 0xcf8..0xcfb write strict-width". */
#define ENTRY_BYTES 192u
const char *entry_text(const struct mm_policy_entry *entry, char ret_text[ENTRY_BYTES]);

/* A whole text as a number, decimal or 0x. */
bool parse_number(const char *text, uint64_t *ret_value);

/* Prints with the escapes of JSON, of a device-tree string (which are the same here), or of HTML. */
void print_quoted(FILE *stream, const char *text);
void print_html(FILE *stream, const char *text);

/* The verbs. Each returns an exit code. */
int verb_compile(const struct options *options);
int verb_decompile(const struct options *options);
int verb_check(const struct options *options);
int verb_level(const struct options *options);
int verb_explain(const struct options *options);
int verb_diff(const struct options *options);
int verb_import_xml(const struct options *options);
int verb_show(const struct options *options);
