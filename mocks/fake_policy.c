/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "fake_policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *take(size_t bytes)
{
	void *memory = calloc(1, bytes);

	if (memory == NULL) {
		(void)fprintf(stderr, "fake_policy: no memory\n");
		abort();
	}
	return memory;
}

void fake_policy_init(struct fake_policy *fake)
{
	memset(fake, 0, sizeof(*fake));
}

void fake_policy_finish(struct fake_policy *fake)
{
	uint32_t i;

	for (i = 0; i < fake->root_count; i++)
		free(fake->roots[i].data);
	free(fake->blob);
	free(fake->storage);
}

void fake_policy_root(struct fake_policy *fake, enum mm_policy_type type, enum mm_policy_list_kind kind)
{
	struct fake_policy_root *root = &fake->roots[fake->root_count++];

	root->type = type;
	root->kind = kind;
	root->count = 0;
	root->bytes = 0;
	root->data = take(FAKE_POLICY_ROOT_BYTES);
}

/* Room for one more descriptor of the type. */
static uint8_t *descriptor(struct fake_policy *fake, enum mm_policy_type type, uint32_t bytes)
{
	uint32_t i;

	for (i = 0; i < fake->root_count; i++) {
		struct fake_policy_root *root = &fake->roots[i];

		if (root->type != type)
			continue;
		if (root->bytes + bytes > FAKE_POLICY_ROOT_BYTES)
			break;
		root->count++;
		root->bytes += bytes;
		return root->data + root->bytes - bytes;
	}
	(void)fprintf(stderr, "fake_policy: the root is not open or full\n");
	abort();
}

void fake_policy_port(struct fake_policy *fake, uint32_t port, uint32_t length, uint32_t attr)
{
	uint8_t *wire = descriptor(fake, MM_POLICY_PORT, sizeof(struct mm_policy_wire_port));

	mm_store_u16(wire, (uint16_t)port);
	mm_store_u16(wire + 2, (uint16_t)length);
	mm_store_u16(wire + 4, (uint16_t)attr);
}

void fake_policy_msr(struct fake_policy *fake, uint32_t msr, uint32_t length, uint32_t attr)
{
	uint8_t *wire = descriptor(fake, MM_POLICY_MSR, sizeof(struct mm_policy_wire_msr));

	mm_store_u32(wire, msr);
	mm_store_u16(wire + 4, (uint16_t)length);
	mm_store_u16(wire + 6, (uint16_t)attr);
}

void fake_policy_memory(struct fake_policy *fake, uint64_t base, uint64_t bytes, uint32_t attr)
{
	uint8_t *wire = descriptor(fake, MM_POLICY_MEMORY, sizeof(struct mm_policy_wire_memory));

	mm_store_u64(wire, base);
	mm_store_u64(wire + 8, bytes);
	mm_store_u32(wire + 16, attr);
}

void fake_policy_instruction(struct fake_policy *fake, uint32_t index, uint32_t attr)
{
	uint8_t *wire = descriptor(fake, MM_POLICY_INSTRUCTION, sizeof(struct mm_policy_wire_instruction));

	mm_store_u16(wire, (uint16_t)index);
	mm_store_u16(wire + 2, (uint16_t)attr);
}

void fake_policy_save_state(struct fake_policy *fake, uint32_t field, uint32_t attr, uint32_t condition)
{
	uint8_t *wire = descriptor(fake, MM_POLICY_SAVE_STATE, sizeof(struct mm_policy_wire_save_state));

	mm_store_u32(wire, field);
	mm_store_u32(wire + 4, attr);
	mm_store_u32(wire + 8, condition);
}

static void store_root(uint8_t *wire, const struct fake_policy_root *root, uint32_t offset)
{
	mm_store_u32(wire, MM_POLICY_ROOT_VERSION);
	mm_store_u32(wire + 4, sizeof(struct mm_policy_wire_root));
	mm_store_u32(wire + 8, root->type);
	mm_store_u32(wire + 12, offset);
	mm_store_u32(wire + 16, root->count);
	wire[20] = (uint8_t)root->kind;
}

struct mm_bytes fake_policy_blob(struct fake_policy *fake)
{
	uint32_t offset = (uint32_t)(sizeof(struct mm_policy_wire_header) +
				     fake->root_count * sizeof(struct mm_policy_wire_root));
	uint32_t i;

	fake->blob_bytes = offset;
	for (i = 0; i < fake->root_count; i++)
		fake->blob_bytes += fake->roots[i].bytes;
	free(fake->blob);
	fake->blob = take(fake->blob_bytes);
	mm_store_u16(fake->blob + 2, MM_POLICY_VERSION_MAJOR);
	mm_store_u32(fake->blob + 4, fake->blob_bytes);
	mm_store_u32(fake->blob + 0x20, sizeof(struct mm_policy_wire_header));
	mm_store_u32(fake->blob + 0x24, fake->root_count);
	for (i = 0; i < fake->root_count; i++) {
		store_root(fake->blob + sizeof(struct mm_policy_wire_header) + i * sizeof(struct mm_policy_wire_root),
			   &fake->roots[i], offset);
		memcpy(fake->blob + offset, fake->roots[i].data, fake->roots[i].bytes);
		offset += fake->roots[i].bytes;
	}
	return mm_bytes(fake->blob, fake->blob_bytes);
}

enum mm_status fake_policy_decode_bytes(struct fake_policy *fake, struct mm_bytes section, struct mm_refusal *reterr)
{
	size_t storage_bytes = mm_policy_storage_bytes(section.count);

	free(fake->storage);
	fake->storage = take(storage_bytes);
	return mm_policy_decode_untrusted(section, fake->storage, storage_bytes, &fake->policy, reterr);
}

enum mm_status fake_policy_decode(struct fake_policy *fake, struct mm_refusal *reterr)
{
	return fake_policy_decode_bytes(fake, fake_policy_blob(fake), reterr);
}
