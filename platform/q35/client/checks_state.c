/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* What the OS left in its registers is there after an SMI in which a driver ran. */

#include "client.h"
#include "machine.h"
#include "mm/abi/comm.h"
#include "state.h"
#include "talk.h"

#define ROUNDS		1000u
#define ROUNDS_ON_AP	100u
#define FLAGS_PATTERN	0x8d7u	    /* OF SF ZF AF PF CF */
#define FX_CONTROL	0x027fu	    /* double precision, all exceptions masked */
#define FX_MXCSR	0x0000df80u /* round up, flush to zero, all exceptions masked */
#define FX_MXCSR_OFFSET 24u
#define FX_TAG_OFFSET	4u
#define FX_ST_OFFSET	32u
#define FX_XMM_OFFSET	160u
#define FX_USED_BYTES	416u

/* One comparison: what was set, what the CPU made of it, what the SMI left. */
struct comparison {
	struct mm_q35_register_image before;
	struct mm_q35_register_image expected;
	struct mm_q35_register_image after;
	struct mm_q35_special_state special_before;
	struct mm_q35_special_state special_after;
	uint64_t seed;
};

static struct comparison comparison;

static void fill_image(struct mm_q35_register_image *image, uint64_t seed)
{
	const uint16_t control = FX_CONTROL;
	const uint32_t mxcsr = FX_MXCSR;

	mm_q35_talk_fill(image->fx, sizeof(image->fx), seed);
	__builtin_memset(image->fx, 0, FX_ST_OFFSET);
	__builtin_memcpy(image->fx, &control, sizeof(control));
	__builtin_memcpy(image->fx + FX_MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
	image->fx[FX_TAG_OFFSET] = 0xff; /* all eight in use */
	mm_q35_talk_fill((uint8_t *)image->general, sizeof(image->general), ~seed);
	image->general[0] = (image->general[0] & ~0xffull) | MM_SMI_COMMAND;
	image->flags = FLAGS_PATTERN;
}

/* Runs on the CPU whose state is looked at: sets, raises, reads. */
static uint64_t compare_here(void *argument)
{
	struct comparison *it = argument;
	struct mm_q35_special_state original;

	fill_image(&it->before, it->seed);
	mm_q35_state_no_smi(&it->before, &it->expected);
	mm_q35_special_read(&original);
	mm_q35_special_set(it->seed);
	mm_q35_special_read(&it->special_before);
	mm_q35_state_smi(&it->before, &it->after);
	mm_q35_special_read(&it->special_after);
	mm_q35_special_restore(&original);
	return 0;
}

static bool judge(struct mm_q35_client *client, const struct comparison *it)
{
	for (uint32_t i = 0; i < MM_Q35_GENERAL_COUNT; i++) {
		if (it->after.general[i] != it->expected.general[i])
			return mm_q35_client_fail(client, "general register %u is %llx, was %llx", i,
						  it->after.general[i], it->expected.general[i]);
	}
	if (it->after.flags != it->expected.flags)
		return mm_q35_client_fail(client, "RFLAGS is %llx, was %llx", it->after.flags, it->expected.flags);
	for (uint32_t i = 0; i < FX_USED_BYTES; i++) {
		if (it->after.fx[i] != it->expected.fx[i])
			return mm_q35_client_fail(client, "byte %u of the x87/SSE state is %x, was %x", i,
						  it->after.fx[i], it->expected.fx[i]);
	}
	for (uint32_t i = 0; i < mm_q35_special_count(); i++) {
		if (!mm_q35_special_may_be(i, it->special_before.value[i], it->special_after.value[i]))
			return mm_q35_client_fail(client, "%s is %llx, was %llx", mm_q35_special_name(i),
						  it->special_after.value[i], it->special_before.value[i]);
	}
	return true;
}

struct place {
	struct mm_q35_machine *machine;
	uint32_t cpu;
};

static void raise_and_compare(void *context)
{
	const struct place *place = context;
	uint64_t result;

	/* If the CPU does not respond, no answer comes, and that is what the check reports. */
	(void)mm_q35_processors_run(place->machine, place->cpu, compare_here, &comparison, &result);
}

static bool state_is_kept(struct mm_q35_client *client, uint32_t cpu, uint32_t rounds)
{
	struct place place = { client->machine, cpu };
	struct mm_q35_trigger trigger = { raise_and_compare, &place };
	struct mm_q35_answer answer;

	for (uint32_t i = 0; i < rounds; i++) {
		comparison.seed = i + 1;
		if (!mm_q35_talk_echo(client, 64, i, &trigger, &answer))
			return false;
		if (!judge(client, &comparison))
			return false;
	}
	return true;
}

static bool state_is_kept_on_bsp(struct mm_q35_client *client, uint64_t argument)
{
	return state_is_kept(client, 0, ROUNDS);
}

static bool state_is_kept_on_last_cpu(struct mm_q35_client *client, uint64_t argument)
{
	return state_is_kept(client, client->machine->processors.count - 1, ROUNDS_ON_AP);
}

static const struct mm_q35_check checks[] = {
	{ "state-kept", state_is_kept_on_bsp, 0 },
	{ "state-kept-on-last-cpu", state_is_kept_on_last_cpu, 0 },
};

const struct mm_q35_check_list mm_q35_checks_state = { checks, MM_ARRAY_COUNT(checks), NULL };
