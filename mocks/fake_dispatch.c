/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fake_dispatch.h"

#include <string.h>

#include "mm/base/compiler.h"

static enum mm_status start(struct mm_dispatch_host *host, uint64_t id)
{
	struct fake_dispatch_host *self = MM_CONTAINER_OF(host, struct fake_dispatch_host, host);

	if (self->start_count < FAKE_DISPATCH_STARTS)
		self->starts[self->start_count] = id;
	self->start_count++;
	return self->react == NULL ? MM_OK : self->react(self->context, id);
}

static const struct mm_dispatch_ops dispatch_ops = {
	.start = start,
};

void fake_dispatch_host_init(struct fake_dispatch_host *self)
{
	memset(self, 0, sizeof(*self));
	self->host.ops = &dispatch_ops;
}

static uint64_t call_handler(struct mm_mmi_host *host, const struct mm_mmi_call *call)
{
	struct fake_mmi_host *self = MM_CONTAINER_OF(host, struct fake_mmi_host, host);

	if (self->call_count < FAKE_MMI_CALLS)
		self->calls[self->call_count] = *call;
	self->call_count++;
	return self->react == NULL ? call->entry_point : self->react(self->context, call);
}

static const struct mm_mmi_ops mmi_ops = {
	.call = call_handler,
};

void fake_mmi_host_init(struct fake_mmi_host *self)
{
	memset(self, 0, sizeof(*self));
	self->host.ops = &mmi_ops;
}
