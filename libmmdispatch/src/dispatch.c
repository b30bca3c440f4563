/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/dispatch/dispatch.h"

#include "mm/base/compiler.h"
#include "mm/protodb/store.h"
#include "records.h"

/* Tags of tables whose tokens nobody sees. */
#define TAG_DRIVER 0xa00u
#define TAG_NAME   0xb00u

bool mm_dispatch_host_is_complete(const struct mm_dispatch_host *host)
{
	return host != NULL && host->ops != NULL && host->ops->start != NULL;
}

enum mm_status mm_dispatch_init(struct mm_dispatch *self, const struct mm_dispatch_config *config)
{
	if (config->pool == NULL || !mm_pool_is_complete(config->pool) || config->protodb == NULL ||
	    !mm_dispatch_host_is_complete(config->host))
		return MM_E_INVALID;
	__builtin_memset(self, 0, sizeof(*self));
	self->pool = config->pool;
	self->protodb = config->protodb;
	self->host = config->host;
	self->seed = config->seed;
	mm_hash_init(&self->by_name, self->first_buckets, MM_DISPATCH_FIRST_BUCKETS);
	mm_slots_init(&self->drivers, sizeof(struct mm_dispatch_driver), TAG_DRIVER);
	mm_slots_init(&self->names, sizeof(struct mm_dispatch_name), TAG_NAME);
	mm_list_init(&self->fired);
	mm_list_init(&self->scheduled);
	mm_tree_init(&self->ready);
	return MM_OK;
}

void mm_dispatch_finish(struct mm_dispatch *self)
{
	struct mm_slot *slot;

	if (self == NULL || self->pool == NULL)
		return;
	for (slot = mm_slots_next(&self->drivers, NULL); slot != NULL; slot = mm_slots_next(&self->drivers, slot))
		dispatch_drop_gates(self, MM_CONTAINER_OF(slot, struct mm_dispatch_driver, slot));
	mm_protodb_store_drop_hash(self->pool, &self->by_name, self->first_buckets);
	mm_protodb_store_drop_slots(self->pool, &self->drivers);
	mm_protodb_store_drop_slots(self->pool, &self->names);
	__builtin_memset(self, 0, sizeof(*self));
}

/* Hangs the driver below the one it is BEFORE or AFTER of. */
static enum mm_status attach_target(struct mm_dispatch *self, struct mm_dispatch_driver *driver,
				    const struct mm_guid *target)
{
	enum mm_status status = dispatch_get_name(self, target, &driver->target);

	if (status != MM_OK)
		return status;
	mm_list_push_back(driver->kind == MM_PI_DEPEX_BEFORE ? &driver->target->before : &driver->target->after,
			  &driver->of_target);
	return MM_OK;
}

/* Whether a driver of this kind need not wait for its turn in the pass that takes its target. */
static bool can_be_ready(const struct mm_dispatch_driver *driver)
{
	const struct mm_dispatch_driver *target;

	if (driver->kind == MM_PI_DEPEX_EXPRESSION)
		return dispatch_expression_holds(driver);
	target = driver->target->driver;
	return driver->kind == MM_PI_DEPEX_AFTER && target != NULL && target->state >= MM_DISPATCH_SCHEDULED;
}

static enum mm_status build_driver(struct mm_dispatch *self, struct mm_dispatch_driver *driver,
				   const struct mm_pi_depex *depex)
{
	driver->kind = depex->kind;
	driver->state = depex->is_sor ? MM_DISPATCH_UNREQUESTED : MM_DISPATCH_WAITING;
	driver->status = MM_OK;
	driver->target = NULL;
	driver->gates = NULL;
	driver->gate_count = 0;
	mm_list_init(&driver->scheduled);
	mm_list_init(&driver->of_target);
	if (depex->kind != MM_PI_DEPEX_EXPRESSION)
		return attach_target(self, driver, &depex->target);
	return depex->bytes.count == 0 ? MM_OK : dispatch_build_gates(self, driver, depex);
}

/* A driver with its depex, under a name that has none yet. */
static enum mm_status make_driver(struct mm_dispatch *self, struct mm_dispatch_name *name,
				  const struct mm_dispatch_module *module, const struct mm_pi_depex *depex)
{
	struct mm_dispatch_driver *driver;
	struct mm_slot *slot;
	enum mm_status status = mm_protodb_store_take(self->pool, &self->drivers, &slot);

	if (status != MM_OK)
		return status;
	driver = MM_CONTAINER_OF(slot, struct mm_dispatch_driver, slot);
	status = build_driver(self, driver, depex);
	if (status != MM_OK) {
		mm_slots_put(&self->drivers, slot);
		return status;
	}
	driver->id = module->id;
	driver->sequence = ++self->sequence;
	driver->name = name;
	name->driver = driver;
	if (driver->state == MM_DISPATCH_WAITING && can_be_ready(driver))
		dispatch_make_ready(self, driver);
	return MM_OK;
}

enum mm_status mm_dispatch_add(struct mm_dispatch *self, const struct mm_dispatch_module *module,
			       struct mm_refusal *reterr)
{
	struct mm_pi_depex depex = { .kind = MM_PI_DEPEX_EXPRESSION };
	struct mm_dispatch_name *name;
	enum mm_status status;

	if (module->depex.count != 0) {
		status = mm_pi_depex_check_untrusted(module->depex, &depex, reterr);
		if (status != MM_OK)
			return status;
	}
	status = dispatch_get_name(self, &module->guid, &name);
	if (status != MM_OK)
		return status;
	status = name->driver == NULL ? make_driver(self, name, module, &depex) : MM_E_EXISTS;
	if (status != MM_OK)
		dispatch_put_name(self, name);
	return status;
}

enum mm_status mm_dispatch_request(struct mm_dispatch *self, const struct mm_guid *guid)
{
	struct mm_dispatch_driver *driver = dispatch_find_driver(self, guid);

	if (driver == NULL)
		return MM_E_NOT_FOUND;
	if (driver->state != MM_DISPATCH_UNREQUESTED)
		return MM_E_INVALID;
	driver->state = MM_DISPATCH_WAITING;
	dispatch_reconsider(self, driver);
	return MM_OK;
}

static bool is_installed(void *context, const struct mm_guid *guid)
{
	return mm_protodb_is_present(context, guid);
}

bool mm_dispatch_evaluate(struct mm_protodb *protodb, const struct mm_pi_depex *depex)
{
	return mm_pi_depex_evaluate(depex, is_installed, protodb);
}

enum mm_status mm_dispatch_evaluate_untrusted(struct mm_protodb *protodb, struct mm_bytes depex, bool *ret_holds,
					      struct mm_refusal *reterr)
{
	struct mm_pi_depex checked;
	enum mm_status status;

	if (depex.count == 0) {
		*ret_holds = true;
		return MM_OK;
	}
	status = mm_pi_depex_check_untrusted(depex, &checked, reterr);
	if (status != MM_OK)
		return status;
	*ret_holds = mm_dispatch_evaluate(protodb, &checked);
	return MM_OK;
}
