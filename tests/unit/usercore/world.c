/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "world.h"

#include <stdlib.h>

/* The image has it in main.c. */
struct mm_core mm_core_object;

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	memset(&mm_core_object, 0, sizeof(mm_core_object));
	fake_core_init(&w->ring0, WORLD_PAGES);
	w->machine = fake_machine_create(1);
	w->hobs = aligned_alloc(MM_PAGE_BYTES, WORLD_HOB_BYTES);
	w->shadow = aligned_alloc(MM_PAGE_BYTES, WORLD_SHADOW_BYTES);
	assert_non_null(w->hobs);
	assert_non_null(w->shadow);
	memset(w->shadow, 0, WORLD_SHADOW_BYTES);
	w->has_channel = true;
	w->core = &mm_core_object;
	w->core->ring0 = &fake_core_ops;
	w->core->console = &w->machine->console;
	w->core->io = &w->machine->io;
	w->mmst = &w->core->mmst;
	w->shared.context.number_of_cpus = WORLD_CPU_COUNT;
	assert_status(mm_pi_hob_writer_init(&w->writer, w->hobs, WORLD_HOB_BYTES, (uint64_t)(uintptr_t)w->hobs, 0),
		      MM_OK);
	*state = w;
	return 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;
	bool is_whole = w->core->mmst.header.signature == 0 || w->core->broken || world_is_whole(w);
	bool is_at_rest = w->core->broken || mm_core_is_at_rest(w->core);

	fake_machine_destroy(w->machine);
	fake_core_finish(&w->ring0);
	free(w->hobs);
	free(w->shadow);
	free(w);
	assert_true(is_whole);
	assert_true(is_at_rest);
	return 0;
}

int world_setup_started(void **state)
{
	struct world *w;

	(void)world_setup(state);
	w = *state;
	world_add_driver(w, 1, NULL, NULL);
	world_add_driver(w, 2, NULL, NULL);
	world_run(w);
	return 0;
}

static struct mm_guid numbered(uint32_t family, unsigned n)
{
	return (struct mm_guid){ family + n, 0x5a5a, 0x4a4a, { 0x80, 1, 2, 3, 4, 5, 6, (uint8_t)n } };
}

struct mm_guid world_driver_guid(unsigned n)
{
	return numbered(0xd0000000u, n);
}

struct mm_guid world_protocol_guid(unsigned n)
{
	return numbered(0xf0000000u, n);
}

struct mm_guid world_message_guid(unsigned n)
{
	return numbered(0xe0000000u, n);
}

uint64_t world_address(unsigned n, uint64_t offset)
{
	return WORLD_CORE_BASE + (uint64_t)n * WORLD_DRIVER_STRIDE + offset;
}

static uint64_t succeed(void *context, const uint64_t args[4])
{
	return MM_EFI_SUCCESS;
}

static void add_module(struct world *w, const struct mm_guid *guid, uint64_t base)
{
	const struct mm_region region = { base, WORLD_MODULE_BYTES };

	assert_status(
		mm_pi_hob_add_module(&w->writer, &mm_guid_supv_module_hob, region, guid, base + WORLD_ENTRY_OFFSET),
		MM_OK);
}

void world_add_driver(struct world *w, unsigned n, const struct world_depex *depex, fake_core_function *entry)
{
	struct mm_guid guid = world_driver_guid(n);

	add_module(w, &guid, world_address(n, 0));
	if (depex != NULL)
		assert_status(mm_pi_hob_add_depex(&w->writer, &guid, mm_bytes(depex->bytes, depex->count)), MM_OK);
	world_set_function(w, n, WORLD_ENTRY_OFFSET, entry == NULL ? succeed : entry);
	world_set_function(w, n, WORLD_HANDLER, world_scripted);
	world_set_function(w, n, WORLD_NOTIFY, world_scripted);
}

void world_set_function(struct world *w, unsigned n, uint64_t offset, fake_core_function *function)
{
	fake_core_set_function(&w->ring0, world_address(n, offset), function, w);
}

void world_depex_push(struct world_depex *depex, uint8_t opcode, const struct mm_guid *guid)
{
	assert_true(depex->count + 1 + MM_GUID_BYTES <= sizeof(depex->bytes));
	depex->bytes[depex->count++] = opcode;
	if (guid == NULL)
		return;
	mm_guid_store(depex->bytes + depex->count, guid);
	depex->count += MM_GUID_BYTES;
}

struct world_depex world_depex_true(void)
{
	return (struct world_depex){ { MM_DEPEX_TRUE, MM_DEPEX_END }, 2 };
}

struct world_depex world_depex_protocol(unsigned n)
{
	struct mm_guid guid = world_protocol_guid(n);
	struct world_depex depex = { { 0 }, 0 };

	world_depex_push(&depex, MM_DEPEX_PUSH, &guid);
	world_depex_push(&depex, MM_DEPEX_END, NULL);
	return depex;
}

enum mm_status world_start(struct world *w, struct mm_refusal *reterr)
{
	const struct mm_pi_channel channel = {
		.type = MM_HOB_REGION_USER,
		.buffer = { (uint64_t)(uintptr_t)w->shadow, WORLD_SHADOW_BYTES },
		.status = { 0x5000, 24 },
	};
	size_t bytes;

	add_module(w, &mm_guid_supv_core, WORLD_CORE_BASE - WORLD_DRIVER_STRIDE);
	add_module(w, &mm_guid_supv_user, WORLD_CORE_BASE);
	if (w->has_channel)
		assert_status(mm_pi_hob_add_channel(&w->writer, &channel), MM_OK);
	assert_status(mm_pi_hob_writer_finish(&w->writer, &bytes), MM_OK);
	return mm_core_start(w->core, w->hobs, &w->shared, reterr);
}

void world_run(struct world *w)
{
	assert_status(world_start(w, NULL), MM_OK);
	assert_int_equal(world_send(w, &mm_guid_mm_dispatch_event, "", 1), MM_EFI_SUCCESS);
}

uint64_t world_request(struct world *w, uint64_t message_bytes)
{
	w->shared.message_bytes = message_bytes;
	w->shared.status.message_valid = message_bytes != 0;
	w->shared.status.return_status = 0x5555;
	w->shared.status.return_bytes = 0x5555;
	return fake_core_request(&w->ring0, w->core);
}

uint64_t world_send(struct world *w, const struct mm_guid *guid, const void *data, uint64_t bytes)
{
	struct mm_comm_header header = { *guid, bytes };

	memcpy(w->shadow, &header, MM_COMM_HEADER_BYTES);
	memcpy(w->shadow + MM_COMM_HEADER_BYTES, data, (size_t)bytes);
	assert_int_equal(world_request(w, MM_COMM_HEADER_BYTES + bytes), MM_EFI_SUCCESS);
	return w->shared.status.return_status;
}

uint64_t world_send_v3(struct world *w, const struct mm_guid *guid, const void *data, uint64_t bytes)
{
	struct mm_comm_header_v3 header = {
		.header_guid = mm_guid_comm_header_v3,
		.buffer_bytes = MM_COMM_HEADER_V3_BYTES + bytes,
		.guid = *guid,
		.message_bytes = bytes,
	};

	memcpy(w->shadow, &header, MM_COMM_HEADER_V3_BYTES);
	memcpy(w->shadow + MM_COMM_HEADER_V3_BYTES, data, (size_t)bytes);
	assert_int_equal(world_request(w, MM_COMM_HEADER_V3_BYTES + bytes), MM_EFI_SUCCESS);
	return w->shared.status.return_status;
}

void world_wake(struct world *w)
{
	assert_int_equal(world_request(w, 0), MM_EFI_SUCCESS);
}

/* A handler that is there for one message only, which nobody else hears. */
uint64_t world_as_driver(struct world *w, unsigned n, fake_core_function *function)
{
	uint64_t value = 0;
	const uint64_t args[4] = { 0 };

	world_set_function(w, n, WORLD_MODULE_BYTES - 16u, function);
	(void)mm_core_invoke(w->core, (uint16_t)n, world_address(n, WORLD_MODULE_BYTES - 16u), args, &value);
	return value;
}

void world_play(struct world *w, unsigned n)
{
	w->core->running = (uint16_t)n;
}

uint64_t world_register_handler(struct world *w, uint64_t function, const struct mm_guid *guid,
				mm_driver_handle *ret_handle)
{
	return w->mmst->mmi_handler_register((mm_handler_fn)(uintptr_t)function, guid, ret_handle);
}

uint64_t world_register_notify(struct world *w, uint64_t function, const struct mm_guid *protocol, void **ret_token)
{
	return w->mmst->register_protocol_notify(protocol, (mm_notify_fn)(uintptr_t)function, ret_token);
}

uint64_t world_install(struct world *w, unsigned protocol, uint64_t interface, mm_driver_handle *inout_handle)
{
	struct mm_guid guid = world_protocol_guid(protocol);

	return w->mmst->install_protocol_interface(inout_handle, &guid, 0, (void *)(uintptr_t)interface);
}

uint64_t world_scripted(void *context, const uint64_t args[4])
{
	struct world *w = context;

	if (w->count < MM_ARRAY_COUNT(w->order))
		w->order[w->count] = w->core->running;
	w->count++;
	memcpy(w->args, args, sizeof(w->args));
	if (w->inside != NULL)
		(void)w->inside(context, args);
	return w->answer;
}

uint64_t world_dying(void *context, const uint64_t args[4])
{
	struct world *w = context;

	fake_core_end(&w->ring0, MM_EFI_ABORTED);
}

uint64_t world_entry_full(void *context, const uint64_t args[4])
{
	struct world *w = context;
	unsigned n = w->core->running;
	struct mm_guid guid = world_message_guid(n);
	mm_driver_handle handle = NULL;

	assert_int_equal(world_register_handler(w, world_address(n, WORLD_HANDLER), &guid, &handle), MM_EFI_SUCCESS);
	handle = NULL;
	return world_install(w, n, n, &handle);
}

bool world_log_has(const struct world *w, const char *text)
{
	return strstr(w->machine->console_text, text) != NULL;
}

bool world_log_has_guid(const struct world *w, const char *before, const struct mm_guid *guid)
{
	char text[128];
	size_t used = strlen(before);

	assert_true(used + MM_GUID_TEXT_BYTES <= sizeof(text));
	memcpy(text, before, used);
	mm_guid_print(guid, text + used);
	return world_log_has(w, text);
}

bool world_is_whole(const struct world *w)
{
	return mm_pool_tlsf_check(&w->core->pool) == MM_OK && mm_protodb_check(&w->core->protodb) == MM_OK &&
	       mm_mmi_check(&w->core->mmi) == MM_OK && mm_dispatch_check(&w->core->dispatch) == MM_OK;
}
