/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "acpi_loader.h"

#include "mm/base/checked.h"
#include "text.h"

#define COMMAND_BYTES 128u
#define FIELDS	      4u				   /* what follows the command's number */
#define AFTER_NAMES   ((size_t)2 * MM_Q35_ACPI_NAME_BYTES) /* what follows two names */

enum command {
	COMMAND_PADDING = 0,
	COMMAND_ALLOCATE = 1,
	COMMAND_ADD_POINTER = 2,
	COMMAND_ADD_CHECKSUM = 3,
	COMMAND_WRITE_POINTER = 4,
};

static enum mm_status read_name(const uint8_t *field, char ret_name[MM_Q35_ACPI_NAME_BYTES])
{
	if (field[MM_Q35_ACPI_NAME_BYTES - 1] != 0)
		return MM_E_INVALID;
	__builtin_memcpy(ret_name, field, MM_Q35_ACPI_NAME_BYTES);
	return MM_OK;
}

static const struct mm_q35_acpi_file *find_file(const struct mm_q35_acpi *self, const char *name)
{
	for (uint32_t i = 0; i < self->count; i++) {
		if (mm_q35_text_equal(self->file[i].name, name))
			return &self->file[i];
	}
	return NULL;
}

/* The fetched file that a name field means. */
static enum mm_status read_file(const struct mm_q35_acpi *self, const uint8_t *field,
				const struct mm_q35_acpi_file **ret_file)
{
	char name[MM_Q35_ACPI_NAME_BYTES];
	const struct mm_q35_acpi_file *file;
	enum mm_status status = read_name(field, name);

	if (status != MM_OK)
		return status;
	file = find_file(self, name);
	if (file == NULL)
		return MM_E_NOT_FOUND;
	*ret_file = file;
	return MM_OK;
}

static bool has(const struct mm_q35_acpi_file *file, uint64_t offset, uint64_t bytes)
{
	return mm_bytes_has(mm_bytes(file->data, file->bytes), offset, bytes);
}

static bool is_width(uint8_t width)
{
	return width == 1 || width == 2 || width == 4 || width == 8;
}

static uint64_t load(const uint8_t *place, uint8_t width)
{
	uint64_t value = 0;

	for (uint8_t i = 0; i < width; i++)
		value |= (uint64_t)place[i] << (8 * i);
	return value;
}

static void store(uint8_t *place, uint8_t width, uint64_t value)
{
	for (uint8_t i = 0; i < width; i++)
		place[i] = (uint8_t)(value >> (8 * i));
}

/* name, u32 alignment, u8 zone */
static enum mm_status allocate(struct mm_q35_acpi *self, struct mm_q35_acpi_host *host, const uint8_t *fields)
{
	struct mm_q35_acpi_file file = { .data = NULL };
	uint32_t align = mm_load_u32(fields + MM_Q35_ACPI_NAME_BYTES);
	enum mm_status status = read_name(fields, file.name);

	if (status != MM_OK)
		return status;
	if (!mm_is_power_of_two(align))
		return MM_E_INVALID;
	if (find_file(self, file.name) != NULL)
		return MM_E_EXISTS;
	if (self->count == MM_Q35_ACPI_FILE_MAX)
		return MM_E_LIMIT;
	status = host->ops->fetch(host, file.name, align, &file.data, &file.bytes, &file.address);
	if (status == MM_OK)
		self->file[self->count++] = file;
	return status;
}

/* destination name, source name, u32 offset, u8 width: the source's address is added to what stands there. */
static enum mm_status add_pointer(struct mm_q35_acpi *self, const uint8_t *fields)
{
	uint32_t offset = mm_load_u32(fields + AFTER_NAMES);
	uint8_t width = fields[AFTER_NAMES + 4];
	const struct mm_q35_acpi_file *destination;
	const struct mm_q35_acpi_file *source;
	enum mm_status status = read_file(self, fields, &destination);

	if (status == MM_OK)
		status = read_file(self, fields + MM_Q35_ACPI_NAME_BYTES, &source);
	if (status != MM_OK)
		return status;
	if (!is_width(width))
		return MM_E_INVALID;
	if (!has(destination, offset, width))
		return MM_E_TRUNCATED;
	store(destination->data + offset, width, load(destination->data + offset, width) + source->address);
	return MM_OK;
}

/* name, u32 offset of the sum, u32 start, u32 bytes: makes the 8-bit sum of the range zero. */
static enum mm_status add_checksum(struct mm_q35_acpi *self, const uint8_t *fields)
{
	uint32_t offset = mm_load_u32(fields + MM_Q35_ACPI_NAME_BYTES);
	uint32_t start = mm_load_u32(fields + MM_Q35_ACPI_NAME_BYTES + 4);
	uint32_t bytes = mm_load_u32(fields + MM_Q35_ACPI_NAME_BYTES + 8);
	const struct mm_q35_acpi_file *file;
	uint8_t sum = 0;
	enum mm_status status = read_file(self, fields, &file);

	if (status != MM_OK)
		return status;
	if (!has(file, offset, 1) || !has(file, start, bytes))
		return MM_E_TRUNCATED;
	for (uint32_t i = 0; i < bytes; i++)
		sum = (uint8_t)(sum + file->data[start + i]);
	file->data[offset] = (uint8_t)(file->data[offset] - sum);
	return MM_OK;
}

/* name of a writable file, source name, u32 offset there, u32 offset in the source, u8 width */
static enum mm_status write_pointer(struct mm_q35_acpi *self, struct mm_q35_acpi_host *host, const uint8_t *fields)
{
	uint32_t offset = mm_load_u32(fields + AFTER_NAMES);
	uint32_t source_offset = mm_load_u32(fields + AFTER_NAMES + 4);
	uint8_t width = fields[AFTER_NAMES + 8];
	char name[MM_Q35_ACPI_NAME_BYTES];
	const struct mm_q35_acpi_file *source;
	enum mm_status status = read_name(fields, name);

	if (status == MM_OK)
		status = read_file(self, fields + MM_Q35_ACPI_NAME_BYTES, &source);
	if (status != MM_OK)
		return status;
	if (!is_width(width))
		return MM_E_INVALID;
	if (source_offset >= source->bytes)
		return MM_E_TRUNCATED;
	return host->ops->publish(host, name, offset, source->address + source_offset, width);
}

static enum mm_status run_command(struct mm_q35_acpi *self, struct mm_q35_acpi_host *host, const uint8_t *command)
{
	switch (mm_load_u32(command)) {
	case COMMAND_PADDING:
		return MM_OK;
	case COMMAND_ALLOCATE:
		return allocate(self, host, command + FIELDS);
	case COMMAND_ADD_POINTER:
		return add_pointer(self, command + FIELDS);
	case COMMAND_ADD_CHECKSUM:
		return add_checksum(self, command + FIELDS);
	case COMMAND_WRITE_POINTER:
		return write_pointer(self, host, command + FIELDS);
	default:
		return MM_E_UNSUPPORTED;
	}
}

enum mm_status mm_q35_acpi_run(struct mm_q35_acpi *self, struct mm_q35_acpi_host *host, struct mm_bytes recipe)
{
	enum mm_status status = MM_OK;

	self->count = 0;
	if (recipe.count % COMMAND_BYTES != 0)
		return MM_E_INVALID;
	for (size_t offset = 0; status == MM_OK && offset < recipe.count; offset += COMMAND_BYTES)
		status = run_command(self, host, recipe.data + offset);
	return status;
}

enum mm_status mm_q35_acpi_find(const struct mm_q35_acpi *self, const char *name, uint64_t *ret_address)
{
	const struct mm_q35_acpi_file *file = find_file(self, name);

	if (file == NULL)
		return MM_E_NOT_FOUND;
	*ret_address = file->address;
	return MM_OK;
}
