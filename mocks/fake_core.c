/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fake_core.h"

/* clang-format off */
#include <stdarg.h>
#include <cmocka.h>
/* clang-format on */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mm/abi/efi.h"
#include "mm/base/addr.h"

/* The one that answers. */
static struct fake_core *current;

MM_NORETURN void fake_core_end_from(struct fake_core *self, uint32_t level, uint64_t status)
{
	if (level >= self->depth)
		abort();
	self->depth = level + 1u;
	self->end_status = status;
	siglongjmp(self->ends[level], 1);
}

MM_NORETURN void fake_core_end(struct fake_core *self, uint64_t status)
{
	fake_core_end_from(self, self->depth - 1u, status);
}

static void on_fault(int number, siginfo_t *info, void *frame)
{
	current->fault_address = (uint64_t)(uintptr_t)info->si_addr;
	fake_core_end(current, MM_EFI_ABORTED);
}

/* Faults are ours while ring 3 runs, and the test framework's outside. */
static void enter_ring3(struct fake_core *self)
{
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	if (self->depth++ == 0)
		sigaction(SIGSEGV, &action, &self->old_action);
}

static void leave_ring3(struct fake_core *self)
{
	if (--self->depth == 0)
		sigaction(SIGSEGV, &self->old_action, NULL);
}

/* One activation: `body` runs until it returns or is ended. */
static uint64_t run(struct fake_core *self, uint64_t (*body)(void *context, const uint64_t args[4]), void *context,
		    const uint64_t args[4], uint64_t *ret_value)
{
	if (self->depth == FAKE_CORE_DEPTH_MAX)
		return MM_EFI_BAD_BUFFER_SIZE;
	enter_ring3(self);
	if (sigsetjmp(self->ends[self->depth - 1u], 1) != 0) {
		leave_ring3(self);
		return self->end_status;
	}
	*ret_value = body(context, args);
	leave_ring3(self);
	return MM_EFI_SUCCESS;
}

static uint64_t serve(void *context, const uint64_t args[4])
{
	mm_core_serve(context);
	return MM_EFI_SUCCESS;
}

uint64_t fake_core_request(struct fake_core *self, struct mm_core *core)
{
	static const uint64_t none[4];
	uint64_t value;

	return run(self, serve, core, none, &value);
}

void fake_core_set_function(struct fake_core *self, uint64_t address, fake_core_function *function, void *context)
{
	size_t i = 0;

	while (i < self->function_count && self->functions[i].address != address)
		i++;
	assert_true(i < FAKE_CORE_FUNCTIONS);
	self->functions[i].address = address;
	self->functions[i].function = function;
	self->functions[i].context = context;
	if (i == self->function_count)
		self->function_count++;
}

static uint64_t invoke(uint64_t module, uint64_t entry, const uint64_t args[4], uint64_t *ret_value)
{
	struct fake_core *self = current;
	uint64_t copy[4];
	size_t i;

	memcpy(copy, args, sizeof(copy)); /* in registers, they survive the caller */
	if (self->invoke_count < FAKE_CORE_INVOKES) {
		self->invokes[self->invoke_count].module = module;
		self->invokes[self->invoke_count].entry = entry;
		memcpy(self->invokes[self->invoke_count].args, copy, sizeof(copy));
	}
	self->invoke_count++;
	for (i = 0; i < self->function_count; i++) {
		if (self->functions[i].address == entry)
			return run(self, self->functions[i].function, self->functions[i].context, copy, ret_value);
	}
	return MM_EFI_ABORTED; /* nothing there but a fault */
}

static uint64_t allocate_pages(uint64_t pages)
{
	struct fake_core *self = current;
	uint64_t run_length = 0;
	uint32_t i;

	self->allocate_calls++;
	if (self->on_allocate != NULL)
		self->on_allocate(self->on_allocate_context, pages);
	if (pages == 0 || pages > self->page_limit - self->live_pages)
		return MM_EFI_OUT_OF_RESOURCES;
	for (i = 0; i < self->page_count; i++) {
		run_length = self->page_state[i] == 0 ? run_length + 1 : 0;
		if (run_length == pages) {
			i -= (uint32_t)pages - 1u;
			memset(self->page_state + i, 1, (size_t)pages);
			memset(self->arena + (size_t)i * MM_PAGE_BYTES, 0, (size_t)(pages * MM_PAGE_BYTES));
			self->live_pages += (uint32_t)pages;
			return (uint64_t)(uintptr_t)self->arena + (uint64_t)i * MM_PAGE_BYTES;
		}
	}
	return MM_EFI_OUT_OF_RESOURCES;
}

static uint64_t free_pages(uint64_t address, uint64_t pages)
{
	struct fake_core *self = current;
	uint64_t first = (address - (uint64_t)(uintptr_t)self->arena) / MM_PAGE_BYTES;
	uint64_t i;

	if (first >= self->page_count || pages > self->page_count - first)
		return MM_EFI_NOT_FOUND;
	for (i = first; i < first + pages; i++) {
		if (self->page_state[i] == 0)
			return MM_EFI_NOT_FOUND;
	}
	memset(self->page_state + first, 0, (size_t)pages);
	self->live_pages -= (uint32_t)pages;
	return MM_EFI_SUCCESS;
}

const struct mm_core_ring0_ops fake_core_ops = {
	.invoke = invoke,
	.allocate_pages = allocate_pages,
	.free_pages = free_pages,
};

/* Each word of the page is 8: a size, or a handle that is none. */
static uint8_t *map_page(int protection)
{
	uint64_t *page = mmap(NULL, MM_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i;

	assert_true(page != MAP_FAILED);
	for (i = 0; i < MM_PAGE_BYTES / sizeof(*page); i++)
		page[i] = 8;
	assert_int_equal(mprotect(page, MM_PAGE_BYTES, protection), 0);
	return (uint8_t *)page;
}

void fake_core_init(struct fake_core *self, uint32_t page_count)
{
	memset(self, 0, sizeof(*self));
	self->arena = aligned_alloc(MM_PAGE_BYTES, (size_t)page_count * MM_PAGE_BYTES);
	self->page_state = calloc(page_count, 1);
	assert_non_null(self->arena);
	assert_non_null(self->page_state);
	self->page_count = page_count;
	self->page_limit = page_count;
	self->bad_page = map_page(PROT_NONE);
	self->const_page = map_page(PROT_READ);
	current = self;
}

void fake_core_finish(struct fake_core *self)
{
	current = NULL;
	munmap(self->bad_page, MM_PAGE_BYTES);
	munmap(self->const_page, MM_PAGE_BYTES);
	free(self->page_state);
	free(self->arena);
}
