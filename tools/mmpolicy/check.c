/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What is sound but suspicious: grants that the floor voids, grants that the roots do not cover, entries whose
 * EXECUTE bit means nothing, missing roots, and what the supervisor does not enforce yet.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "mm/policy/floor.h"
#include "mm/policy/gate.h"
#include "mmpolicy.h"

struct checker {
	const struct options *options;
	const struct loaded *loaded;
	uint32_t warnings;
};

/* One warning; `type` 0 when it is about no entry. */
__attribute__((format(printf, 4, 5))) static void warn(struct checker *c, uint32_t type, uint32_t entry,
						       const char *format, ...)
{
	char node[MM_POLICY_FDT_PATH_BYTES] = "";
	char line[512] = "";
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (type != 0 && c->loaded->dtb.data != NULL &&
	    mm_policy_fdt_find_entry(mm_bytes(c->loaded->dtb.data, c->loaded->dtb.bytes), (enum mm_policy_type)type,
				     entry, node) == MM_OK)
		locate_node(c->options, c->loaded->path, node, "", line, sizeof(line));
	if (c->options->json) {
		printf("%s{\"place\": ", c->warnings == 0 ? "" : ", ");
		print_quoted(stdout, line);
		printf(", \"node\": ");
		print_quoted(stdout, node);
		printf(", \"text\": ");
		print_quoted(stdout, text);
		printf("}");
	} else {
		printf("%s: %s%swarning: %s\n", line[0] != 0 ? line : c->loaded->path, node, node[0] != 0 ? ": " : "",
		       text);
	}
	c->warnings++;
}

static struct mm_policy_floor floor_of(uint32_t type)
{
	if (type == MM_POLICY_PORT)
		return mm_policy_floor_ports();
	return type == MM_POLICY_MSR ? mm_policy_floor_msrs() : mm_policy_floor_physical();
}

static void check_floor(struct checker *c, const struct mm_policy_entry *entry, uint32_t index)
{
	const struct mm_policy_floor_row *row =
		mm_policy_floor_find(floor_of(entry->type), entry->base, entry->base + entry->length - 1u, entry->attr);
	char text[ENTRY_BYTES];
	char range[RANGE_BYTES];

	if (row == NULL)
		return;
	if (entry->type == MM_POLICY_PORT && (entry->attr & MM_POLICY_STRICT_WIDTH) != 0 &&
	    mm_policy_floor_find_port((uint32_t)entry->base, (uint32_t)entry->length, entry->attr) == NULL)
		return;
	warn(c, entry->type, index, "%s: the floor voids %s (%s)", entry_text(entry, text),
	     range_text(row->first, row->last, range), row->reason);
}

static void check_entry(struct checker *c, const struct mm_policy_entry *entry, uint32_t index)
{
	bool allow = c->loaded->policy.lists[entry->type].kind == MM_POLICY_ALLOW_LIST;
	char text[ENTRY_BYTES];

	if (entry->type == MM_POLICY_INSTRUCTION || entry->type == MM_POLICY_SAVE_STATE)
		return;
	if (allow)
		check_floor(c, entry, index);
	if (allow && entry->type != MM_POLICY_MEMORY && (entry->attr & MM_POLICY_EXECUTE) != 0)
		warn(c, entry->type, index, "%s: execute means nothing here", entry_text(entry, text));
}

static void check_roots(struct checker *c)
{
	uint32_t type;
	uint32_t i;

	for (type = MM_POLICY_MEMORY; type <= MM_POLICY_SAVE_STATE; type++) {
		const struct mm_policy_list *list = &c->loaded->policy.lists[type];
		struct mm_policy_entry entry;

		if (!list->present)
			warn(c, 0, 0, "no %s root: %s", mm_policy_type_name((enum mm_policy_type)type),
			     type == MM_POLICY_MEMORY ? "nothing is mapped and fetching the policy fails"
						      : "every such access is denied");
		for (i = 0; mm_policy_entry_at(&c->loaded->policy, (enum mm_policy_type)type, i, &entry) == MM_OK; i++)
			check_entry(c, &entry, i);
	}
}

static void check_configuration(struct checker *c)
{
	if (mm_policy_gate_port(&c->loaded->policy, 0xcf8, 4, MM_POLICY_WRITE) == MM_OK &&
	    mm_policy_gate_port(&c->loaded->policy, 0xcfc, 4, MM_POLICY_WRITE) == MM_OK)
		warn(c, 0, 0, "ports 0xcf8 and 0xcfc may be written: every device can be reconfigured");
}

/* Does the root grant what the grant selects? The first unit is asked for ranges, the exact access when strict. */
static enum mm_status ask_roots(const struct mm_policy *policy, const struct mm_policy_grant *grant)
{
	uint32_t access = grant->attr & (MM_POLICY_READ | MM_POLICY_WRITE);

	if (grant->type == MM_POLICY_MEMORY)
		return mm_policy_gate_memory(policy, grant->base, grant->length, access);
	if (grant->type == MM_POLICY_PORT && (grant->attr & MM_POLICY_STRICT_WIDTH) != 0)
		return mm_policy_gate_port(policy, (uint32_t)grant->base, (uint32_t)grant->length, access);
	if (grant->type == MM_POLICY_PORT)
		return mm_policy_gate_port_range(policy, (uint32_t)grant->base, (uint32_t)grant->length, access);
	return MM_OK;
}

static enum mm_status ask_msrs(const struct mm_policy *policy, const struct mm_policy_grant *grant)
{
	enum mm_status status = MM_OK;
	uint64_t i;

	for (i = 0; i < grant->length && status == MM_OK; i++)
		status = mm_policy_gate_msr(policy, (uint32_t)(grant->base + i),
					    grant->attr & (MM_POLICY_READ | MM_POLICY_WRITE));
	return status;
}

static void check_grants(struct checker *c)
{
	struct mm_policy_grant grant;
	char range[RANGE_BYTES];
	uint32_t i;

	for (i = 0; mm_policy_grant_at(&c->loaded->policy, i, &grant) == MM_OK; i++) {
		enum mm_status status = grant.type == MM_POLICY_MSR ? ask_msrs(&c->loaded->policy, &grant)
								    : ask_roots(&c->loaded->policy, &grant);

		if (status != MM_OK)
			warn(c, 0, 0, "grant %" PRIu32 ", %s %s: void, at least in part: %s", i,
			     mm_policy_type_name(grant.type),
			     range_text(grant.base, grant.base + grant.length - 1u, range), mm_status_text(status));
	}
}

static void check_aborts(struct checker *c)
{
	struct mm_policy_abort write;
	uint32_t i;

	for (i = 0; mm_policy_abort_at(&c->loaded->policy, i, &write) == MM_OK; i++) {
		enum mm_status status =
			write.type == MM_POLICY_PORT
				? mm_policy_gate_driver_port(&c->loaded->policy, write.driver, (uint32_t)write.address,
							     write.width, MM_POLICY_WRITE)
				: mm_policy_gate_driver_memory(&c->loaded->policy, write.driver, write.address,
							       write.width, MM_POLICY_WRITE);

		if (status != MM_OK)
			warn(c, 0, 0, "on-abort write to %s 0x%" PRIx64 ": will not be made: %s",
			     mm_policy_type_name(write.type), write.address, mm_status_text(status));
	}
}

static void check_enforced(struct checker *c)
{
	uint32_t missing = mm_policy_used_features(&c->loaded->policy) & ~(uint32_t)MM_POLICY_FEATURES_ENFORCED;
	uint32_t bit;

	for (bit = 0; bit < MM_POLICY_FEATURE_COUNT; bit++) {
		if ((missing >> bit & 1u) != 0)
			warn(c, 0, 0, "%s: understood, but not enforced by the supervisor yet",
			     mm_policy_feature_name(bit));
	}
}

int verb_check(const struct options *options)
{
	struct loaded loaded;
	struct checker c = { options, &loaded, 0 };
	int code = policy_load(options, options->inputs[0], 0, &loaded);

	if (code != EXIT_DONE)
		return code;
	if (options->json)
		printf("{\"sound\": true, \"warnings\": [");
	check_roots(&c);
	check_configuration(&c);
	check_grants(&c);
	check_aborts(&c);
	check_enforced(&c);
	if (options->json)
		printf("]}\n");
	else
		printf("%s: sound, %" PRIu32 " warning%s\n", loaded.path, c.warnings, c.warnings == 1 ? "" : "s");
	policy_unload(&loaded);
	return EXIT_DONE;
}
