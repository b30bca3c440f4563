/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* MmIo: ports by the HAL, memory by accesses of exactly the width asked for. */
#include "world.h"

#define PORT 0x510u

static void reads_ports_in_each_width(void **state)
{
	struct world *w = *state;
	static const uint32_t values[] = { 0x11223344, 0x55667788, 0x99aabbcc };
	struct fake_port_script script = { .reads = values, .read_count = 3 };
	uint32_t got = 0;

	fake_machine_add_ports(w->machine, PORT, PORT + 3, fake_port_scripted, &script);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, PORT, 1, &got), MM_EFI_SUCCESS);
	assert_int_equal(got, 0x44);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT16, PORT, 1, &got), MM_EFI_SUCCESS);
	assert_int_equal(got, 0x7788);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT32, PORT, 1, &got), MM_EFI_SUCCESS);
	assert_int_equal(got, 0x99aabbcc);
}

static void writes_ports_and_nothing_beyond_the_width(void **state)
{
	struct world *w = *state;
	struct fake_port_script script = { 0 };
	uint32_t value = 0xaabbccdd;

	fake_machine_add_ports(w->machine, PORT, PORT + 3, fake_port_scripted, &script);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT8, PORT, 1, &value), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT16, PORT + 2, 1, &value), MM_EFI_SUCCESS);
	assert_int_equal(script.write_count, 2);
	assert_int_equal(script.writes[0], 0xdd);
	assert_int_equal(script.writes[1], 0xccdd);
}

static void several_values_go_to_ascending_ports(void **state)
{
	struct world *w = *state;
	struct fake_port_script low = { 0 };
	struct fake_port_script high = { 0 };
	const uint16_t values[2] = { 0x1111, 0x2222 };

	fake_machine_add_ports(w->machine, PORT, PORT + 1, fake_port_scripted, &low);
	fake_machine_add_ports(w->machine, PORT + 2, PORT + 3, fake_port_scripted, &high);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT16, PORT, 2, (void *)(uintptr_t)values),
			 MM_EFI_SUCCESS);
	assert_int_equal(low.writes[0], 0x1111);
	assert_int_equal(high.writes[0], 0x2222);
}

static void the_last_port_is_reached_and_none_beyond_it(void **state)
{
	struct world *w = *state;
	uint32_t got[2] = { 0 };

	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, 0xffff, 1, got), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT32, 0xfffc, 1, got), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT32, 0xfffc, 2, got), MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, 0x10000, 1, got), MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, 0, 0x10001, got), MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT16, 2, SIZE_MAX, got), MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, UINT64_MAX, 1, got), MM_EFI_UNSUPPORTED);
}

static void refuses_ports_that_are_not_aligned(void **state)
{
	struct world *w = *state;
	uint32_t value = 0;

	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT16, PORT + 1, 1, &value), MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT32, PORT + 2, 1, &value), MM_EFI_UNSUPPORTED);
}

static void refuses_ports_wider_than_an_instruction(void **state)
{
	struct world *w = *state;
	uint64_t value = 0;

	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT64, PORT, 1, &value), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT64, PORT, 1, &value), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, (enum mm_io_width)4, 0, 1, &value),
			 MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->io.mem_write(&w->mmst->io, (enum mm_io_width)4, 0, 1, &value),
			 MM_EFI_INVALID_PARAMETER);
}

static void refuses_access_without_a_buffer(void **state)
{
	struct world *w = *state;
	uint64_t here = 0;
	uint64_t address = (uint64_t)(uintptr_t)&here;

	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, PORT, 1, NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT8, PORT, 1, NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, MM_IO_UINT8, address, 1, NULL), MM_EFI_INVALID_PARAMETER);
	assert_int_equal(w->mmst->io.mem_write(&w->mmst->io, MM_IO_UINT8, address, 1, NULL), MM_EFI_INVALID_PARAMETER);
}

static void a_refused_access_touches_no_port(void **state)
{
	struct world *w = *state;
	struct fake_port_script script = { 0 };
	uint32_t values[2] = { 0 };

	fake_machine_add_ports(w->machine, 0xfff0, 0xffff, fake_port_scripted, &script);
	assert_int_equal(w->mmst->io.io_write(&w->mmst->io, MM_IO_UINT32, 0xfffc, 2, values), MM_EFI_UNSUPPORTED);
	assert_int_equal(script.write_count, 0);
}

static void memory_is_read_and_written_in_each_width(void **state)
{
	struct world *w = *state;
	uint64_t device[2] = { 0x1122334455667788u, 0 };
	uint64_t address = (uint64_t)(uintptr_t)device;

	for (unsigned width = MM_IO_UINT8; width <= MM_IO_UINT64; width++) {
		uint64_t value = 0;
		uint64_t mask = UINT64_MAX >> (64u - (8u << width));

		assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, (enum mm_io_width)width, address, 1, &value),
				 MM_EFI_SUCCESS);
		assert_int_equal(value, device[0] & mask);
		device[1] = 0;
		assert_int_equal(w->mmst->io.mem_write(&w->mmst->io, (enum mm_io_width)width, address + 8, 1, &value),
				 MM_EFI_SUCCESS);
		assert_int_equal(device[1], value);
	}
}

static void memory_access_may_use_an_unaligned_buffer(void **state)
{
	struct world *w = *state;
	const uint32_t device[2] = { 0x01020304, 0x05060708 };
	uint8_t buffer[9] = { 0 };
	uint32_t second;

	assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, MM_IO_UINT32, (uint64_t)(uintptr_t)device, 2, buffer + 1),
			 MM_EFI_SUCCESS);
	memcpy(&second, buffer + 5, sizeof(second));
	assert_int_equal(second, device[1]);
	assert_int_equal(buffer[0], 0);
}

static void refuses_memory_that_is_unaligned_or_wraps(void **state)
{
	struct world *w = *state;
	uint64_t values[4] = { 0 };

	assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, MM_IO_UINT32, 0x1002, 1, values), MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, MM_IO_UINT64, UINT64_MAX - 7, 2, values),
			 MM_EFI_UNSUPPORTED);
	assert_int_equal(w->mmst->io.mem_write(&w->mmst->io, MM_IO_UINT64, 0x1000, SIZE_MAX, values),
			 MM_EFI_UNSUPPORTED);
}

static void an_access_of_no_values_does_nothing(void **state)
{
	struct world *w = *state;
	uint64_t value = 7;

	assert_int_equal(w->mmst->io.mem_read(&w->mmst->io, MM_IO_UINT8, UINT64_MAX, 0, &value), MM_EFI_SUCCESS);
	assert_int_equal(w->mmst->io.io_read(&w->mmst->io, MM_IO_UINT8, 0xffff, 0, &value), MM_EFI_SUCCESS);
	assert_int_equal(value, 7);
}

static uint64_t reads_what_is_not_there(void *context, const uint64_t args[4])
{
	struct world *w = context;
	uint64_t value;

	return w->mmst->io.mem_read(&w->mmst->io, MM_IO_UINT8, (uint64_t)(uintptr_t)w->ring0.bad_page, 1, &value);
}

static void memory_that_ring_3_may_not_reach_ends_the_driver(void **state)
{
	struct world *w = *state;

	assert_int_equal(world_as_driver(w, 1, reads_what_is_not_there), MM_EFI_ABORTED);
	assert_int_equal(w->ring0.fault_address, (uintptr_t)w->ring0.bad_page);
	assert_false(w->core->broken);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_setup_started, world_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_ports_in_each_width),
		TEST(writes_ports_and_nothing_beyond_the_width),
		TEST(several_values_go_to_ascending_ports),
		TEST(the_last_port_is_reached_and_none_beyond_it),
		TEST(refuses_ports_that_are_not_aligned),
		TEST(refuses_ports_wider_than_an_instruction),
		TEST(refuses_access_without_a_buffer),
		TEST(a_refused_access_touches_no_port),
		TEST(memory_is_read_and_written_in_each_width),
		TEST(memory_access_may_use_an_unaligned_buffer),
		TEST(refuses_memory_that_is_unaligned_or_wraps),
		TEST(an_access_of_no_values_does_nothing),
		TEST(memory_that_ring_3_may_not_reach_ends_the_driver),
	};

	return cmocka_run_group_tests_name("usercore/io", tests, NULL, NULL);
}
