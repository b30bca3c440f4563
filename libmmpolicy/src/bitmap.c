/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/policy/gate.h"

#include "internal.h"

static void open_ports(uint8_t *bitmap, uint32_t first, uint32_t end)
{
	uint32_t port;

	for (port = first; port < end; port++)
		bitmap[port / 8u] &= (uint8_t)~(1u << (port % 8u));
}

static uint32_t close_ports(uint8_t *bitmap, uint32_t first, uint32_t last)
{
	uint32_t closed = 0;
	uint32_t port;

	for (port = first; port <= last; port++) {
		closed += (bitmap[port / 8u] >> (port % 8u) & 1u) == 0;
		bitmap[port / 8u] |= (uint8_t)(1u << (port % 8u));
	}
	return closed;
}

/*
 * A port is open when its run grants both directions under the floor. Any access made of open ports only is
 * then granted by the gate as well: grants hold byte by byte, and a port that a strict deny entry reaches is
 * closed, whatever the entry's width. Strict grants open nothing, because the bitmap knows no width.
 */
uint32_t mm_policy_build_port_bitmap(const struct mm_policy *policy, uint8_t ret_bitmap[MM_POLICY_PORT_BITMAP_BYTES])
{
	const struct mm_policy_space *ports = &policy->ports;
	uint32_t opened = 0;
	uint32_t i;

	for (i = 0; i < MM_POLICY_PORT_BITMAP_BYTES; i++)
		ret_bitmap[i] = 0xff;
	for (i = 0; i < ports->run_count; i++) {
		uint32_t end = i + 1u < ports->run_count ? ports->runs[i + 1u].first : PORT_COUNT;

		if (ports->runs[i].first >= PORT_COUNT)
			break; /* filling */
		if (end > PORT_COUNT)
			end = PORT_COUNT;
		if ((ports->runs[i].rights & ports->runs[i].rights >> FLOOR_SHIFT & ACCESS_MASK) != ACCESS_MASK)
			continue;
		open_ports(ret_bitmap, ports->runs[i].first, end);
		opened += end - ports->runs[i].first;
	}
	if (policy->lists[MM_POLICY_PORT].kind == MM_POLICY_DENY_LIST) {
		for (i = 0; i < ports->strict_count; i++)
			opened -= close_ports(ret_bitmap, (uint32_t)ports->strict[i].first,
					      (uint32_t)ports->strict[i].last);
	}
	return opened;
}
