/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * The hostile OS and the hostile driver together: an SMI leaves LDTR as the OS set it, so the OS puts a call gate to
 * ring 0 into a table in memory that MM maps, and the driver calls through it.
 */
#include "client.h"
#include "machine.h"
#include "mm/abi/drivers.h"
#include "mm/abi/mmi_entry.h"
#include "mm/base/bytes.h"
#include "talk.h"

#define GDT_BYTES_MAX  256u
#define LDT_BYTES      16u
#define LDT_PRESENT    0x82u
#define GATE_USER_CALL 0xECu /* present, DPL 3, 64-bit call gate */
#define GATE_TARGET    0x1000u

struct table_register {
	uint16_t limit;
	uint64_t base;
} __attribute__((packed));

static uint8_t gdt[GDT_BYTES_MAX] MM_ALIGNED(16);

/* A call gate to ring 0 is the table's only entry; it takes two slots (AMD APM volume 2, 4.8.3). */
static void write_gate(uint8_t *ldt)
{
	mm_store_u64(ldt, GATE_TARGET | ((uint64_t)MM_SEL_CODE64 << 16) | ((uint64_t)GATE_USER_CALL << 40));
	mm_store_u64(ldt + 8, 0);
}

/* A copy of the live table with a descriptor of the LDT behind its end; returns the LDT's selector. */
static uint16_t write_gdt(const struct table_register *live, uint64_t ldt)
{
	uint32_t bytes = live->limit + 1u;

	__builtin_memcpy(gdt, (const void *)(uintptr_t)live->base, bytes);
	mm_store_u64(gdt + bytes, (LDT_BYTES - 1u) | ((ldt & 0xFFFFFFu) << 16) | ((uint64_t)LDT_PRESENT << 40) |
					  (((ldt >> 24) & 0xFFu) << 56));
	mm_store_u64(gdt + bytes + 8u, ldt >> 32);
	return (uint16_t)bytes;
}

static bool call_gate_is_closed(struct mm_q35_client *client, uint64_t argument)
{
	struct mm_q35_channel *channel = &client->machine->user;
	uint8_t *ldt = channel->buffer + channel->bytes - LDT_BYTES;
	struct table_register live;
	struct table_register ours = { GDT_BYTES_MAX - 1u, (uint64_t)(uintptr_t)gdt };
	uint16_t selector;
	uint16_t kept;
	bool contained;

	__asm__ volatile("sgdt %0" : "=m"(live));
	if (live.limit + 1u > GDT_BYTES_MAX - LDT_BYTES)
		return mm_q35_client_fail(client, "the descriptor table has %u bytes", live.limit + 1u);
	write_gate(ldt);
	selector = write_gdt(&live, (uint64_t)(uintptr_t)ldt);
	__asm__ volatile("lgdt %0\n\tlldt %1" : : "m"(ours), "r"(selector) : "memory");
	contained = mm_q35_talk_crash_is_contained(client, MM_CRASH_CALL_GATE, 0);
	__asm__ volatile("sldt %0" : "=r"(kept));
	__asm__ volatile("lldt %0\n\tlgdt %1" : : "r"((uint16_t)0), "m"(live) : "memory");
	if (contained && kept != selector)
		return mm_q35_client_fail(client, "the OS's LDTR was %x, is %x", selector, kept);
	return contained;
}

static const struct mm_q35_check checks[] = {
	{ "call-gate-of-the-os", call_gate_is_closed, 0 },
};

const struct mm_q35_check_list mm_q35_checks_gate = { checks, MM_ARRAY_COUNT(checks), NULL };
