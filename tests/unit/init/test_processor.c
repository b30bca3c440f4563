/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "descriptors.h"
#include "edge.h"
#include "fake_machine.h"
#include "log.h"
#include "mm/abi/efi.h"
#include "mm/abi/mmi_entry.h"
#include "mm/abi/policy.h"
#include "mm/base/bytes.h"
#include "protections.h"
#include "tests/mm_test.h"

static int machine_setup(void **state)
{
	*state = fake_machine_create(1);
	return 0;
}

static int machine_teardown(void **state)
{
	fake_machine_destroy(*state);
	return 0;
}

static void switches_on_all_that_the_cpu_offers(void **state)
{
	struct fake_machine *m = *state;
	struct mm_init_protections p;

	assert_status(mm_init_protections_detect(&m->cpu, &p, NULL), MM_OK);
	assert_int_equal(p.missing, 0);
	/* SMAP, SMEP, UMIP, OSXMMEXCPT, OSFXSR, MCE, PAE, DE; nothing else. */
	assert_int_equal(p.cr4, 0x00300e68);
	assert_true(p.has_misc_enable);
	assert_int_equal(p.pa_bits, 40);
}

static void reports_what_the_cpu_lacks_and_leaves_its_bit_clear(void **state)
{
	struct fake_machine *m = *state;
	struct mm_init_protections p;

	fake_machine_set_cpuid(m, 7, 0, (struct mm_hal_cpuid){ 0, 0x00100000, 0, 0 });
	assert_status(mm_init_protections_detect(&m->cpu, &p, NULL), MM_OK);
	assert_int_equal(p.missing, MM_POLICY_PROTECT_SMEP | MM_POLICY_PROTECT_UMIP);
	assert_int_equal(p.cr4 & 0x00300800, 0x00200000);
}

static void refuses_a_cpu_without_nx(void **state)
{
	struct fake_machine *m = *state;
	struct mm_init_protections p = { .cr4 = 7 };
	struct mm_refusal refusal = { NULL, 0, 0 };

	fake_machine_set_cpuid(m, 0x80000001, 0, (struct mm_hal_cpuid){ 0, 0, 0, 0x24000800 });
	assert_status(mm_init_protections_detect(&m->cpu, &p, &refusal), MM_E_INIT_NO_PROTECTION);
	assert_string_equal(refusal.field, "NX");
	assert_int_equal(p.cr4, 7);
}

static void knows_that_amd_has_no_misc_enable(void **state)
{
	struct fake_machine *m = *state;
	struct mm_init_protections p;

	fake_machine_set_cpuid(m, 0, 0, (struct mm_hal_cpuid){ 0xd, 0x68747541, 0x444d4163, 0x69746e65 });
	assert_status(mm_init_protections_detect(&m->cpu, &p, NULL), MM_OK);
	assert_false(p.has_misc_enable);
}

static void refills_the_return_stack_where_speculation_can_be_controlled(void **state)
{
	struct fake_machine *m = *state;
	struct mm_init_protections p;

	fake_machine_set_cpuid(m, 7, 0, (struct mm_hal_cpuid){ 0, 0x00100080, 4, 0 });
	assert_status(mm_init_protections_detect(&m->cpu, &p, NULL), MM_OK);
	assert_false(p.has_speculation_control);
	fake_machine_set_cpuid(m, 7, 0, (struct mm_hal_cpuid){ 0, 0x00100080, 4, 1u << 26 });
	assert_status(mm_init_protections_detect(&m->cpu, &p, NULL), MM_OK);
	assert_true(p.has_speculation_control);
	fake_machine_set_cpuid(m, 7, 0, (struct mm_hal_cpuid){ 0, 0x00100080, 4, 0 });
	fake_machine_set_cpuid(m, 0x80000008, 0, (struct mm_hal_cpuid){ 40, 1u << 12, 0, 0 });
	assert_status(mm_init_protections_detect(&m->cpu, &p, NULL), MM_OK);
	assert_true(p.has_speculation_control);
}

static void names_the_first_demanded_protection_that_lacks(void **state)
{
	(void)state;
	assert_string_equal(mm_init_protections_find_lacking(MM_POLICY_PROTECT_ALL, MM_POLICY_PROTECT_SMAP), "SMAP");
	assert_string_equal(mm_init_protections_find_lacking(MM_POLICY_PROTECT_WATCHDOG, 0), "watchdog");
	assert_string_equal(mm_init_protections_find_lacking(MM_POLICY_PROTECT_SMRAM, 0), "SMRAM range registers");
	assert_null(mm_init_protections_find_lacking(MM_POLICY_PROTECT_NX | MM_POLICY_PROTECT_WP, 0));
	assert_null(mm_init_protections_find_lacking(MM_POLICY_PROTECT_SMEP, MM_POLICY_PROTECT_SMAP));
	assert_null(mm_init_protections_find_lacking(
		MM_POLICY_PROTECT_SMEP | MM_POLICY_PROTECT_SMAP | MM_POLICY_PROTECT_UMIP, 0));
}

static void describes_flat_segments_that_are_never_written(void **state)
{
	uint8_t page[4096];

	(void)state;
	mm_init_descriptors_write(page, 0x3f456000, 0x3f455ff0);
	assert_int_equal(mm_load_u64(page), 0);
	assert_int_equal(mm_load_u64(page + MM_SEL_CODE64), 0x00af9b000000ffff);
	assert_int_equal(mm_load_u64(page + MM_SEL_DATA64), 0x00cf93000000ffff);
	/* Ring 3: privilege 3 in both, and where SYSRET finds them from its base. */
	assert_int_equal(mm_load_u64(page + (MM_SEL_USER_CODE & ~7u)), 0x00affb000000ffff);
	assert_int_equal(mm_load_u64(page + (MM_SEL_USER_DATA & ~7u)), 0x00cff3000000ffff);
	assert_int_equal(MM_SEL_SYSRET_BASE + 8, MM_SEL_USER_DATA);
	assert_int_equal(MM_SEL_SYSRET_BASE + 16, MM_SEL_USER_CODE);
}

static void describes_a_task_state_without_ports(void **state)
{
	uint8_t page[4096];
	uint64_t low;

	(void)state;
	mm_init_descriptors_write(page, 0x3f456000, 0x3f455ff0);
	low = mm_load_u64(page + MM_SEL_TSS);
	assert_int_equal(low & 0xffff, MM_TSS_BYTES - 1);
	assert_int_equal((low >> 16 & 0xffffff) | (low >> 56 << 24), 0x3f456000 + MM_TSS_OFFSET);
	assert_int_equal(low >> 40 & 0xff, 0x89);
	assert_int_equal(mm_load_u64(page + MM_TSS_OFFSET + 4), 0x3f455ff0);
	assert_true(mm_load_u16(page + MM_TSS_OFFSET + 102) > MM_TSS_BYTES - 1);
	assert_int_equal(mm_load_u16(page + MM_INIT_GDTR_OFFSET), MM_GDT_BYTES - 1);
	assert_int_equal(mm_load_u64(page + MM_INIT_GDTR_OFFSET + 2), 0x3f456000);
	assert_int_equal(mm_load_u16(page + MM_INIT_IDTR_OFFSET), 0);
}

static void tells_the_ipl_errors_as_errors(void **state)
{
	(void)state;
	assert_int_equal(mm_init_efi_status(MM_OK), MM_EFI_SUCCESS);
	assert_int_equal(mm_init_efi_status(MM_E_NO_MEMORY), MM_EFI_OUT_OF_RESOURCES);
	assert_int_equal(mm_init_efi_status(MM_E_INIT_FORBIDDEN_CODE), MM_EFI_SECURITY_VIOLATION);
	assert_int_equal(mm_init_efi_status(MM_E_HOB_LENGTH), MM_EFI_COMPROMISED_DATA);
	assert_true(MM_EFI_IS_ERROR(mm_init_efi_status(MM_E_TIMEOUT)));
}

static void logs_whole_lines_with_its_name(void **state)
{
	struct fake_machine *m = *state;
	const struct mm_refusal refusal = { "count", 16, 99 };

	mm_init_log(&m->console, "%u CPUs", 4u);
	mm_init_log_refusal(&m->console, "driver", MM_E_LIMIT, &refusal);
	mm_init_log(NULL, "nobody hears this");
	assert_string_equal(m->console_text, "init: 4 CPUs\n"
					     "init: driver: refused: a documented limit is exceeded "
					     "(count at 0x10 is 0x63)\n");
}

static void cuts_a_line_that_is_too_long(void **state)
{
	struct fake_machine *m = *state;
	char text[400];

	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	mm_init_log(&m->console, "%s", text);
	assert_true(m->console_count < 220);
	assert_int_equal(m->console_text[m->console_count - 1], '\n');
}

#define WITH_MACHINE(test) cmocka_unit_test_setup_teardown(test, machine_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_MACHINE(switches_on_all_that_the_cpu_offers),
		WITH_MACHINE(reports_what_the_cpu_lacks_and_leaves_its_bit_clear),
		WITH_MACHINE(refuses_a_cpu_without_nx),
		WITH_MACHINE(knows_that_amd_has_no_misc_enable),
		WITH_MACHINE(refills_the_return_stack_where_speculation_can_be_controlled),
		cmocka_unit_test(names_the_first_demanded_protection_that_lacks),
		cmocka_unit_test(describes_flat_segments_that_are_never_written),
		cmocka_unit_test(describes_a_task_state_without_ports),
		cmocka_unit_test(tells_the_ipl_errors_as_errors),
		WITH_MACHINE(logs_whole_lines_with_its_name),
		WITH_MACHINE(cuts_a_line_that_is_too_long),
	};

	return cmocka_run_group_tests_name("init/processor", tests, NULL, NULL);
}
