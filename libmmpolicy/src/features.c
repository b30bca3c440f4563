/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* Which parts of the extension a policy makes use of. */
#include "extension_internal.h"

static uint32_t setting_features(const struct mm_policy_settings *s)
{
	uint32_t used = 0;

	if (s->violation != MM_POLICY_QUARANTINE)
		used |= MM_POLICY_FEATURE_RESPONSE;
	if (s->unblock != MM_POLICY_UNBLOCK_HOB_ONLY)
		used |= MM_POLICY_FEATURE_UNBLOCK;
	if (s->protections != 0)
		used |= MM_POLICY_FEATURE_PROTECTIONS;
	if ((s->flags & MM_POLICY_FLAG_WAIVE_RSM_BYTES) != 0)
		used |= MM_POLICY_FEATURE_RSM_WAIVER;
	if ((s->flags & MM_POLICY_FLAG_RUNTIME_DEBUG) != 0)
		used |= MM_POLICY_FEATURE_DEBUG;
	if (s->quarantine_after != 1u || s->restart_limit != 0)
		used |= MM_POLICY_FEATURE_COUNTS;
	return used;
}

static uint32_t domain_features(const struct mm_policy *policy)
{
	struct mm_policy_domain domain;
	uint32_t used = policy->tables.domains.count > 1u ? MM_POLICY_FEATURE_DOMAINS : 0;
	uint32_t i;

	for (i = 0; mm_policy_domain_at(policy, i, &domain) == MM_OK; i++) {
		/* A domain without grants whose roots do not suffice narrows its rights to nothing. */
		if ((domain.flags & MM_POLICY_DOMAIN_ROOTS_SUFFICE) == 0)
			used |= MM_POLICY_FEATURE_GRANTS;
		if ((domain.flags & MM_POLICY_DOMAIN_RESTARTABLE) != 0)
			used |= MM_POLICY_FEATURE_RESTARTS;
		if (domain.page_quota != 0)
			used |= MM_POLICY_FEATURE_QUOTAS;
		if ((domain.budget_us | domain.budget_smi_us | domain.budget_second_us) != 0)
			used |= MM_POLICY_FEATURE_BUDGETS;
	}
	return used;
}

static uint32_t driver_features(const struct mm_policy *policy)
{
	struct mm_policy_driver driver;
	uint32_t used = 0;
	uint32_t i;

	for (i = 0; mm_policy_driver_at(policy, i, &driver) == MM_OK; i++) {
		used |= MM_POLICY_FEATURE_DOMAINS;
		if ((driver.flags & MM_POLICY_DRIVER_RESTARTABLE) != 0)
			used |= MM_POLICY_FEATURE_RESTARTS;
	}
	return used;
}

uint32_t mm_policy_used_features(const struct mm_policy *policy)
{
	uint32_t used = setting_features(&policy->settings) | domain_features(policy) | driver_features(policy);

	if (policy->tables.grants.count != 0)
		used |= MM_POLICY_FEATURE_GRANTS;
	if (policy->tables.routes.count != 0)
		used |= MM_POLICY_FEATURE_ROUTES;
	if (policy->tables.aborts.count != 0)
		used |= MM_POLICY_FEATURE_ABORTS;
	return used;
}

const char *mm_policy_feature_name(uint32_t bit)
{
	static const char *const names[] = { "violation response",
					     "unblocking until the lock",
					     "mandatory protections",
					     "waiver for RSM bytes",
					     "runtime-debug requests",
					     "quarantine and restart counts",
					     "domains",
					     "grants",
					     "page quotas",
					     "time budgets",
					     "message routes",
					     "restarts",
					     "on-abort writes" };

	MM_STATIC_ASSERT(MM_ARRAY_COUNT(names) == MM_POLICY_FEATURE_COUNT, feature_names);
	return bit < MM_POLICY_FEATURE_COUNT ? names[bit] : "?";
}
