# SPDX-License-Identifier: BSD-2-Clause-Patent
# How the front door talks: progress on standard output, trouble on standard error, both with its name in front.
say() {
  printf 'mm: %s\n' "$*"
}

say_error() {
  printf 'mm: %s\n' "$*" >&2
}

die() {
  say_error "$*"
  exit 1
}

# quietly LOGFILE COMMAND...: keeps the command's output in a file and shows its end only when it fails.
quietly() {
  log=$1
  shift
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 || {
    status=$?
    tail -n 40 "$log" >&2
    say_error "failed: $* (all of it in $log)"
    return $status
  }
}
