/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "chipset.h"

#include "fwcfg.h"
#include "memory.h"
#include "mm/hal/io.h"
#include "pci.h"

#define MIB		     0x100000ull
#define HOST_BRIDGE_ID	     0x29c08086u
#define PCIEXBAR_ENABLE	     1u
#define PMBASE_IO	     1u
#define ACPI_CNTL_ENABLE     0x80u
#define EXT_TSEG_QUERY	     0xffffu
#define TSEG_FALLBACK	     (8 * MIB)
#define SMRAMC_C_BASE_SEG    0x02u
#define SMRAMC_G_SMRAME	     0x08u
#define SMRAMC_D_LCK	     0x10u
#define SMRAMC_D_OPEN	     0x40u
#define ESMRAMC_T_EN	     0x01u
#define ESMRAMC_SIZE_SHIFT   1u
#define ESMRAMC_SIZE_8M	     2u
#define ESMRAMC_SIZE_EXT     3u
#define ESMRAMC_SIZE_MASK    0x06u
#define SMI_EN_GBL_SMI	     0x01u
#define SMI_EN_APMC	     0x20u
#define GEN_PMCON_1_SMI_LOCK 0x10u
#define F_SMBASE_QUERY	     0xffu
#define F_SMBASE_IN_RAM	     0x01u
#define F_SMBASE_LOCK	     0x02u
#define FEATURE_BROADCAST    1u

static const struct mm_q35_pci_register host_id = { 0, 0, 0x00 };
static const struct mm_q35_pci_register ext_tseg = { 0, 0, 0x50 };
static const struct mm_q35_pci_register pciexbar_low = { 0, 0, 0x60 };
static const struct mm_q35_pci_register pciexbar_high = { 0, 0, 0x64 };
static const struct mm_q35_pci_register f_smbase = { 0, 0, 0x9c };
static const struct mm_q35_pci_register smramc = { 0, 0, 0x9d };
static const struct mm_q35_pci_register esmramc = { 0, 0, 0x9e };
static const struct mm_q35_pci_register pmbase = { 0x1f, 0, 0x40 };
static const struct mm_q35_pci_register acpi_cntl = { 0x1f, 0, 0x44 };
static const struct mm_q35_pci_register gen_pmcon_1 = { 0x1f, 0, 0xa0 };

enum mm_status mm_q35_chipset_check(struct mm_hal_io *io)
{
	return mm_q35_pci_read32(io, host_id) == HOST_BRIDGE_ID ? MM_OK : MM_E_UNSUPPORTED;
}

void mm_q35_chipset_place_windows(struct mm_hal_io *io)
{
	/* High half first: the window must not appear anywhere else meanwhile. */
	mm_q35_pci_write32(io, pciexbar_high, 0);
	mm_q35_pci_write32(io, pciexbar_low, (uint32_t)MM_Q35_ECAM | PCIEXBAR_ENABLE);
	mm_q35_pci_write32(io, pmbase, MM_Q35_PMBASE | PMBASE_IO);
	mm_q35_pci_write8(io, acpi_cntl, ACPI_CNTL_ENABLE);
}

/* Megabytes of the extended size, 0 if the machine has none. */
static uint16_t extended_tseg(struct mm_hal_io *io)
{
	uint16_t megabytes;

	mm_q35_pci_write16(io, ext_tseg, EXT_TSEG_QUERY);
	megabytes = mm_q35_pci_read16(io, ext_tseg);
	return megabytes == EXT_TSEG_QUERY ? 0 : megabytes;
}

uint64_t mm_q35_chipset_tseg_bytes(struct mm_hal_io *io)
{
	uint16_t megabytes = extended_tseg(io);

	return megabytes == 0 ? TSEG_FALLBACK : megabytes * MIB;
}

void mm_q35_chipset_close_tseg(struct mm_hal_io *io)
{
	uint8_t size = extended_tseg(io) == 0 ? ESMRAMC_SIZE_8M : ESMRAMC_SIZE_EXT;
	uint8_t value = mm_q35_pci_read8(io, esmramc) & (uint8_t)~(ESMRAMC_SIZE_MASK | ESMRAMC_T_EN);

	mm_q35_pci_write8(io, esmramc, (uint8_t)(value | size << ESMRAMC_SIZE_SHIFT | ESMRAMC_T_EN));
	mm_q35_pci_write8(io, smramc, SMRAMC_C_BASE_SEG | SMRAMC_G_SMRAME);
}

bool mm_q35_chipset_close_default_smbase(struct mm_hal_io *io)
{
	mm_q35_pci_write8(io, f_smbase, F_SMBASE_QUERY);
	if (mm_q35_pci_read8(io, f_smbase) != F_SMBASE_IN_RAM)
		return false;
	mm_q35_pci_write8(io, f_smbase, F_SMBASE_LOCK);
	return mm_q35_pci_read8(io, f_smbase) == F_SMBASE_LOCK;
}

void mm_q35_chipset_enable_smi(struct mm_hal_io *io)
{
	mm_hal_io_write32(io, MM_Q35_SMI_EN, mm_hal_io_read32(io, MM_Q35_SMI_EN) | SMI_EN_APMC | SMI_EN_GBL_SMI);
}

enum mm_status mm_q35_chipset_negotiate_broadcast(struct mm_q35_fwcfg *fwcfg)
{
	uint64_t features = 0; /* little-endian, as the machine */
	uint64_t wanted = FEATURE_BROADCAST;
	struct mm_q35_fwcfg_file file;
	uint32_t bytes;
	uint8_t agreed = 0;
	enum mm_status status;

	status = mm_q35_fwcfg_read_file(fwcfg, "etc/smi/supported-features", &features, sizeof(features), &bytes);
	if (status != MM_OK || (features & FEATURE_BROADCAST) == 0)
		return MM_E_UNSUPPORTED;
	status = mm_q35_fwcfg_find(fwcfg, "etc/smi/requested-features", &file);
	if (status == MM_OK)
		status = mm_q35_fwcfg_write(fwcfg, file.key, 0, &wanted, sizeof(wanted));
	if (status == MM_OK)
		status = mm_q35_fwcfg_read_file(fwcfg, "etc/smi/features-ok", &agreed, sizeof(agreed), &bytes);
	if (status != MM_OK)
		return status;
	return agreed == 1 ? MM_OK : MM_E_UNSUPPORTED;
}

void mm_q35_chipset_lock(struct mm_hal_io *io)
{
	uint16_t control = mm_q35_pci_read16(io, gen_pmcon_1);

	mm_q35_pci_write8(io, smramc, SMRAMC_C_BASE_SEG | SMRAMC_G_SMRAME | SMRAMC_D_LCK);
	mm_q35_pci_write16(io, gen_pmcon_1, (uint16_t)(control | GEN_PMCON_1_SMI_LOCK));
}

/* The bits of the registers that hold TSEG and the software SMI together. */
struct lock_state {
	uint8_t smramc;
	uint8_t esmramc;
	uint8_t f_smbase;
	uint8_t smi_lock;
	uint8_t gbl_smi;
};

static struct lock_state read_lock_state(struct mm_hal_io *io)
{
	struct lock_state state = {
		.smramc = mm_q35_pci_read8(io, smramc),
		.esmramc = mm_q35_pci_read8(io, esmramc),
		.f_smbase = mm_q35_pci_read8(io, f_smbase),
		.smi_lock = (uint8_t)(mm_q35_pci_read16(io, gen_pmcon_1) & GEN_PMCON_1_SMI_LOCK),
		.gbl_smi = (uint8_t)(mm_hal_io_read32(io, MM_Q35_SMI_EN) & SMI_EN_GBL_SMI),
	};

	return state;
}

static bool is_locked(const struct lock_state *state)
{
	return (state->smramc & (SMRAMC_D_LCK | SMRAMC_G_SMRAME | SMRAMC_D_OPEN)) == (SMRAMC_D_LCK | SMRAMC_G_SMRAME) &&
	       (state->esmramc & ESMRAMC_T_EN) != 0 && state->smi_lock != 0 && state->gbl_smi != 0;
}

static bool same_state(const struct lock_state *a, const struct lock_state *b)
{
	return a->smramc == b->smramc && a->esmramc == b->esmramc && a->smi_lock == b->smi_lock &&
	       a->gbl_smi == b->gbl_smi;
}

bool mm_q35_chipset_resists_unlock(struct mm_hal_io *io, bool default_smbase_closed)
{
	struct lock_state before = read_lock_state(io);
	struct lock_state after;

	mm_q35_pci_write8(io, smramc, SMRAMC_D_OPEN | SMRAMC_C_BASE_SEG);
	mm_q35_pci_write8(io, esmramc, 0);
	mm_q35_pci_write8(io, f_smbase, 0);
	mm_q35_pci_write16(io, ext_tseg, 1);
	mm_q35_pci_write16(io, gen_pmcon_1, 0);
	mm_hal_io_write32(io, MM_Q35_SMI_EN, mm_hal_io_read32(io, MM_Q35_SMI_EN) & ~SMI_EN_GBL_SMI);
	after = read_lock_state(io);
	if (default_smbase_closed && after.f_smbase != F_SMBASE_LOCK)
		return false;
	return is_locked(&after) && same_state(&before, &after);
}
