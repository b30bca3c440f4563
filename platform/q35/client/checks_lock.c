/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/* MMRAM as everybody outside sees it. After each attack MM must still answer. */
#include "chipset.h"
#include "client.h"
#include "machine.h"
#include "talk.h"
#include "verify.h"

static bool tseg_reads_ff(struct mm_q35_client *client, uint64_t argument)
{
	uint64_t page;

	if (!mm_q35_verify_tseg_reads_ff(client->machine, &page))
		return mm_q35_client_fail(client, "the page at %llx does not read as 0xff", page);
	return true;
}

static bool tseg_ignores_writes(struct mm_q35_client *client, uint64_t argument)
{
	if (!mm_q35_verify_tseg_ignores_writes(client->machine))
		return mm_q35_client_fail(client, "a write had an effect");
	return mm_q35_talk_is_alive(client, "writing to every page of TSEG");
}

static bool unlock_is_refused(struct mm_q35_client *client, uint64_t argument)
{
	uint64_t page;

	if (!mm_q35_chipset_resists_unlock(&client->machine->hal.io, client->machine->default_smram_closed))
		return mm_q35_client_fail(client, "a register of the lock changed");
	if (!mm_q35_verify_tseg_reads_ff(client->machine, &page))
		return mm_q35_client_fail(client, "TSEG is open at %llx", page);
	return mm_q35_talk_is_alive(client, "trying to unlock");
}

static bool default_smbase_is_closed(struct mm_q35_client *client, uint64_t argument)
{
	if (!client->machine->default_smram_closed)
		return mm_q35_client_fail(client, "the machine left it open");
	if (!mm_q35_verify_default_smbase(client->machine))
		return mm_q35_client_fail(client, "it can be read or written");
	return true;
}

static bool dma_is_refused(struct mm_q35_client *client, uint64_t argument)
{
	if (!mm_q35_verify_refuses_dma(client->machine))
		return mm_q35_client_fail(client, "a bus master read MMRAM");
	return mm_q35_talk_is_alive(client, "DMA into an MMI entry");
}

static const struct mm_q35_check checks[] = {
	{ "tseg-reads-ff", tseg_reads_ff, 0 },	    { "tseg-ignores-writes", tseg_ignores_writes, 0 },
	{ "unlock-refused", unlock_is_refused, 0 }, { "default-smbase-closed", default_smbase_is_closed, 0 },
	{ "dma-refused", dma_is_refused, 0 },
};

const struct mm_q35_check_list mm_q35_checks_lock = { checks, MM_ARRAY_COUNT(checks), NULL };
