/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/compiler.h"
#include "records.h"

static struct mm_dispatch_driver *first_waiting(const struct mm_list *list)
{
	return mm_list_is_empty(list) ? NULL : MM_CONTAINER_OF(list->next, struct mm_dispatch_driver, of_target);
}

void dispatch_make_ready(struct mm_dispatch *self, struct mm_dispatch_driver *driver)
{
	driver->state = MM_DISPATCH_READY;
	mm_list_remove(&driver->of_target);
	mm_tree_insert(&self->ready, &driver->ready, driver->sequence);
}

void dispatch_reconsider(struct mm_dispatch *self, struct mm_dispatch_driver *driver)
{
	bool holds = dispatch_expression_holds(driver);

	if (driver->state == MM_DISPATCH_WAITING && holds) {
		dispatch_make_ready(self, driver);
	} else if (driver->state == MM_DISPATCH_READY && !holds) {
		driver->state = MM_DISPATCH_WAITING;
		mm_tree_remove(&self->ready, &driver->ready);
	}
}

/* From here on the driver's depex has no say any more. */
static void schedule(struct mm_dispatch *self, struct mm_dispatch_driver *driver)
{
	if (driver->state == MM_DISPATCH_READY)
		mm_tree_remove(&self->ready, &driver->ready);
	driver->state = MM_DISPATCH_SCHEDULED;
	mm_list_remove(&driver->of_target);
	mm_list_push_back(&self->scheduled, &driver->scheduled);
	dispatch_drop_gates(self, driver);
}

/*
 * Schedules a driver between all that are BEFORE and all that are AFTER it, and these between theirs. Each one has one
 * target, so they form a tree; it is walked without a stack, because its depth is the modules' choice. Going down
 * unhooks the driver, so every step is one less to go.
 */
static void schedule_with_followers(struct mm_dispatch *self, struct mm_dispatch_driver *top)
{
	struct mm_dispatch_driver *driver = top;

	for (;;) {
		struct mm_dispatch_driver *below = first_waiting(&driver->name->before);

		if (below == NULL && driver->state != MM_DISPATCH_SCHEDULED)
			schedule(self, driver);
		if (below == NULL)
			below = first_waiting(&driver->name->after);
		if (below != NULL) {
			mm_list_remove(&below->of_target);
			driver = below;
		} else if (driver == top) {
			return;
		} else {
			driver = driver->target->driver;
		}
	}
}

/* An a-priori list lets nobody in between: who is AFTER the driver takes part in the next pass. */
static void release_followers(struct mm_dispatch *self, struct mm_dispatch_driver *driver)
{
	struct mm_dispatch_driver *follower;

	while ((follower = first_waiting(&driver->name->after)) != NULL)
		dispatch_make_ready(self, follower);
}

size_t mm_dispatch_add_apriori(struct mm_dispatch *self, const struct mm_guid *guids, size_t count)
{
	size_t scheduled = 0;
	size_t i;

	for (i = 0; i < count; i++) {
		struct mm_dispatch_driver *driver = dispatch_find_driver(self, &guids[i]);

		if (driver == NULL || driver->state >= MM_DISPATCH_SCHEDULED)
			continue;
		schedule(self, driver);
		release_followers(self, driver);
		scheduled++;
	}
	return scheduled;
}

bool mm_dispatch_has_work(const struct mm_dispatch *self)
{
	return !mm_list_is_empty(&self->fired) || !mm_list_is_empty(&self->scheduled) ||
	       !mm_tree_is_empty(&self->ready);
}

/* The next driver to start, beginning a new pass when the last one is used up; NULL if there is none. */
static struct mm_dispatch_driver *next_scheduled(struct mm_dispatch *self)
{
	struct mm_dispatch_driver *driver;
	struct mm_tree_node *node;

	dispatch_settle(self);
	if (mm_list_is_empty(&self->scheduled)) {
		while ((node = mm_tree_first(&self->ready)) != NULL)
			schedule_with_followers(self, MM_CONTAINER_OF(node, struct mm_dispatch_driver, ready));
	}
	if (mm_list_is_empty(&self->scheduled))
		return NULL;
	driver = MM_CONTAINER_OF(self->scheduled.next, struct mm_dispatch_driver, scheduled);
	mm_list_remove(&driver->scheduled);
	return driver;
}

static void end_start(struct mm_dispatch *self, struct mm_dispatch_driver *driver, enum mm_status status)
{
	driver->status = status;
	driver->state = status == MM_OK ? MM_DISPATCH_STARTED : MM_DISPATCH_FAILED;
	if (status == MM_OK)
		self->started_count++;
	else
		self->failed_count++;
	self->current = NULL;
}

enum mm_status mm_dispatch_run(struct mm_dispatch *self, uint32_t *ret_started_count)
{
	uint32_t started_before = self->started_count;
	struct mm_dispatch_driver *driver;

	if (self->is_running)
		return MM_E_BUSY;
	self->is_running = true;
	while ((driver = next_scheduled(self)) != NULL) {
		driver->state = MM_DISPATCH_STARTING;
		self->current = driver;
		end_start(self, driver, self->host->ops->start(self->host, driver->id));
	}
	self->is_running = false;
	*ret_started_count = self->started_count - started_before;
	return MM_OK;
}

void mm_dispatch_abandon(struct mm_dispatch *self)
{
	if (self->current != NULL)
		end_start(self, self->current, MM_E_ABORTED);
	self->is_running = false;
}
