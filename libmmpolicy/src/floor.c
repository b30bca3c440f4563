/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/policy/floor.h"

#include "internal.h"

#define R  MM_POLICY_READ
#define W  MM_POLICY_WRITE
#define RW (MM_POLICY_READ | MM_POLICY_WRITE)

/* Reads are left to policy unless they disclose or consume something: standard drivers read many of these. */
static const struct mm_policy_floor_row msr_rows[] = {
	{ 0x0000001b, 0x0000001b, W, 0, 0, "APIC base: moves or disables the local APIC under the supervisor" },
	{ 0x0000003a, 0x0000003a, W, 0, 0, "feature control: turns virtualisation on" },
	{ 0x00000048, 0x00000049, W, 0, 0, "speculation control: removes the side-channel barriers" },
	{ 0x00000079, 0x00000079, W, 0, 0, "microcode update: replaces the processor's behaviour" },
	{ 0x0000009b, 0x0000009b, W, 0, 0, "SMM monitor control: installs a monitor above the supervisor" },
	{ 0x0000009e, 0x0000009e, RW, 0, 0, "SMBASE: tells where the save state lies and moves it" },
	{ 0x00000140, 0x00000140, W, 0, 0, "miscellaneous features: changes how CPUID and ring-3 MONITOR fault" },
	{ 0x00000174, 0x00000176, W, 0, 0, "SYSENTER: a second door from ring 3 to ring 0" },
	{ 0x000001a0, 0x000001a0, W, 0, 0, "miscellaneous enables: the execute-disable override" },
	{ 0x000001d9, 0x000001d9, W, 0, 0, "debug control: branch tracing of ring 0 and freeze on SMI" },
	{ 0x000001f2, 0x000001f5, W, 0, 0, "SMRR and PRMRR: open MMRAM to the cache of other modes" },
	{ 0x00000200, 0x00000213, W, 0, 0, "variable MTRRs: change the memory type of MMRAM" },
	{ 0x00000250, 0x00000250, W, 0, 0, "fixed MTRR: changes the memory type of MMRAM" },
	{ 0x00000258, 0x00000259, W, 0, 0, "fixed MTRRs: change the memory type of MMRAM" },
	{ 0x00000268, 0x0000026f, W, 0, 0, "fixed MTRRs: change the memory type of MMRAM" },
	{ 0x00000277, 0x00000277, W, 0, 0, "PAT: changes the memory type of every mapping" },
	{ 0x000002ff, 0x000002ff, W, 0, 0, "MTRR default type: changes the memory type of MMRAM" },
	{ 0x000004e0, 0x000004e0, W, 0, 0, "SMM feature control: turns off the SMM code-access check" },
	{ 0x00000560, 0x00000561, W, 0, 0, "processor trace output: writes packets to any physical address" },
	{ 0x00000570, 0x00000572, W, 0, 0, "processor trace control: records the control flow of ring 0" },
	{ 0x00000600, 0x00000600, RW, 0, 0, "debug store area: a linear address that ring-0 microcode writes to" },
	{ 0x000006a0, 0x000006a0, W, 0, 0, "user CET: changes how ring 3 is entered and left" },
	{ 0x000006a2, 0x000006a2, W, 0, 0, "supervisor CET: faults ring 0" },
	{ 0x000006a4, 0x000006a8, RW, 0, 0, "shadow-stack pointers and interrupt SSP table of every ring" },
	{ 0x00000800, 0x000008ff, W, 0, 0, "x2APIC registers: send INIT, SIPI and SMI to any CPU" },
	{ 0x00000c80, 0x00000c80, W, 0, 0, "debug interface: opens the processor to a probe" },
	{ 0x00000da0, 0x00000da0, W, 0, 0, "supervisor state components: extends what XSAVES stores" },
	{ 0xc0000080, 0xc0000084, W, 0, 0, "EFER and SYSCALL: the door from ring 3 to ring 0" },
	{ 0xc0000100, 0xc0000102, W, 0, 0, "segment bases: where ring 0 finds its per-CPU state" },
	{ 0xc0010010, 0xc0010010, W, 0, 0, "AMD SYSCFG: memory encryption and MTRR extension bits" },
	{ 0xc0010015, 0xc001001f, W, 0, 0, "AMD HWCR, IORR and top of memory: SMM lock and the memory map" },
	{ 0xc0010020, 0xc0010020, W, 0, 0, "AMD patch loader: replaces the processor's behaviour" },
	{ 0xc0010050, 0xc0010056, W, 0, 0, "AMD SMI on I/O trap: raises SMIs from chosen ports" },
	{ 0xc0010058, 0xc0010058, W, 0, 0, "AMD MMIO configuration base: moves the configuration space" },
	{ 0xc0010111, 0xc0010113, W, 0, 0, "AMD SMM base, address and mask: open or move MMRAM" },
	{ 0xc0010114, 0xc0010119, W, 0, 0, "AMD virtualisation control, SMM control and their keys" },
	{ 0xc0010130, 0xc0010131, W, 0, 0, "AMD encrypted-guest communication block: an address the CPU writes to" },
	{ 0xc0011019, 0xc001101b, W, 0, 0, "AMD debug address masks: live in MM unless the supervisor sets them" },
	{ 0xc0011027, 0xc0011027, W, 0, 0, "AMD debug address mask: live in MM unless the supervisor sets it" },
	{ 0xc0011030, 0xc001103c, W, 0, 0, "AMD instruction-based sampling: interrupts and records ring 0" },
};

/* The PM block is where platform/q35 puts it (PMBASE 0x600); the others are where every PC has them. */
static const struct mm_policy_floor_row port_rows[] = {
	{ 0x0064, 0x0064, W, 0, 0, "keyboard controller command: pulses the reset line" },
	{ 0x0092, 0x0092, W, 0, 0, "system control port A: fast reset and the A20 gate" },
	{ 0x00b2, 0x00b3, RW, 0, 0, "APM command and status: raise an SMI or forge its number" },
	{ 0x0630, 0x0637, W, 0, 0, "PM block, SMI enable and status: decides which SMIs exist" },
	{ 0x0640, 0x0647, W, 0, 0, "PM block, device trap and monitor: raises SMIs on device accesses" },
	{ 0x0660, 0x067f, W, 0, 0, "PM block, TCO: raises SMIs, resets by watchdog, routes NMI to SMI" },
	{ 0x0cd6, 0x0cd7, W, 0, 0, "AMD power-management index and data: SMI control and reset" },
	{ 0x0cd8, 0x0ce3, W, 0, 0, "CPU hot-plug registers: add or eject a CPU under the supervisor" },
	{ 0x0cf9, 0x0cf9, W, 4, 0x0cf8, "reset control" },
};

static const struct mm_policy_floor_row physical_rows[] = {
	{ 0xb0000000, 0xb0000fff, RW, 0, 0, "configuration space of the host bridge: SMRAM control and memory map" },
	{ 0xb00f8000, 0xb00f8fff, RW, 0, 0, "configuration space of the LPC bridge: SMI, flash and decode locks" },
	{ 0xfec00000, 0xfec0ffff, RW, 0, 0, "I/O APIC: delivers SMI, NMI and INIT" },
	{ 0xfec10000, 0xfec10fff, RW, 0, 0, "AMD flash controller: flash locks" },
	{ 0xfed1c000, 0xfed1ffff, RW, 0, 0, "root complex and flash controller: flash locks, trap registers" },
	{ 0xfed20000, 0xfed3ffff, RW, 0, 0, "TXT private and public space: measured launch" },
	{ 0xfed80000, 0xfed81fff, RW, 0, 0, "AMD power-management block: SMI control and reset" },
	{ 0xfed90000, 0xfed93fff, RW, 0, 0, "IOMMU registers: DMA protection of MMRAM" },
	{ 0xfee00000, 0xfeefffff, RW, 0, 0, "local APIC: sends INIT, SIPI and SMI to any CPU" },
};

struct mm_policy_floor mm_policy_floor_msrs(void)
{
	struct mm_policy_floor floor = { msr_rows, MM_ARRAY_COUNT(msr_rows) };

	return floor;
}

struct mm_policy_floor mm_policy_floor_ports(void)
{
	struct mm_policy_floor floor = { port_rows, MM_ARRAY_COUNT(port_rows) };

	return floor;
}

struct mm_policy_floor mm_policy_floor_physical(void)
{
	struct mm_policy_floor floor = { physical_rows, MM_ARRAY_COUNT(physical_rows) };

	return floor;
}

/* Index of the first row that ends at `first` or later. */
static size_t first_reaching(struct mm_policy_floor floor, uint64_t first)
{
	size_t low = 0;
	size_t count = floor.count;

	while (count > 0) {
		size_t half = count / 2u;

		if (floor.rows[low + half].last < first) {
			low += half + 1u;
			count -= half + 1u;
		} else {
			count = half;
		}
	}
	return low;
}

const struct mm_policy_floor_row *mm_policy_floor_find(struct mm_policy_floor floor, uint64_t first, uint64_t last,
						       uint32_t access)
{
	size_t i;

	for (i = first_reaching(floor, first); i < floor.count && floor.rows[i].first <= last; i++) {
		if ((floor.rows[i].access & access) != 0)
			return &floor.rows[i];
	}
	return NULL;
}

const struct mm_policy_floor_row *mm_policy_floor_find_port(uint32_t port, uint32_t bytes, uint32_t access)
{
	uint64_t last = (uint64_t)port + bytes - 1u;
	struct mm_policy_floor floor = mm_policy_floor_ports();
	size_t i;

	for (i = first_reaching(floor, port); i < floor.count && floor.rows[i].first <= last; i++) {
		const struct mm_policy_floor_row *row = &floor.rows[i];

		if ((row->access & access) != 0 && !(row->exempt_bytes == bytes && row->exempt_port == port))
			return row;
	}
	return NULL;
}

bool mm_policy_floor_physical_overlaps(struct mm_region region)
{
	return region.bytes != 0 &&
	       mm_policy_floor_find(mm_policy_floor_physical(), region.base, mm_region_end(region) - 1u, RW) != NULL;
}

/* Walks the gaps between the rows; counts all, writes those that fit. */
static size_t subtract(struct mm_region region, struct mm_region *pieces, size_t capacity)
{
	struct mm_policy_floor floor = mm_policy_floor_physical();
	uint64_t end = mm_region_end(region);
	uint64_t at = region.base;
	size_t count = 0;
	size_t i;

	for (i = first_reaching(floor, at); at < end; i++) {
		uint64_t stop = i < floor.count && floor.rows[i].first < end ? floor.rows[i].first : end;

		if (stop > at) {
			if (count < capacity)
				pieces[count] = mm_region_create(at, stop - at);
			count++;
		}
		if (stop == end)
			break;
		at = floor.rows[i].last + 1u;
	}
	return count;
}

enum mm_status mm_policy_floor_subtract(struct mm_region region, struct mm_region *ret_pieces, size_t capacity,
					size_t *ret_count)
{
	size_t count = subtract(region, NULL, 0);

	if (count > capacity)
		return MM_E_BUFFER_TOO_SMALL;
	*ret_count = subtract(region, ret_pieces, capacity);
	return MM_OK;
}
