/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* A decoded policy as a source that compiles to the same bytes. */
#include <inttypes.h>
#include <string.h>

#include "mm/base/guid.h"
#include "mmpolicy.h"

static void print_access(FILE *out, uint32_t attr, const char *indent)
{
	static const struct {
		uint32_t bit;
		const char *word;
	} words[] = {
		{ MM_POLICY_READ, "read" },
		{ MM_POLICY_WRITE, "write" },
		{ MM_POLICY_EXECUTE, "execute" },
		{ MM_POLICY_COND_READ, "conditional-read" },
	};
	const char *separator = "";
	size_t i;

	fprintf(out, "%saccess = ", indent);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((attr & words[i].bit) == 0)
			continue;
		fprintf(out, "%s\"%s\"", separator, words[i].word);
		separator = ", ";
	}
	fprintf(out, ";\n");
	if ((attr & MM_POLICY_STRICT_WIDTH) != 0)
		fprintf(out, "%sstrict-width;\n", indent);
}

static void print_range(FILE *out, enum mm_policy_type type, uint64_t base, uint64_t length, const char *indent)
{
	if (type == MM_POLICY_MEMORY)
		fprintf(out, "%sregions = /bits/ 64 <0x%" PRIx64 " 0x%" PRIx64 ">;\n", indent, base, length);
	else
		fprintf(out, "%s%s = <0x%" PRIx64 " %" PRIu64 ">;\n", indent, type == MM_POLICY_PORT ? "ports" : "msrs",
			base, length);
}

static void print_reason(FILE *out, const char *reason, const char *indent)
{
	if (reason[0] == 0)
		return;
	fprintf(out, "%sreason = ", indent);
	print_quoted(out, reason);
	fprintf(out, ";\n");
}

static void print_entry(FILE *out, const struct mm_policy *policy, enum mm_policy_type type, uint32_t index)
{
	struct mm_policy_entry entry = { type, 0, 1, 0, 0 };

	if (mm_policy_entry_at(policy, type, index, &entry) != MM_OK)
		return;
	fprintf(out, "\t\tentry-%" PRIu32 " {\n", index);
	if (type == MM_POLICY_INSTRUCTION) {
		fprintf(out, "\t\t\tinstruction = \"%s\";\n", instruction_text(entry.base));
	} else if (type == MM_POLICY_SAVE_STATE) {
		fprintf(out, "\t\t\tfield = \"%s\";\n", save_field_text(entry.base));
		print_access(out, entry.attr, "\t\t\t");
		if (entry.condition != MM_POLICY_ALWAYS)
			fprintf(out, "\t\t\tcondition = \"%s\";\n", condition_text(entry.condition));
	} else {
		print_range(out, type, entry.base, entry.length, "\t\t\t");
		print_access(out, entry.attr, "\t\t\t");
	}
	print_reason(out, mm_policy_entry_reason(policy, type, index), "\t\t\t");
	fprintf(out, "\t\t};\n");
}

/* Roots in the order of their table, because that is the order of their nodes. */
static void print_roots(FILE *out, const struct mm_policy *policy)
{
	static const char *const nodes[] = { "", "memory", "io", "msr", "instruction", "save-state" };
	uint32_t place;
	uint32_t type;
	uint32_t i;

	for (place = 0; place < MM_POLICY_TYPE_COUNT; place++) {
		for (type = MM_POLICY_MEMORY; type <= MM_POLICY_SAVE_STATE; type++) {
			const struct mm_policy_list *list = &policy->lists[type];

			if (!list->present || list->root != place)
				continue;
			fprintf(out, "\n\t%s {\n\t\t%s;\n", nodes[type],
				list->kind == MM_POLICY_ALLOW_LIST ? "allow-list" : "deny-list");
			for (i = 0; i < list->count; i++)
				print_entry(out, policy, (enum mm_policy_type)type, i);
			fprintf(out, "\t};\n");
		}
	}
}

/* Every setting is written, so that the extension comes back even when it says nothing else. */
static void print_settings(FILE *out, const struct mm_policy_settings *s)
{
	const char *separator = "";
	uint32_t bit;

	if (s->isolation_level != 0)
		fprintf(out, "\tisolation-level = <%" PRIu32 ">;\n", s->isolation_level);
	fprintf(out, "\tviolation = \"%s\";\n\tunblock = \"%s\";\n", violation_text(s->violation),
		unblock_text(s->unblock));
	if (s->protections != 0) {
		fprintf(out, "\tmandatory-protections = ");
		for (bit = 0; bit < MM_POLICY_PROTECTION_COUNT; bit++) {
			if ((s->protections >> bit & 1u) == 0)
				continue;
			fprintf(out, "%s\"%s\"", separator, mm_policy_protection_name(bit));
			separator = ", ";
		}
		fprintf(out, ";\n");
	}
	fprintf(out, "\tquarantine-after = <%" PRIu32 ">;\n\trestart-limit = <%" PRIu32 ">;\n", s->quarantine_after,
		s->restart_limit);
	if ((s->flags & MM_POLICY_FLAG_WAIVE_RSM_BYTES) != 0)
		fprintf(out, "\twaive-rsm-bytes;\n");
	if ((s->flags & MM_POLICY_FLAG_RUNTIME_DEBUG) != 0)
		fprintf(out, "\truntime-debug;\n");
}

static void print_grants(FILE *out, const struct mm_policy *policy, uint32_t owner, const char *indent)
{
	struct mm_policy_grant grant;
	char inner[16];
	uint32_t i;
	uint32_t printed = 0;

	(void)snprintf(inner, sizeof(inner), "%s\t\t", indent);
	for (i = 0; mm_policy_grant_at(policy, i, &grant) == MM_OK; i++) {
		if (grant.owner != owner)
			continue;
		if (printed == 0)
			fprintf(out, "%sgrants {\n", indent);
		fprintf(out, "%s\tgrant-%" PRIu32 " {\n", indent, printed++);
		print_range(out, grant.type, grant.base, grant.length, inner);
		print_access(out, grant.attr, inner);
		print_reason(out, grant.reason, inner);
		fprintf(out, "%s\t};\n", indent);
	}
	if (printed != 0)
		fprintf(out, "%s};\n", indent);
}

static void print_aborts(FILE *out, const struct mm_policy *policy, uint32_t driver)
{
	struct mm_policy_abort write;
	uint32_t i;
	uint32_t printed = 0;

	for (i = 0; mm_policy_abort_at(policy, i, &write) == MM_OK; i++) {
		if (write.driver != driver)
			continue;
		if (printed == 0)
			fprintf(out, "\t\t\t\t\ton-abort {\n");
		fprintf(out, "\t\t\t\t\t\twrite-%" PRIu32 " {\n\t\t\t\t\t\t\t", printed++);
		if (write.type == MM_POLICY_PORT)
			fprintf(out, "port = <0x%" PRIx64 " 0x%" PRIx64 ">;\n", write.address, write.value);
		else
			fprintf(out, "address = /bits/ 64 <0x%" PRIx64 " 0x%" PRIx64 ">;\n", write.address,
				write.value);
		fprintf(out, "\t\t\t\t\t\t\twidth = <%" PRIu32 ">;\n\t\t\t\t\t\t};\n", write.width);
	}
	if (printed != 0)
		fprintf(out, "\t\t\t\t\t};\n");
}

static void print_drivers(FILE *out, const struct mm_policy *policy, uint32_t domain)
{
	struct mm_policy_driver driver;
	char guid[MM_GUID_TEXT_BYTES];
	uint32_t i;
	uint32_t printed = 0;

	for (i = 0; mm_policy_driver_at(policy, i, &driver) == MM_OK; i++) {
		if (driver.domain != domain)
			continue;
		if (printed++ == 0)
			fprintf(out, "\t\t\tdrivers {\n");
		mm_guid_print(&driver.guid, guid);
		fprintf(out, "\t\t\t\t%s {\n\t\t\t\t\tguid = \"%s\";\n", driver.name, guid);
		if ((driver.flags & MM_POLICY_DRIVER_RESTARTABLE) != 0)
			fprintf(out, "\t\t\t\t\trestartable;\n");
		print_grants(out, policy, MM_POLICY_OWNER_DRIVER | i, "\t\t\t\t\t");
		print_aborts(out, policy, i);
		fprintf(out, "\t\t\t\t};\n");
	}
	if (printed != 0)
		fprintf(out, "\t\t\t};\n");
}

static void print_routes(FILE *out, const struct mm_policy *policy, uint32_t domain)
{
	struct mm_guid guid;
	char text[MM_GUID_TEXT_BYTES];
	const char *before = "\t\t\troutes = ";
	uint32_t to;
	uint32_t i;

	for (i = 0; mm_policy_route_at(policy, i, &guid, &to) == MM_OK; i++) {
		if (to != domain)
			continue;
		mm_guid_print(&guid, text);
		fprintf(out, "%s\"%s\"", before, text);
		before = ",\n\t\t\t\t ";
	}
	if (before[0] == ',')
		fprintf(out, ";\n");
}

static void print_optional(FILE *out, const char *property, uint32_t value)
{
	if (value != 0)
		fprintf(out, "\t\t\t%s = <%" PRIu32 ">;\n", property, value);
}

static void print_domains(FILE *out, const struct mm_policy *policy)
{
	struct mm_policy_domain domain;
	uint32_t i;

	for (i = 0; mm_policy_domain_at(policy, i, &domain) == MM_OK; i++) {
		fprintf(out, "%s\t\t%s {\n", i == 0 ? "\n\tdomains {\n" : "", domain.name);
		if ((domain.flags & MM_POLICY_DOMAIN_ROOTS_SUFFICE) != 0)
			fprintf(out, "\t\t\troots-suffice;\n");
		if ((domain.flags & MM_POLICY_DOMAIN_RESTARTABLE) != 0)
			fprintf(out, "\t\t\trestartable;\n");
		print_optional(out, "page-quota", domain.page_quota);
		print_optional(out, "activation-budget-us", domain.budget_us);
		print_optional(out, "smi-budget-us", domain.budget_smi_us);
		print_optional(out, "second-budget-us", domain.budget_second_us);
		print_routes(out, policy, i);
		print_grants(out, policy, i, "\t\t\t");
		print_drivers(out, policy, i);
		fprintf(out, "\t\t};\n");
	}
	if (i != 0)
		fprintf(out, "\t};\n");
}

int verb_decompile(const struct options *options)
{
	struct loaded loaded;
	struct output output;
	int code = policy_load(options, options->inputs[0], 0, &loaded);

	if (code != EXIT_DONE)
		return code;
	if (output_open(&output)) {
		fprintf(output.stream, "/dts-v1/;\n\n/ {\n\tcompatible = \"ringfence,mm-policy-1\";\n");
		if (loaded.policy.extension.count != 0)
			print_settings(output.stream, &loaded.policy.settings);
		print_roots(output.stream, &loaded.policy);
		print_domains(output.stream, &loaded.policy);
		fprintf(output.stream, "};\n");
		code = output_close(&output, options->output != NULL ? options->output : "-") ? EXIT_DONE : EXIT_USAGE;
	}
	policy_unload(&loaded);
	return code;
}
