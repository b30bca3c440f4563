/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The gate against a model that knows nothing of runs: a set of (port, width, right) that are listed. Random
 * policies, every port, width and right; sampled MSRs. MM_SOAK=1 or `--soak` takes the full counts, a million
 * spoiled policies among them. The seed is printed; `--seed N` repeats a run.
 */
#include "policy_test.h"

#include <inttypes.h>
#include <stdio.h>

#include "mm/policy/floor.h"
#include "mm/policy/gate.h"

#define SOAK_ROUNDS 200

static uint64_t seed = 0x5eed0001;
static uint64_t rounds = 10;
static uint64_t random_state;

/* xorshift64*: small, repeatable, good enough to pick ports. */
static uint32_t roll(uint32_t below)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (uint32_t)((random_state * 0x2545f4914f6cdd1dull >> 33) % below);
}

struct listed {
	uint8_t range[0x10000];	    /* rights of ranged entries */
	uint8_t strict[0x10000][3]; /* rights of strict entries by width */
};

static struct listed set;

static int width_index(uint32_t bytes)
{
	return bytes == 1 ? 0 : bytes == 2 ? 1 : 2;
}

/* Adds a random entry to policy and model; overlaps are avoided by looking at the model. */
static void add_entry(struct fake_policy *fake)
{
	uint32_t bytes = 1u << roll(3);
	bool strict = roll(3) == 0;
	uint32_t length = strict ? bytes : 1 + roll(roll(4) == 0 ? 2000 : 6);
	uint32_t port = roll(4) == 0 ? roll(0x10000) : 0xcd0 + roll(0x60);
	uint32_t attr = 1 + roll(3);
	uint32_t i;

	if (port + length > 0x10000)
		return;
	for (i = port; i < port + length; i++) {
		if (set.range[i] != 0)
			return;
	}
	for (i = port >= 3 ? port - 3 : 0; !strict && i < port + length; i++) {
		if (set.strict[i][0] != 0 || set.strict[i][1] != 0 || set.strict[i][2] != 0)
			return;
	}
	if (strict && set.strict[port][width_index(bytes)] != 0)
		return;
	fake_policy_port(fake, port, length, attr | (strict ? STRICT : 0));
	if (strict)
		set.strict[port][width_index(bytes)] = (uint8_t)attr;
	for (i = port; !strict && i < port + length; i++)
		set.range[i] = (uint8_t)attr;
}

/* The ten lines that say what a policy means. */
static bool model_grants(bool allow, uint32_t port, uint32_t bytes, uint32_t right)
{
	bool strict = (set.strict[port][width_index(bytes)] & right) != 0;
	bool all = true;
	bool some = false;
	uint32_t i;

	for (i = port; i < port + bytes; i++) {
		all = all && (set.range[i] & right) != 0;
		some = some || (set.range[i] & right) != 0;
	}
	return (allow ? all || strict : !some && !strict) && mm_policy_floor_find_port(port, bytes, right) == NULL;
}

static void compare_ports(const struct mm_policy *policy, bool allow)
{
	uint32_t port;
	uint32_t bytes;
	uint32_t right;

	for (bytes = 1; bytes <= 4; bytes *= 2) {
		for (port = 0; port + bytes <= 0x10000; port++) {
			for (right = R; right <= W; right++) {
				bool expected = model_grants(allow, port, bytes, right);

				if ((mm_policy_gate_port(policy, port, bytes, right) == MM_OK) != expected)
					fail_msg("seed 0x%" PRIx64 ": port 0x%x width %u right %u", seed, port, bytes,
						 right);
			}
		}
	}
}

/* Every access through open bits alone is granted, and a closed bit has a reason. */
static void compare_bitmap(const struct mm_policy *policy, bool allow)
{
	static uint8_t bitmap[MM_POLICY_PORT_BITMAP_BYTES];
	uint32_t opened = mm_policy_build_port_bitmap(policy, bitmap);
	uint32_t count = 0;
	uint32_t port;
	uint32_t bytes;

	for (port = 0; port < 0x10000; port++) {
		bool open = (bitmap[port / 8] >> (port % 8) & 1) == 0;

		count += open;
		assert_int_equal(open, mm_policy_gate_port_range(policy, port, 1, RW) == MM_OK);
		for (bytes = 1; bytes <= 4 && port + bytes <= 0x10000; bytes *= 2) {
			uint32_t i;
			bool all = true;

			for (i = port; i < port + bytes; i++)
				all = all && (bitmap[i / 8] >> (i % 8) & 1) == 0;
			if (all && !(model_grants(allow, port, bytes, R) && model_grants(allow, port, bytes, W)))
				fail_msg("seed 0x%" PRIx64 ": open port 0x%x width %u", seed, port, bytes);
		}
	}
	assert_int_equal(count, opened);
}

static void gate_equals_the_set_of_listed_accesses(void **state)
{
	uint64_t round;

	(void)state;
	random_state = seed;
	for (round = 0; round < rounds; round++) {
		struct fake_policy fake;
		bool allow = roll(2) == 0;
		uint32_t entries = roll(60);
		uint32_t i;

		memset(&set, 0, sizeof(set));
		fake_policy_init(&fake);
		fake_policy_root(&fake, MM_POLICY_PORT, allow ? MM_POLICY_ALLOW_LIST : MM_POLICY_DENY_LIST);
		for (i = 0; i < entries; i++)
			add_entry(&fake);
		compare_ports(decoded(&fake), allow);
		compare_bitmap(&fake.policy, allow);
		fake_policy_finish(&fake);
	}
}

struct msr_entry {
	uint64_t first;
	uint64_t end;
	uint32_t attr;
};

static bool msr_model(const struct msr_entry *entries, uint32_t count, bool allow, uint32_t msr, uint32_t right)
{
	uint32_t attr = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (msr >= entries[i].first && msr < entries[i].end)
			attr |= entries[i].attr;
	}
	return ((attr & right) != 0) == allow && mm_policy_floor_find(mm_policy_floor_msrs(), msr, msr, right) == NULL;
}

static void compare_msr(const struct mm_policy *policy, const struct msr_entry *entries, uint32_t count, bool allow,
			uint32_t msr)
{
	uint32_t right;

	for (right = R; right <= W; right++) {
		if ((mm_policy_gate_msr(policy, msr, right) == MM_OK) != msr_model(entries, count, allow, msr, right))
			fail_msg("seed 0x%" PRIx64 ": msr 0x%x right %u", seed, msr, right);
	}
}

/* Random entries that do not overlap: ascending, then asked for at every edge and at random. */
static void compare_msr_policy(void)
{
	static const uint32_t bases[] = { 0, 0x170, 0x7f0, 0xc0000070, 0xc0010000, 0xfffffff0 };
	struct msr_entry entries[40];
	struct fake_policy fake;
	bool allow = roll(2) == 0;
	uint32_t count = 0;
	uint64_t next = 0;
	uint32_t i;

	fake_policy_init(&fake);
	fake_policy_root(&fake, MM_POLICY_MSR, allow ? MM_POLICY_ALLOW_LIST : MM_POLICY_DENY_LIST);
	for (i = 0; i < 40; i++) {
		uint64_t first = next + roll(20);
		uint64_t length = 1 + roll(8);
		uint64_t jump = bases[roll(6)];

		if (roll(8) == 0 && jump > next)
			first = jump;
		if (first + length > 0x100000000ull)
			break;
		entries[count].first = first;
		entries[count].end = next = first + length;
		entries[count].attr = 1 + roll(3);
		fake_policy_msr(&fake, (uint32_t)first, (uint32_t)length, entries[count].attr);
		count++;
	}
	(void)decoded(&fake);
	for (i = 0; i < count; i++) {
		compare_msr(&fake.policy, entries, count, allow, (uint32_t)entries[i].first - 1u);
		compare_msr(&fake.policy, entries, count, allow, (uint32_t)entries[i].first);
		compare_msr(&fake.policy, entries, count, allow, (uint32_t)entries[i].end - 1u);
		compare_msr(&fake.policy, entries, count, allow, (uint32_t)entries[i].end);
	}
	for (i = 0; i < 2000; i++)
		compare_msr(&fake.policy, entries, count, allow, bases[roll(6)] + roll(0x400));
	fake_policy_finish(&fake);
}

static void gate_equals_the_model_at_sampled_msrs(void **state)
{
	uint64_t round;

	(void)state;
	random_state = seed ^ 0xabcdef;
	for (round = 0; round < rounds * 10; round++)
		compare_msr_policy();
}

/* Flips bytes of a sound policy with every kind of root: decoded or refused, never worse. */
static void no_spoiled_policy_does_worse_than_be_refused(void **state)
{
	struct fake_policy fake;
	struct mm_bytes blob;
	uint8_t *spoiled;
	void *storage;
	uint64_t round;

	(void)state;
	random_state = seed ^ 0x123456;
	fake_policy_init(&fake);
	fake_policy_root(&fake, MM_POLICY_PORT, MM_POLICY_DENY_LIST);
	fake_policy_root(&fake, MM_POLICY_MSR, MM_POLICY_ALLOW_LIST);
	fake_policy_root(&fake, MM_POLICY_INSTRUCTION, MM_POLICY_ALLOW_LIST);
	fake_policy_root(&fake, MM_POLICY_SAVE_STATE, MM_POLICY_ALLOW_LIST);
	fake_policy_root(&fake, MM_POLICY_MEMORY, MM_POLICY_ALLOW_LIST);
	fake_policy_port(&fake, 0xcf8, 4, W | STRICT);
	fake_policy_port(&fake, 0x70, 4, RW);
	fake_policy_msr(&fake, 0x10, 3, R);
	fake_policy_msr(&fake, 0xc0000080, 3, RW);
	fake_policy_instruction(&fake, 0, X);
	fake_policy_save_state(&fake, 1, R, 0);
	fake_policy_memory(&fake, 0x80000000, 0x1000, R);
	blob = fake_policy_blob(&fake);
	spoiled = malloc(blob.count);
	storage = malloc(mm_policy_storage_bytes(blob.count));
	assert_true(spoiled != NULL && storage != NULL);
	for (round = 0; round < rounds * 5000; round++) {
		size_t count = roll(8) == 0 ? roll((uint32_t)blob.count + 1) : blob.count;
		uint32_t flips = 1 + roll(4);
		struct mm_policy policy;

		memcpy(spoiled, blob.data, blob.count);
		while (flips-- > 0)
			spoiled[roll((uint32_t)blob.count)] = (uint8_t)roll(256);
		if (mm_policy_decode_untrusted(mm_bytes(spoiled, count), storage, mm_policy_storage_bytes(count),
					       &policy, NULL) == MM_OK) {
			assert_true(policy.blob.count <= count);
			(void)mm_policy_gate_port(&policy, roll(0xfff0), 4, R); /* any answer; ASan watches */
			(void)mm_policy_gate_msr(&policy, roll(0x7fffffff), W);
		}
	}
	free(storage);
	free(spoiled);
	fake_policy_finish(&fake);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gate_equals_the_set_of_listed_accesses),
		cmocka_unit_test(gate_equals_the_model_at_sampled_msrs),
		cmocka_unit_test(no_spoiled_policy_does_worse_than_be_refused),
	};
	const char *tier = getenv("MM_SOAK");
	int i;

	if (tier != NULL && strcmp(tier, "1") == 0)
		rounds = SOAK_ROUNDS;
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--soak") == 0)
			rounds = SOAK_ROUNDS;
		else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc)
			seed = strtoull(argv[++i], NULL, 0) | 1;
	}
	print_message("seed 0x%" PRIx64 ", %" PRIu64 " policies\n", seed, rounds);
	return cmocka_run_group_tests_name("policy/model", tests, NULL, NULL);
}
