/* SPDX-License-Identifier: BSD-2-Clause-Patent */
/*
 * bench-lib [--json FILE] [--check] [--quick] [--no-count] [--budget-percent N] [ROW...]
 *
 * Measures the rows (all, or those named), prints a table with EDK2's figures beside ours and the growth exponent
 * of each row, and writes the same as JSON. --quick takes the time of one run, not the best of seven; instructions are
 * the same in every run. --budget-percent tightens every budget, so that a test can see one exceeded. Exit 0; 1 if a
 * workload went wrong or was not counted or, with --check, a budget is exceeded; 2 for wrong arguments; 77 if there is
 * no valgrind to count with.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define RUNS 7

struct options {
	const char *json;
	bool is_checking;
	bool is_counting;
	int runs;
	double budget_share;
	char **names;
	int name_count;
};

/* What one row measured, per operation. */
struct result {
	const struct mm_bench_row *row;
	double ns;
	double instructions; /* 0 if not counted */
	bool is_wrong;	     /* the workload failed */
	bool is_uncounted;   /* callgrind did */
	bool is_over;
};

#define MM_BENCH_SUITE(stem) &mm_bench_##stem,
static const struct mm_bench_suite *const suites[] = { MM_BENCH_SUITES };
#undef MM_BENCH_SUITE

/* Known to callgrind by its name: it counts what happens between entry and exit of this function. */
__attribute__((noinline)) bool mm_bench_measured(const struct mm_bench_row *row, void *state);

bool mm_bench_measured(const struct mm_bench_row *row, void *state)
{
	bool is_right = row->run(row, state);

	/* Keeps the call above from becoming a jump, behind which nothing would be counted. */
	__asm__ volatile("" ::: "memory");
	return is_right;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* One setup, `runs` runs, one teardown. Returns the fastest run in ns, negative if something went wrong. */
static double run_row(const struct mm_bench_row *row, int runs)
{
	void *state = row->setup(row);
	double best = INFINITY;
	bool is_right = state != NULL;

	for (int i = 0; i < runs && is_right; i++) {
		double start = now_ns();

		is_right = mm_bench_measured(row, state);
		best = fmin(best, now_ns() - start);
	}
	if (state != NULL)
		is_right = row->teardown(row, state) && is_right;
	return is_right ? best : -1;
}

static double time_row(const struct mm_bench_row *row, int runs)
{
	double best = INFINITY;

	if (!row->is_fresh)
		return run_row(row, runs);
	for (int i = 0; i < runs; i++) {
		double ns = run_row(row, 1);

		if (ns < 0)
			return ns;
		best = fmin(best, ns);
	}
	return best;
}

/* The number behind "totals: " in callgrind's file, -1 if there is none. */
static double read_totals(const char *path)
{
	FILE *file = fopen(path, "r");
	char line[256];
	double totals = -1;

	if (file == NULL)
		return -1;
	while (fgets(line, sizeof(line), file) != NULL) {
		if (strncmp(line, "totals: ", 8) == 0)
			totals = strtod(line + 8, NULL);
	}
	fclose(file);
	return totals;
}

/* Becomes callgrind over this program, with the row as its only task. */
static void exec_callgrind(const struct mm_bench_row *row, const char *out)
{
	char self[4096];
	char out_option[4200];
	char n[32];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (length < 0)
		_exit(127);
	self[length] = '\0';
	snprintf(out_option, sizeof(out_option), "--callgrind-out-file=%s", out);
	snprintf(n, sizeof(n), "%llu", (unsigned long long)row->n);
	execlp("valgrind", "valgrind", "-q", "--tool=callgrind", "--toggle-collect=mm_bench_measured", out_option, self,
	       "--count", row->name, n, (char *)NULL);
	_exit(127);
}

/* Instructions of one run, negative if that failed. */
static double count_row(const struct mm_bench_row *row)
{
	char out[] = P_tmpdir "/bench-lib-XXXXXX";
	int fd = mkstemp(out);
	double totals = -1;
	int status = 0;
	pid_t child;

	if (fd < 0)
		return -1;
	close(fd);
	child = fork();
	if (child == 0)
		exec_callgrind(row, out);
	if (child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		totals = read_totals(out);
	unlink(out);
	return totals;
}

/* True if valgrind can be run at all. */
static bool can_count(void)
{
	return system("valgrind --version >/dev/null 2>&1") == 0;
}

static bool is_wanted(const struct options *options, const char *name)
{
	for (int i = 0; i < options->name_count; i++) {
		if (strcmp(options->names[i], name) == 0)
			return true;
	}
	return options->name_count == 0;
}

static struct result measure(const struct options *options, const struct mm_bench_row *row)
{
	struct result result = { .row = row };
	double ns = time_row(row, options->runs);
	double instructions = options->is_counting ? count_row(row) : 0;

	result.is_wrong = ns < 0;
	result.is_uncounted = instructions < 0;
	result.ns = ns / (double)row->ops;
	result.instructions = instructions / (double)row->ops;
	result.is_over = row->budget != 0 && result.instructions > row->budget * options->budget_share;
	return result;
}

static void print_number(double value, int width, int digits)
{
	if (value > 0)
		printf("%*.*f", width, digits, value);
	else
		printf("%*s", width, "-");
}

static void print_result(const struct result *result)
{
	const struct mm_bench_row *row = result->row;

	printf("%-20s %8llu", row->name, (unsigned long long)row->n);
	print_number(result->ns, 11, 1);
	print_number(row->peer_ns, 12, 1);
	print_number(result->instructions, 11, 1);
	print_number(row->peer_instructions, 12, 1);
	print_number(row->budget, 8, 0);
	printf("%s%s%s\n", result->is_wrong ? "  WRONG" : "", result->is_uncounted ? "  NOT COUNTED" : "",
	       result->is_over ? "  OVER BUDGET" : "");
	fflush(stdout);
}

/* The exponent x of n^x between the smallest and the greatest n of a row name, in instructions or else in ns. */
static void print_growth(const struct result *results, size_t count)
{
	for (size_t first = 0; first < count; first++) {
		const struct result *low = &results[first];
		const struct result *high = low;

		if (first > 0 && strcmp(results[first - 1].row->name, low->row->name) == 0)
			continue;
		for (size_t i = first; i < count && strcmp(results[i].row->name, low->row->name) == 0; i++)
			high = &results[i];
		if (high == low || low->is_wrong || high->is_wrong)
			continue;
		double ours = low->instructions > 0 ? high->instructions / low->instructions : high->ns / low->ns;
		double peers = low->row->peer_instructions > 0 && high->row->peer_instructions > 0
				       ? high->row->peer_instructions / low->row->peer_instructions
				       : 0;
		double scale = log((double)high->row->n / (double)low->row->n);

		printf("%-20s grows as n^%.2f", low->row->name, log(ours) / scale);
		if (peers > 0)
			printf(" (peer n^%.2f)", log(peers) / scale);
		printf("\n");
	}
}

static bool write_json(const char *path, const struct result *results, size_t count)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return false;
	fprintf(file, "{\"rows\":[");
	for (size_t i = 0; i < count; i++) {
		const struct mm_bench_row *row = results[i].row;

		fprintf(file,
			"%s\n{\"name\":\"%s\",\"n\":%llu,\"instructions\":%.1f,\"ns\":%.1f,\"peer_instructions\":",
			i == 0 ? "" : ",", row->name, (unsigned long long)row->n, results[i].instructions,
			results[i].ns);
		if (row->peer_instructions > 0)
			fprintf(file, "%.1f}", row->peer_instructions);
		else
			fprintf(file, "null}"); /* nobody measured the peer at this work */
	}
	fprintf(file, "\n]}\n");
	return fclose(file) == 0;
}

static size_t row_total(void)
{
	size_t total = 0;

	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
		total += suites[i]->row_count;
	return total;
}

/* Returns how many rows were measured. */
static size_t measure_all(const struct options *options, struct result *results)
{
	size_t count = 0;

	printf("%-20s %8s%11s%12s%11s%12s%8s\n", "row", "n", "ns", "peer ns", "instr", "peer instr", "budget");
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		for (size_t k = 0; k < suites[i]->row_count; k++) {
			if (!is_wanted(options, suites[i]->rows[k].name))
				continue;
			results[count] = measure(options, &suites[i]->rows[k]);
			print_result(&results[count++]);
		}
	}
	return count;
}

static int run_all(const struct options *options)
{
	struct result *results = calloc(row_total(), sizeof(*results));
	int code = 0;
	size_t count;

	if (results == NULL)
		return 1;
	count = measure_all(options, results);
	print_growth(results, count);
	for (size_t i = 0; i < count; i++) {
		if (results[i].is_wrong || results[i].is_uncounted || (options->is_checking && results[i].is_over))
			code = 1;
	}
	if (options->json != NULL && !write_json(options->json, results, count)) {
		fprintf(stderr, "bench-lib: cannot write %s: %s\n", options->json, strerror(errno));
		code = 1;
	}
	free(results);
	if (count == 0) {
		fprintf(stderr, "bench-lib: no such row\n");
		return 2;
	}
	return code;
}

/* The task of the child under callgrind. */
static int count_one(const char *name, const char *n)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		for (size_t k = 0; k < suites[i]->row_count; k++) {
			const struct mm_bench_row *row = &suites[i]->rows[k];

			if (strcmp(row->name, name) == 0 && row->n == strtoull(n, NULL, 10))
				return run_row(row, 1) < 0 ? 1 : 0;
		}
	}
	return 2;
}

static bool parse(int argc, char **argv, struct options *ret_options)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--check") == 0)
			ret_options->is_checking = true;
		else if (strcmp(argv[i], "--no-count") == 0)
			ret_options->is_counting = false;
		else if (strcmp(argv[i], "--quick") == 0)
			ret_options->runs = 1;
		else if (strcmp(argv[i], "--budget-percent") == 0 && i + 1 < argc)
			ret_options->budget_share = strtod(argv[++i], NULL) / 100;
		else if (strcmp(argv[i], "--json") == 0 && i + 1 < argc)
			ret_options->json = argv[++i];
		else
			return false;
	}
	ret_options->names = argv + i;
	ret_options->name_count = argc - i;
	return true;
}

int main(int argc, char **argv)
{
	struct options options = { .is_counting = true, .runs = RUNS, .budget_share = 1 };

	if (argc == 4 && strcmp(argv[1], "--count") == 0)
		return count_one(argv[2], argv[3]);
	if (!parse(argc, argv, &options)) {
		fprintf(stderr, "usage: bench-lib [--json FILE] [--check] [--quick] [--no-count] [--budget-percent N] "
				"[ROW...]\n");
		return 2;
	}
	if (options.is_counting && !can_count()) {
		fprintf(stderr, "bench-lib: there is no valgrind to count instructions with\n");
		return 77;
	}
	return run_all(&options);
}
