/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * Talks to MM from Linux's user space: maps the channels that the IPL names on the kernel's command line, raises SMIs
 * from every CPU and judges the answers. One line for each check: "linux: ok <name>" or "linux: FAIL <name>: <why>",
 * then "linux: <n> ok, <m> failed", and "linux: done" whatever the result. Exit status 0 if none failed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "mm/abi/comm.h"
#include "mm/abi/drivers.h"
#include "mm/abi/efi.h"

#define PAGE_BYTES	 4096u
#define ECHOES_PER_CPU	 100u
#define ANSWER_LIMIT_SEC 10

/* One channel, mapped. */
struct channel {
	uint8_t *buffer;
	size_t bytes;
	volatile struct mm_comm_status *status;
};

struct probe {
	int memory; /* /dev/mem */
	struct channel user;
	struct channel supervisor;
	uint64_t tseg;
	unsigned int ok;
	unsigned int failed;
};

struct answer {
	uint64_t status;
	uint64_t bytes;
};

static const struct mm_guid echo_guid = MM_GUID_ECHO_DRIVER;
static const struct mm_guid clock_guid = MM_GUID_CLOCK_DRIVER;
static const struct mm_guid crash_guid = MM_GUID_CRASH_DRIVER;
static const struct mm_guid request_guid = {
	0x8c633b23, 0x1260, 0x4ea6, { 0x83, 0x0f, 0x7d, 0xdc, 0x97, 0x38, 0x21, 0x11 }
};
static const struct mm_guid nobody_guid = { 0x0badc0de, 1, 2, { 0x80, 3, 4, 5, 6, 7, 8, 9 } };

static bool pass(struct probe *probe, const char *name)
{
	printf("linux: ok %s\n", name);
	probe->ok++;
	return true;
}

static bool fail(struct probe *probe, const char *name, const char *format, ...)
{
	va_list args;

	printf("linux: FAIL %s: ", name);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\n");
	probe->failed++;
	return false;
}

/* The number behind "<name>=" on the kernel's command line. */
static bool read_parameter(const char *line, const char *name, uint64_t *ret_value)
{
	size_t count = strlen(name);
	const char *place = line;

	while ((place = strstr(place, name)) != NULL) {
		if ((place == line || place[-1] == ' ') && place[count] == '=') {
			*ret_value = strtoull(place + count + 1, NULL, 0);
			return true;
		}
		place += count;
	}
	return false;
}

static void *map_physical(const struct probe *probe, uint64_t address, size_t bytes)
{
	void *place = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, probe->memory, (off_t)address);

	return place == MAP_FAILED ? NULL : place;
}

static bool open_channel(const struct probe *probe, const char *line, const char *name, struct channel *ret_channel)
{
	char status_name[32];
	uint64_t buffer;
	uint64_t status;
	uint64_t pages;

	snprintf(status_name, sizeof(status_name), "%s_status", name);
	if (!read_parameter(line, name, &buffer) || !read_parameter(line, status_name, &status) ||
	    !read_parameter(line, "mm.pages", &pages))
		return false;
	ret_channel->bytes = (size_t)pages * PAGE_BYTES;
	ret_channel->buffer = map_physical(probe, buffer, ret_channel->bytes);
	ret_channel->status = map_physical(probe, status, PAGE_BYTES);
	return ret_channel->buffer != NULL && ret_channel->status != NULL;
}

static bool open_all(struct probe *probe)
{
	char line[4096];
	FILE *file = fopen("/proc/cmdline", "r");
	size_t count = file == NULL ? 0 : fread(line, 1, sizeof(line) - 1, file);

	if (file != NULL)
		fclose(file);
	line[count] = '\0';
	probe->memory = open("/dev/mem", O_RDWR | O_SYNC);
	if (probe->memory < 0 || ioperm(MM_SMI_COMMAND_PORT, 1, 1) != 0)
		return fail(probe, "channels", "no way to memory or ports: %s", strerror(errno));
	if (!open_channel(probe, line, "mm.user", &probe->user) ||
	    !open_channel(probe, line, "mm.supv", &probe->supervisor) || !read_parameter(line, "mm.tseg", &probe->tseg))
		return fail(probe, "channels", "the kernel's command line names none, or they cannot be mapped");
	return pass(probe, "channels");
}

/* The caller has filled the data behind the header. False if there is no answer. */
static bool send_message(struct channel *channel, const struct mm_guid *guid, uint64_t bytes, struct answer *ret_answer)
{
	struct mm_comm_header header = { *guid, bytes };
	time_t limit = time(NULL) + ANSWER_LIMIT_SEC;

	memcpy(channel->buffer, &header, MM_COMM_HEADER_BYTES);
	channel->status->return_status = UINT64_MAX;
	channel->status->return_bytes = UINT64_MAX;
	__sync_synchronize();
	channel->status->valid = 1;
	__sync_synchronize();
	outb(MM_SMI_COMMAND, MM_SMI_COMMAND_PORT);
	while (channel->status->valid != 0) {
		if (time(NULL) > limit)
			return false;
	}
	__sync_synchronize();
	ret_answer->status = channel->status->return_status;
	ret_answer->bytes = channel->status->return_bytes;
	return true;
}

/* One echo; NULL, or what is wrong with it. */
static const char *try_echo(struct probe *probe, size_t bytes, uint8_t seed)
{
	uint8_t *data = probe->user.buffer + MM_COMM_HEADER_BYTES;
	struct answer answer;

	for (size_t i = 0; i < bytes; i++)
		data[i] = (uint8_t)(i * 7 + seed);
	if (!send_message(&probe->user, &echo_guid, bytes, &answer))
		return "no answer";
	if (answer.status != MM_EFI_SUCCESS)
		return "answered by an error";
	if (answer.bytes != bytes + MM_COMM_HEADER_BYTES)
		return "answered with another length";
	for (size_t i = 0; i < bytes; i++) {
		if (data[i] != (uint8_t)~(uint8_t)(i * 7 + seed))
			return "answered with other bytes";
	}
	return NULL;
}

static bool check_echo_on_cpu(struct probe *probe, int cpu)
{
	char name[32];
	cpu_set_t set;

	snprintf(name, sizeof(name), "echo-cpu%d", cpu);
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		return fail(probe, name, "cannot run there: %s", strerror(errno));
	for (unsigned int i = 0; i < ECHOES_PER_CPU; i++) {
		const char *why = try_echo(probe, i * 41, (uint8_t)(cpu + (int)i));

		if (why != NULL)
			return fail(probe, name, "message %u: %s", i, why);
	}
	return pass(probe, name);
}

static bool check_clock(struct probe *probe)
{
	struct mm_clock_answer clock = { 0, 0, 0, 0 };
	uint8_t *data = probe->user.buffer + MM_COMM_HEADER_BYTES;
	struct answer answer;

	memcpy(data, &clock, sizeof(clock));
	if (!send_message(&probe->user, &clock_guid, sizeof(clock), &answer))
		return fail(probe, "clock", "no answer");
	memcpy(&clock, data, sizeof(clock));
	if (answer.status != MM_EFI_SUCCESS || clock.ticks_per_second == 0 || clock.echoes == 0)
		return fail(probe, "clock", "status %llx, %llu ticks per second, %llu echoes",
			    (unsigned long long)answer.status, (unsigned long long)clock.ticks_per_second,
			    (unsigned long long)clock.echoes);
	return pass(probe, "clock");
}

static bool check_crash(struct probe *probe)
{
	struct mm_crash_request request = { .kind = MM_CRASH_READ_NULL };
	struct answer answer;
	const char *why;

	memcpy(probe->user.buffer + MM_COMM_HEADER_BYTES, &request, sizeof(request));
	if (!send_message(&probe->user, &crash_guid, sizeof(request), &answer))
		return fail(probe, "crash", "no answer");
	if (!MM_EFI_IS_ERROR(answer.status))
		return fail(probe, "crash", "status %llx", (unsigned long long)answer.status);
	why = try_echo(probe, 1000, 1);
	if (why != NULL)
		return fail(probe, "crash", "the echo after it: %s", why);
	return pass(probe, "crash");
}

static bool check_unknown_guid(struct probe *probe)
{
	struct answer answer;

	if (!send_message(&probe->user, &nobody_guid, 8, &answer))
		return fail(probe, "unknown-guid", "no answer");
	if (answer.status != MM_EFI_NOT_FOUND)
		return fail(probe, "unknown-guid", "status %llx", (unsigned long long)answer.status);
	return pass(probe, "unknown-guid");
}

static bool check_version(struct probe *probe)
{
	struct {
		struct mm_supv_request_header header;
		struct mm_supv_version_info version;
	} message = { .header = { MM_SUPV_REQUEST_SIGNATURE, MM_SUPV_REQUEST_REVISION, MM_SUPV_REQUEST_VERSION_INFO, 0,
				  MM_EFI_ABORTED } };
	struct channel *channel = &probe->supervisor;
	uint8_t *data = channel->buffer + MM_COMM_HEADER_BYTES;
	struct answer answer;

	memcpy(data, &message, sizeof(message));
	if (!send_message(channel, &request_guid, channel->bytes - MM_COMM_HEADER_BYTES, &answer))
		return fail(probe, "supervisor-version", "no answer");
	memcpy(&message, data, sizeof(message));
	if (message.header.result != MM_EFI_SUCCESS || message.version.max_request_level != MM_SUPV_REQUEST_LEVEL)
		return fail(probe, "supervisor-version", "result %llx", (unsigned long long)message.header.result);
	return pass(probe, "supervisor-version");
}

static bool check_tseg(struct probe *probe)
{
	volatile uint32_t *tseg = map_physical(probe, probe->tseg, 16 * PAGE_BYTES);

	if (tseg == NULL)
		return fail(probe, "tseg-reads-ff", "cannot be mapped: %s", strerror(errno));
	for (size_t i = 0; i < 16 * PAGE_BYTES / sizeof(*tseg); i++) {
		tseg[i] = 0x12345678;
		if (tseg[i] != 0xffffffffu)
			return fail(probe, "tseg-reads-ff", "offset %zx reads %x", i * sizeof(*tseg), tseg[i]);
	}
	return pass(probe, "tseg-reads-ff");
}

static void check_all(struct probe *probe)
{
	int cpu_count = (int)sysconf(_SC_NPROCESSORS_ONLN);

	if (!open_all(probe))
		return;
	check_tseg(probe);
	for (int cpu = 0; cpu < cpu_count; cpu++)
		check_echo_on_cpu(probe, cpu);
	check_clock(probe);
	check_crash(probe);
	check_unknown_guid(probe);
	check_version(probe);
}

int main(void)
{
	struct probe probe = { .memory = -1 };

	setvbuf(stdout, NULL, _IOLBF, 0);
	check_all(&probe);
	printf("linux: %u ok, %u failed\nlinux: done\n", probe.ok, probe.failed);
	return probe.failed == 0 ? 0 : 1;
}
