/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#pragma once
/*
 * Puts the checksums of a volume right, those of its header and of the files a reader would come to, so that a mutation
 * gets behind them. Whatever else is wrong stays wrong.
 */
#include <stddef.h>
#include <stdint.h>

#include "mm/abi/fv.h"
#include "mm/base/bytes.h"

static inline uint8_t fv_repair_sum(const uint8_t *bytes, size_t count)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum;
}

/* The file at `offset` of `size` bytes; returns where the next one would be, `size` at the end. */
static inline size_t fv_repair_file(uint8_t *bytes, size_t size, size_t offset)
{
	uint8_t *file = bytes + offset;
	size_t is_large, header_bytes;
	uint64_t count;
	uint8_t sum;

	if (size - offset < sizeof(struct mm_ffs_header_large))
		return size;
	is_large = file[offsetof(struct mm_ffs_header, attributes)] & MM_FFS_ATTR_LARGE_FILE;
	header_bytes = is_large ? sizeof(struct mm_ffs_header_large) : sizeof(struct mm_ffs_header);
	count = is_large ? mm_load_u64(file + sizeof(struct mm_ffs_header))
			 : mm_load_u32(file + offsetof(struct mm_ffs_header, bytes)) & 0xffffffu;
	if (count < header_bytes || count > size - offset)
		return size;
	sum = fv_repair_sum(file + header_bytes, count - header_bytes);
	file[offsetof(struct mm_ffs_header, file_checksum)] =
		(file[offsetof(struct mm_ffs_header, attributes)] & MM_FFS_ATTR_CHECKSUM) != 0 ? (uint8_t)-sum
											       : MM_FFS_FIXED_CHECKSUM;
	file[offsetof(struct mm_ffs_header, header_checksum)] = 0;
	sum = fv_repair_sum(file, header_bytes);
	sum = (uint8_t)(sum - file[offsetof(struct mm_ffs_header, state)] -
			file[offsetof(struct mm_ffs_header, file_checksum)]);
	file[offsetof(struct mm_ffs_header, header_checksum)] = (uint8_t)-sum;
	count = (count + MM_FFS_ALIGN - 1u) & ~(uint64_t)(MM_FFS_ALIGN - 1u);
	return count < size - offset ? offset + (size_t)count : size;
}

static inline void fv_repair(uint8_t *bytes, size_t size)
{
	size_t header_bytes, offset, ext;
	uint16_t sum = 0;

	if (size < sizeof(struct mm_fv_header))
		return;
	header_bytes = mm_load_u16(bytes + offsetof(struct mm_fv_header, header_bytes));
	if (header_bytes > size || header_bytes % 2 != 0)
		return;
	mm_store_u16(bytes + offsetof(struct mm_fv_header, checksum), 0);
	for (offset = 0; offset < header_bytes; offset += 2)
		sum = (uint16_t)(sum + mm_load_u16(bytes + offset));
	mm_store_u16(bytes + offsetof(struct mm_fv_header, checksum), (uint16_t)-sum);
	ext = mm_load_u16(bytes + offsetof(struct mm_fv_header, ext_header_offset));
	offset = header_bytes;
	if (ext != 0 && ext <= size - sizeof(struct mm_fv_ext_header))
		offset = ext + mm_load_u32(bytes + ext + offsetof(struct mm_fv_ext_header, bytes));
	for (offset = (offset + 7u) & ~(size_t)7u; offset < size;)
		offset = fv_repair_file(bytes, size, offset);
}
