#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause-Patent
#
# run_fuzzer.sh TARGET CORPUS: fuzzes for MM_FUZZ_SECONDS (20) seconds, seeded with the files of CORPUS, which stay as
# they are. Exit status 0 when nothing was found; otherwise the input is kept beside the target as crash-*.
set -eu
target=$1
corpus=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$target" -max_total_time="${MM_FUZZ_SECONDS:-20}" -timeout=5 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1 \
  -verbosity=0 -artifact_prefix="$target-" "$scratch" "$corpus"
