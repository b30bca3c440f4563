# SPDX-License-Identifier: BSD-2-Clause-Patent
# ./mm test and ./mm lint.

# run_suite FOLDER SUITE [OPTION...]: runs one suite of a build folder and keeps its log for the tally. Failures are
# counted there, so that one of them does not hide the suites that follow.
run_suite() {
  suite_folder=$1 suite_name=$2
  shift 2
  say "suite $suite_name"
  rm -f "$suite_folder/meson-logs/testlog-$suite_name.json"
  meson test -C "$suite_folder" --no-rebuild --print-errorlogs --suite "$suite_name" \
    --logbase "testlog-$suite_name" --timeout-multiplier $((1 + 19 * MM_SOAK)) "$@" || true
  [ -e "$suite_folder/meson-logs/testlog-$suite_name.json" ] || die "the suite $suite_name did not run"
  logs="$logs $suite_folder/meson-logs/testlog-$suite_name.json"
}

# wants NAME...: whether the suite asked for is one of these, or all are asked for.
wants() {
  case " all $* " in
    *" $suite "*) return 0 ;;
    *) return 1 ;;
  esac
}

# run_tests SUITE|all SOAK
run_tests() {
  suite=$1 logs='' coverage=''
  export MM_SOAK="$2" UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
  # How long each fuzzer runs.
  export MM_FUZZ_SECONDS=$((20 + 580 * MM_SOAK))
  case $suite in
    unit) need_packages host page ;;
    fuzz) need_packages host ;;
    bench) need_packages host bench ;;
    lint) need_packages images host lint; need_libfdt ;;
    *) need_packages images host bench lint run page; need_libfdt ;;
  esac
  if wants unit; then
    build_host
    run_suite build/host unit
    build_coverage
    coverage='--coverage build/cov'
  fi
  if wants bench; then
    build_bench
    run_suite build/host bench
  fi
  if wants fuzz; then
    build_fuzz
    run_suite build/fuzz fuzz --num-processes 2
  fi
  if wants lint image; then
    build_images debug
  fi
  if wants lint; then
    run_suite build/mm lint
  fi
  if wants image; then
    need_kernel
    export MM_KERNEL="$root/$kernel"
    run_suite build/mm image
  fi
  # shellcheck disable=SC2086 # lists of words
  exec python3 tools/door/tally.py $coverage $logs
}

# The unit tests once more, instrumented; what they reached lies in build/cov afterwards.
build_coverage() {
  say 'measuring the coverage of the libraries (build/cov)'
  # Meson runs programs of its own while it looks at the compiler: keep their traces away.
  (
    export LLVM_PROFILE_FILE=/dev/null
    setup build/cov --native-file cross/clang-native.ini -Dbuildtype=debug \
      '-Dc_args=-fprofile-instr-generate -fcoverage-mapping' -Dc_link_args=-fprofile-instr-generate
    compile build/cov
  ) || exit 1
  rm -rf build/cov/profiles
  mkdir -p build/cov/profiles
  # A test that fails does so in the suite unit as well; here only its trace counts.
  LLVM_PROFILE_FILE="$root/build/cov/profiles/%p-%m.profraw" MM_SOAK=0 \
    quietly build/log/coverage.log meson test -C build/cov --no-rebuild --suite unit 2>/dev/null || true
}

# run_lint OPTION-OR-CHECK...: sources first, so that a breach is named even when the tree does not build.
run_lint() {
  if [ $# = 0 ]; then
    python3 tools/lint/run.py || exit 1
  fi
  build_images debug
  exec python3 tools/lint/run.py --build build/mm "$@"
}
