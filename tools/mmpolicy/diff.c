/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * What two policies mean differently: rights, not bytes. An allow-list and a deny-list that grant the same are equal;
 * so are entries in another order or cut in other places.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "mm/base/guid.h"
#include "mm/policy/gate.h"
#include "mmpolicy.h"

struct differ {
	const struct options *options;
	const struct mm_policy *a;
	const struct mm_policy *b;
	uint32_t count;
};

static void report(struct differ *d, const char *what, const char *before, const char *after)
{
	if (d->options->json) {
		printf("%s{\"what\": ", d->count == 0 ? "" : ", ");
		print_quoted(stdout, what);
		printf(", \"before\": ");
		print_quoted(stdout, before);
		printf(", \"after\": ");
		print_quoted(stdout, after);
		printf("}");
	} else {
		printf("%s: %s -> %s\n", what, before, after);
	}
	d->count++;
}

/* What may be done at one port: bits 0-1 as part of any range, then two bits for each width with a strict entry. */
static uint32_t port_rights(const struct mm_policy *policy, uint32_t port)
{
	uint32_t rights = 0;
	uint32_t width;
	uint32_t bit;

	for (bit = 0; bit < 2; bit++)
		rights |= (mm_policy_gate_port_range(policy, port, 1, 1u << bit) == MM_OK ? 1u : 0) << bit;
	for (width = 0; width < 3 && port + (1u << width) <= 0x10000; width++) {
		for (bit = 0; bit < 2; bit++) {
			bool whole = mm_policy_gate_port_range(policy, port, 1u << width, 1u << bit) == MM_OK;
			bool exact = mm_policy_gate_port(policy, port, 1u << width, 1u << bit) == MM_OK;

			/* Said only where the width makes a difference. */
			rights |= (exact != whole ? 1u : 0) << (2 + 2 * width + bit);
		}
	}
	return rights;
}

static const char *port_text(uint32_t rights, char *ret_text, size_t capacity)
{
	char words[RIGHTS_BYTES];
	size_t used = (size_t)snprintf(ret_text, capacity, "%s", rights_text(rights & 3u, words));
	uint32_t width;

	for (width = 0; width < 3; width++) {
		uint32_t strict = rights >> (2 + 2 * width) & 3u;

		if (strict != 0 && used < capacity)
			used += (size_t)snprintf(ret_text + used, capacity - used, ", %u-byte %s", 1u << width,
						 rights_text(strict, words));
	}
	return ret_text;
}

static void report_ports(struct differ *d, uint32_t first, uint32_t last, uint32_t before, uint32_t after)
{
	char range[RANGE_BYTES];
	char what[RANGE_BYTES + 8];
	char text_before[160];
	char text_after[160];

	(void)snprintf(what, sizeof(what), "port %s", range_text(first, last, range));
	report(d, what, port_text(before, text_before, sizeof(text_before)),
	       port_text(after, text_after, sizeof(text_after)));
}

static void diff_ports(struct differ *d)
{
	uint32_t first = 0;
	uint32_t before = port_rights(d->a, 0);
	uint32_t after = port_rights(d->b, 0);
	uint32_t port;

	for (port = 1; port <= 0x10000; port++) {
		uint32_t next_before = port < 0x10000 ? port_rights(d->a, port) : 0;
		uint32_t next_after = port < 0x10000 ? port_rights(d->b, port) : 0;

		if (port < 0x10000 && next_before == before && next_after == after)
			continue;
		if (before != after)
			report_ports(d, first, port - 1, before, after);
		first = port;
		before = next_before;
		after = next_after;
	}
}

/* Where answers may change: the ends of all entries of both, and the floor's, for MSRs or memory. */
struct edges {
	uint64_t *at;
	size_t count;
};

static int compare_edges(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void add_edges(struct edges *edges, const struct mm_policy_space *space)
{
	uint32_t i;

	for (i = 0; i < space->span_count; i++) {
		edges->at[edges->count++] = space->spans[i].first;
		if (space->spans[i].last != UINT64_MAX)
			edges->at[edges->count++] = space->spans[i].last + 1;
	}
}

static bool collect_edges(const struct mm_policy_space *a, const struct mm_policy_space *b, struct edges *edges)
{
	edges->count = 0;
	edges->at = malloc((2 * ((size_t)a->span_count + b->span_count) + 1) * sizeof(uint64_t));
	if (edges->at == NULL)
		return false;
	edges->at[edges->count++] = 0;
	add_edges(edges, a);
	add_edges(edges, b);
	qsort(edges->at, edges->count, sizeof(uint64_t), compare_edges);
	return true;
}

/* The root's rights at one place; the floor is the same for both and left aside. */
static uint32_t root_rights(const struct mm_policy *policy, enum mm_policy_type type, uint64_t at)
{
	const struct mm_policy_space *space = type == MM_POLICY_MSR ? &policy->msrs : &policy->memory;
	const struct mm_policy_list *list = &policy->lists[type];
	uint32_t i;

	if (!list->present)
		return 0;
	for (i = 0; i < space->span_count; i++) {
		if (at >= space->spans[i].first && at <= space->spans[i].last)
			return list->kind == MM_POLICY_ALLOW_LIST ? space->spans[i].attr & 3u
								  : ~space->spans[i].attr & 3u;
	}
	return list->kind == MM_POLICY_ALLOW_LIST ? 0 : 3u;
}

static void diff_space(struct differ *d, enum mm_policy_type type)
{
	uint64_t end = type == MM_POLICY_MSR ? 0xffffffffull : UINT64_MAX;
	struct edges edges;
	size_t i;

	if (!collect_edges(type == MM_POLICY_MSR ? &d->a->msrs : &d->a->memory,
			   type == MM_POLICY_MSR ? &d->b->msrs : &d->b->memory, &edges))
		return;
	for (i = 0; i < edges.count; i++) {
		uint64_t first = edges.at[i];
		uint64_t last = i + 1 < edges.count ? edges.at[i + 1] - 1 : end;
		uint32_t before = root_rights(d->a, type, first);
		uint32_t after = root_rights(d->b, type, first);
		char range[RANGE_BYTES];
		char what[RANGE_BYTES + 16];
		char text_before[RIGHTS_BYTES];
		char text_after[RIGHTS_BYTES];

		if (before == after || first > last || first > end)
			continue;
		(void)snprintf(what, sizeof(what), "%s %s", mm_policy_type_name(type), range_text(first, last, range));
		report(d, what, rights_text(before, text_before), rights_text(after, text_after));
	}
	free(edges.at);
}

static void diff_instructions(struct differ *d)
{
	uint32_t i;

	for (i = 0; i < MM_POLICY_INSTRUCTION_COUNT; i++) {
		bool before = mm_policy_gate_instruction(d->a, i) == MM_OK;
		bool after = mm_policy_gate_instruction(d->b, i) == MM_OK;

		if (before != after)
			report(d, instruction_text(i), before ? "granted" : "denied", after ? "granted" : "denied");
	}
}

static const char *save_text(const struct mm_policy *policy, uint32_t field, char ret_text[ENTRY_BYTES])
{
	const struct mm_policy_list *list = &policy->lists[MM_POLICY_SAVE_STATE];
	const struct mm_policy_save_rule *rule = &policy->save_state[field];
	char rights[RIGHTS_BYTES];

	if (!list->present)
		(void)snprintf(ret_text, ENTRY_BYTES, "no root");
	else if (!rule->present)
		(void)snprintf(ret_text, ENTRY_BYTES, "%s",
			       list->kind == MM_POLICY_ALLOW_LIST ? "not granted" : "not denied");
	else
		(void)snprintf(ret_text, ENTRY_BYTES, "%s %s, %s",
			       list->kind == MM_POLICY_ALLOW_LIST ? "granted" : "denied",
			       rights_text(rule->attr, rights), condition_text(rule->condition));
	return ret_text;
}

static void diff_save_state(struct differ *d)
{
	char before[ENTRY_BYTES];
	char after[ENTRY_BYTES];
	char what[32];
	uint32_t field;

	for (field = 0; field < MM_POLICY_SAVE_FIELD_COUNT; field++) {
		(void)snprintf(what, sizeof(what), "save state %s", save_field_text(field));
		if (strcmp(save_text(d->a, field, before), save_text(d->b, field, after)) != 0)
			report(d, what, before, after);
	}
}

static void diff_number(struct differ *d, const char *what, uint64_t before, uint64_t after)
{
	char text_before[24];
	char text_after[24];

	if (before == after)
		return;
	(void)snprintf(text_before, sizeof(text_before), "%" PRIu64, before);
	(void)snprintf(text_after, sizeof(text_after), "%" PRIu64, after);
	report(d, what, text_before, text_after);
}

static void diff_settings(struct differ *d)
{
	const struct mm_policy_settings *a = &d->a->settings;
	const struct mm_policy_settings *b = &d->b->settings;
	uint32_t bit;

	if (a->violation != b->violation)
		report(d, "violation", violation_text(a->violation), violation_text(b->violation));
	if (a->unblock != b->unblock)
		report(d, "unblock", unblock_text(a->unblock), unblock_text(b->unblock));
	diff_number(d, "isolation-level", a->isolation_level, b->isolation_level);
	diff_number(d, "quarantine-after", a->quarantine_after, b->quarantine_after);
	diff_number(d, "restart-limit", a->restart_limit, b->restart_limit);
	diff_number(d, "waive-rsm-bytes", a->flags & MM_POLICY_FLAG_WAIVE_RSM_BYTES,
		    b->flags & MM_POLICY_FLAG_WAIVE_RSM_BYTES);
	diff_number(d, "runtime-debug", a->flags & MM_POLICY_FLAG_RUNTIME_DEBUG,
		    b->flags & MM_POLICY_FLAG_RUNTIME_DEBUG);
	for (bit = 0; bit < MM_POLICY_PROTECTION_COUNT; bit++) {
		bool before = (a->protections >> bit & 1u) != 0;
		bool after = (b->protections >> bit & 1u) != 0;

		if (before != after)
			report(d, mm_policy_protection_name(bit), before ? "mandatory" : "optional",
			       after ? "mandatory" : "optional");
	}
}

/* All that the extension says about domains, one statement a line, sorted: sets of statements are compared. */
struct statements {
	char **lines;
	size_t count;
};

__attribute__((format(printf, 2, 3))) static void state(struct statements *s, const char *format, ...)
{
	char **lines = realloc(s->lines, (s->count + 1) * sizeof(*lines));
	va_list args;

	if (lines == NULL)
		return;
	s->lines = lines;
	va_start(args, format);
	if (vasprintf(&s->lines[s->count], format, args) >= 0)
		s->count++;
	va_end(args);
}

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void owner_text(const struct mm_policy *policy, uint32_t owner, char ret_text[256])
{
	struct mm_policy_domain domain = { .name = "?" };
	struct mm_policy_driver driver;
	char guid[MM_GUID_TEXT_BYTES];

	if ((owner & MM_POLICY_OWNER_DRIVER) == 0) {
		(void)mm_policy_domain_at(policy, owner, &domain); /* the decoder checked the reference */
		(void)snprintf(ret_text, 256, "domain %s", domain.name);
	} else if (mm_policy_driver_at(policy, owner & ~MM_POLICY_OWNER_DRIVER, &driver) == MM_OK) {
		mm_guid_print(&driver.guid, guid);
		(void)snprintf(ret_text, 256, "driver %s (%s)", driver.name, guid);
	}
}

static void state_domains(const struct mm_policy *policy, struct statements *s)
{
	struct mm_policy_domain domain;
	struct mm_policy_driver driver;
	char owner[256] = "";
	uint32_t i;

	for (i = 0; mm_policy_domain_at(policy, i, &domain) == MM_OK; i++)
		state(s,
		      "domain %s: number %" PRIu32 ", flags 0x%" PRIx32 ", quota %" PRIu32 ", budgets %" PRIu32
		      "/%" PRIu32 "/%" PRIu32,
		      domain.name, i, domain.flags, domain.page_quota, domain.budget_us, domain.budget_smi_us,
		      domain.budget_second_us);
	for (i = 0; mm_policy_driver_at(policy, i, &driver) == MM_OK; i++) {
		owner_text(policy, MM_POLICY_OWNER_DRIVER | i, owner);
		state(s, "%s: domain %" PRIu32 ", flags 0x%" PRIx32, owner, driver.domain, driver.flags);
	}
}

static void state_rights(const struct mm_policy *policy, struct statements *s)
{
	struct mm_policy_grant grant;
	struct mm_policy_abort write;
	struct mm_guid guid;
	char owner[256] = "";
	char range[RANGE_BYTES];
	char rights[RIGHTS_BYTES];
	char text[MM_GUID_TEXT_BYTES];
	uint32_t domain;
	uint32_t i;

	for (i = 0; mm_policy_grant_at(policy, i, &grant) == MM_OK; i++) {
		owner_text(policy, grant.owner, owner);
		state(s, "%s: %s %s %s", owner, mm_policy_type_name(grant.type),
		      range_text(grant.base, grant.base + grant.length - 1, range), rights_text(grant.attr, rights));
	}
	for (i = 0; mm_policy_route_at(policy, i, &guid, &domain) == MM_OK; i++) {
		mm_guid_print(&guid, text);
		state(s, "message %s: domain %" PRIu32, text, domain);
	}
	for (i = 0; mm_policy_abort_at(policy, i, &write) == MM_OK; i++) {
		owner_text(policy, MM_POLICY_OWNER_DRIVER | write.driver, owner);
		state(s, "%s: on abort %" PRIu32 " bytes to %s 0x%" PRIx64 ": 0x%" PRIx64, owner, write.width,
		      mm_policy_type_name(write.type), write.address, write.value);
	}
}

static void collect(const struct mm_policy *policy, struct statements *s)
{
	state_domains(policy, s);
	state_rights(policy, s);
	if (s->count != 0)
		qsort(s->lines, s->count, sizeof(*s->lines), compare_lines);
}

static void discard(struct statements *s)
{
	while (s->count > 0)
		free(s->lines[--s->count]);
	free(s->lines);
}

static void diff_extension(struct differ *d)
{
	struct statements a = { NULL, 0 };
	struct statements b = { NULL, 0 };
	size_t i = 0;
	size_t j = 0;

	collect(d->a, &a);
	collect(d->b, &b);
	while (i < a.count || j < b.count) {
		int order = i == a.count ? 1 : j == b.count ? -1 : strcmp(a.lines[i], b.lines[j]);

		if (order < 0)
			report(d, a.lines[i], "said", "not said");
		else if (order > 0)
			report(d, b.lines[j], "not said", "said");
		i += order <= 0;
		j += order >= 0;
	}
	discard(&a);
	discard(&b);
}

int verb_diff(const struct options *options)
{
	struct loaded a;
	struct loaded b;
	struct differ d = { options, &a.policy, &b.policy, 0 };
	int code = policy_load(options, options->inputs[0], 0, &a);

	if (code != EXIT_DONE)
		return EXIT_USAGE;
	code = policy_load(options, options->inputs[1], 0, &b);
	if (code != EXIT_DONE) {
		policy_unload(&a);
		return EXIT_USAGE;
	}
	if (options->json)
		printf("{\"differences\": [");
	diff_ports(&d);
	diff_space(&d, MM_POLICY_MSR);
	diff_space(&d, MM_POLICY_MEMORY);
	diff_instructions(&d);
	diff_save_state(&d);
	diff_settings(&d);
	diff_extension(&d);
	if (options->json)
		printf("]}\n");
	policy_unload(&b);
	policy_unload(&a);
	return d.count == 0 ? EXIT_DONE : EXIT_REFUSED;
}
