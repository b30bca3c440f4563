# SPDX-License-Identifier: BSD-2-Clause-Patent
# What each verb needs from Debian 12. A row is PURPOSE PACKAGE PROBE; the probe is a command, or a file when it
# begins with a slash, so that looking costs nothing and a tool from elsewhere counts too.
package_rows() {
  cat <<'ROWS'
python python3 python3
images python3 python3
images meson meson
images ninja-build ninja
images clang-19 clang-19
images lld-19 lld-link-19
images llvm-19 llvm-ar-19
images nasm nasm
images device-tree-compiler dtc
images libfdt-dev /usr/include/libfdt.h
host python3 python3
host meson meson
host ninja-build ninja
host pkg-config pkg-config
host clang-19 clang-19
host llvm-19 llvm-profdata-19
host libclang-rt-19-dev /usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.asan-x86_64.a
host libcmocka-dev /usr/include/cmocka.h
host libfdt-dev /usr/include/libfdt.h
host device-tree-compiler dtc
host gcc gcc
bench valgrind valgrind
run python3 python3
run qemu-system-x86 qemu-system-x86_64
images busybox-static /bin/busybox
lint clang-format-19 clang-format-19
lint clang-tidy-19 clang-tidy-19
lint frama-c-base frama-c
lint git git
lint uefitool-cli UEFIExtract
page chromium chromium
ROWS
}

# missing_packages PURPOSE...: the packages of these purposes whose probe finds nothing, each once.
missing_packages() {
  package_rows | while read -r purpose package probe; do
    case " $* " in
      *" $purpose "*) ;;
      *) continue ;;
    esac
    case $probe in
      /*) [ -e "$probe" ] || echo "$package" ;;
      *) command -v "$probe" >/dev/null 2>&1 || echo "$package" ;;
    esac
  done | sort -u
}

# as_root COMMAND...: runs it as root or answers 125 when there is no way to.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo -n "$@"
  else
    return 125
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# need_packages PURPOSE...: afterwards everything these purposes need is there, or the script has ended.
need_packages() {
  missing=$(missing_packages "$@" | tr '\n' ' ')
  missing=${missing% }
  [ -n "$missing" ] || return 0
  if ! command -v apt-get >/dev/null 2>&1 || ! as_root true; then
    say_error 'these Debian packages are missing and I may not install them; please run'
    printf '  apt-get update && apt-get install --no-install-recommends %s\n' "$missing" >&2
    exit 1
  fi
  say "installing from Debian: $missing"
  # Lists that are absent or older than the mirror make the first attempt fail: fetch them and try once more.
  # shellcheck disable=SC2086 # a list of package names
  if ! apt-cache show $missing >/dev/null 2>&1 || ! quietly build/log/apt-install.log apt_install $missing 2>/dev/null; then
    quietly build/log/apt-update.log as_root apt-get update -q || die 'apt-get update failed'
    quietly build/log/apt-install.log apt_install $missing || die 'apt-get install failed'
  fi
  left=$(missing_packages "$@" | tr '\n' ' ')
  [ -z "$left" ] || die "still missing after apt-get install: $left"
}
