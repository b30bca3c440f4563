/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fwcfg.h"

#include "mm/base/compiler.h"
#include "mm/base/format.h"
#include "mm/hal/io.h"
#include "mm/hal/time.h"
#include "text.h"

#define SELECTOR_PORT 0x510u
#define DATA_PORT     0x511u
#define DMA_PORT_HIGH 0x514u
#define DMA_PORT_LOW  0x518u

#define KEY_SIGNATURE 0x00u
#define KEY_FEATURES  0x01u
#define KEY_DIRECTORY 0x19u
#define FEATURE_DMA   2u

#define DMA_ERROR  0x01u
#define DMA_READ   0x02u
#define DMA_SKIP   0x04u
#define DMA_SELECT 0x08u
#define DMA_WRITE  0x10u

#define DMA_LIMIT_US 5000000u
#define NAME_BYTES   56u

/* Big-endian, as everything that this device keeps. */
struct dma_command {
	uint32_t control;
	uint32_t bytes;
	uint64_t address;
} MM_PACKED;

struct directory_entry {
	uint32_t bytes;
	uint16_t key;
	uint16_t reserved;
	char name[NAME_BYTES];
} MM_PACKED;

static uint64_t address_of(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

static enum mm_status run_dma(struct mm_q35_fwcfg *self, uint32_t control, uint64_t address, uint32_t bytes)
{
	volatile struct dma_command command = { __builtin_bswap32(control), __builtin_bswap32(bytes),
						__builtin_bswap64(address) };
	uint64_t place = (uint64_t)(uintptr_t)&command;
	struct mm_hal_deadline deadline;
	enum mm_status status = mm_hal_deadline_start(self->time, DMA_LIMIT_US, &deadline);

	if (status != MM_OK)
		return status;
	mm_hal_io_write32(self->io, DMA_PORT_HIGH, __builtin_bswap32((uint32_t)(place >> 32)));
	mm_hal_io_write32(self->io, DMA_PORT_LOW, __builtin_bswap32((uint32_t)place));
	while ((__builtin_bswap32(command.control) & ~DMA_ERROR) != 0) {
		if (mm_hal_deadline_passed(self->time, &deadline))
			return MM_E_TIMEOUT;
	}
	return command.control == 0 ? MM_OK : MM_E_FAULT;
}

static uint32_t read_port_u32(struct mm_q35_fwcfg *self, uint16_t key)
{
	uint32_t value = 0;

	mm_hal_io_write16(self->io, SELECTOR_PORT, key);
	for (unsigned int i = 0; i < 4; i++)
		value |= (uint32_t)mm_hal_io_read8(self->io, DATA_PORT) << (8 * i);
	return value;
}

enum mm_status mm_q35_fwcfg_init(struct mm_q35_fwcfg *self, struct mm_hal_io *io, struct mm_hal_time *time)
{
	self->io = io;
	self->time = time;
	if (read_port_u32(self, KEY_SIGNATURE) != 0x554d4551u) /* "QEMU" */
		return MM_E_NOT_FOUND;
	return (read_port_u32(self, KEY_FEATURES) & FEATURE_DMA) != 0 ? MM_OK : MM_E_UNSUPPORTED;
}

enum mm_status mm_q35_fwcfg_read_to(struct mm_q35_fwcfg *self, uint16_t key, uint64_t address, uint32_t bytes)
{
	return run_dma(self, ((uint32_t)key << 16) | DMA_SELECT | DMA_READ, address, bytes);
}

enum mm_status mm_q35_fwcfg_write_from(struct mm_q35_fwcfg *self, uint16_t key, uint64_t address, uint32_t bytes)
{
	return run_dma(self, ((uint32_t)key << 16) | DMA_SELECT | DMA_WRITE, address, bytes);
}

enum mm_status mm_q35_fwcfg_read(struct mm_q35_fwcfg *self, uint16_t key, void *ret_bytes, uint32_t bytes)
{
	return mm_q35_fwcfg_read_to(self, key, address_of(ret_bytes), bytes);
}

enum mm_status mm_q35_fwcfg_write(struct mm_q35_fwcfg *self, uint16_t key, uint32_t offset, const void *data,
				  uint32_t bytes)
{
	enum mm_status status = run_dma(self, ((uint32_t)key << 16) | DMA_SELECT | DMA_SKIP, 0, offset);

	if (status != MM_OK)
		return status;
	return run_dma(self, DMA_WRITE, address_of(data), bytes);
}

enum mm_status mm_q35_fwcfg_find(struct mm_q35_fwcfg *self, const char *name, struct mm_q35_fwcfg_file *ret_file)
{
	struct directory_entry entry = { 0, 0, 0, { 0 } };
	uint32_t count = 0;
	enum mm_status status = mm_q35_fwcfg_read(self, KEY_DIRECTORY, &count, sizeof(count));

	if (status != MM_OK)
		return status;
	count = __builtin_bswap32(count);
	for (uint32_t i = 0; i < count; i++) {
		status = run_dma(self, DMA_READ, address_of(&entry), sizeof(entry));
		if (status != MM_OK)
			return status;
		entry.name[NAME_BYTES - 1] = '\0';
		if (!mm_q35_text_equal(entry.name, name))
			continue;
		ret_file->bytes = __builtin_bswap32(entry.bytes);
		ret_file->key = __builtin_bswap16(entry.key);
		return MM_OK;
	}
	return MM_E_NOT_FOUND;
}

enum mm_status mm_q35_fwcfg_read_file(struct mm_q35_fwcfg *self, const char *name, void *ret_bytes, uint32_t capacity,
				      uint32_t *ret_bytes_read)
{
	struct mm_q35_fwcfg_file file;
	enum mm_status status = mm_q35_fwcfg_find(self, name, &file);

	if (status != MM_OK)
		return status;
	if (file.bytes > capacity)
		return MM_E_LIMIT;
	status = mm_q35_fwcfg_read(self, file.key, ret_bytes, file.bytes);
	if (status == MM_OK)
		*ret_bytes_read = file.bytes;
	return status;
}

void mm_q35_option_text(struct mm_q35_fwcfg *self, const char *name, char *ret_text, uint32_t capacity)
{
	struct mm_q35_fwcfg_file file;
	char path[NAME_BYTES];
	uint32_t bytes;

	ret_text[0] = '\0';
	(void)mm_format(path, sizeof(path), "opt/mm/%s", name);
	if (mm_q35_fwcfg_find(self, path, &file) != MM_OK)
		return;
	bytes = file.bytes < capacity - 1 ? file.bytes : capacity - 1;
	if (mm_q35_fwcfg_read(self, file.key, ret_text, bytes) == MM_OK)
		ret_text[bytes] = '\0';
}

uint64_t mm_q35_option_number(struct mm_q35_fwcfg *self, const char *name, uint64_t otherwise)
{
	uint64_t value;
	char text[24];

	mm_q35_option_text(self, name, text, sizeof(text));
	return mm_q35_text_number(text, &value) == MM_OK ? value : otherwise;
}
