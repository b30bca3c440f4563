# SPDX-License-Identifier: BSD-2-Clause-Patent
# ./mm test and ./mm lint.
run_tests() {
  die 'not wired yet'
}

run_lint() {
  build_host
  build_images debug
  python3 tools/lint/run.py --build build/mm "$@"
}
