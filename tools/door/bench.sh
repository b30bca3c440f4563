# SPDX-License-Identifier: BSD-2-Clause-Patent
# ./mm bench.

usage_bench() {
  cat <<'TEXT'
Usage: ./mm bench lib [--json FILE] [ROW...]

Measures the libraries (clang-19 -O2, no sanitizer): each row at growing sizes, per operation, in nanoseconds (the best
of seven runs) and in instructions (callgrind, the same in every run), beside EDK2's own implementation of the same
work and the project's budget; then how each row grows with its size n.

  --json FILE      write {"rows":[{"name":...,"n":...,"instructions":...,"ns":...,"peer_instructions":...}]};
                   the peer's number is null where it was not measured
  ROW              only rows of these names, such as protodb-locate

Exit status: 0 every row within its budget, 1 not so, 2 wrong arguments.
TEXT
}

# bench_lib BENCH-LIB-ARGUMENTS...
bench_lib() {
  need_packages host bench
  build_bench
  exec build/host/bench/bench-lib --check "$@"
}

verb_bench() {
  what='' json='' rows=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) usage_bench; exit 0 ;;
      --json) value "$1" $#; json=$2; shift ;;
      -*) wrong "bench: unknown argument '$1'" ;;
      *[!a-z0-9-]*) wrong "bench: '$1' is not the name of a row" ;;
      *) if [ -z "$what" ]; then what=$1; else rows="$rows $1"; fi ;;
    esac
    shift
  done
  case $what in
    lib) ;;
    '') wrong 'bench: what? lib' ;;
    *) wrong "bench: there is no benchmark '$what': lib" ;;
  esac
  # shellcheck disable=SC2086 # names of rows
  if [ -n "$json" ]; then
    bench_lib --json "$json" $rows
  else
    bench_lib $rows
  fi
}
