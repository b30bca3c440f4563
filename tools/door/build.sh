# SPDX-License-Identifier: BSD-2-Clause-Patent
# The build folders: build/host (this machine, sanitized), build/mm and build/mm-release (images), build/cov
# (this machine, instrumented for coverage), build/fuzz (this machine, the fuzzers). Meson and Ninja see to everything
# inside.

# setup FOLDER OPTION...: configures a folder once, and again when its options are no longer these.
setup() {
  folder=$1
  shift
  if [ ! -e "$folder/build.ninja" ]; then
    rm -rf "$folder"
    quietly "build/log/setup-$(basename "$folder").log" meson setup "$folder" "$@" || exit 1
  elif [ "$(cat "$folder/mm-options" 2>/dev/null)" != "$*" ]; then
    rm -rf "$folder/mm-options"
    quietly "build/log/setup-$(basename "$folder").log" meson setup --wipe "$folder" "$@" || exit 1
  fi
  echo "$*" >"$folder/mm-options"
}

# compile FOLDER [TARGET...]: builds, quietly when there is nothing wrong.
compile() {
  folder=$1
  shift
  quietly "build/log/compile-$(basename "$folder").log" ninja -C "$folder" "$@" || exit 1
}

setup_host() {
  setup build/host --native-file cross/clang-native.ini -Db_sanitize=address,undefined -Db_lundef=false
}

build_host() {
  say 'building the host libraries, tests and tools (build/host)'
  setup_host
  compile build/host
}

# The benchmark links the libraries that are installed, optimised and unsanitised.
build_bench() {
  say 'building the benchmark of the libraries (build/host)'
  setup_host
  compile build/host bench/bench-lib
}

build_fuzz() {
  say 'building the fuzzers (build/fuzz)'
  setup build/fuzz --native-file cross/clang-native.ini -Db_sanitize=address,undefined -Db_lundef=false -Dfuzz=true
  compile build/fuzz fuzzers
}

# build_images debug|release: sets images_dir.
build_images() {
  case $1 in
    debug) images_dir=build/mm; set -- -Dbuildtype=debugoptimized -Db_ndebug=false ;;
    release) images_dir=build/mm-release; set -- -Dbuildtype=release -Doptimization=2 -Db_ndebug=true ;;
  esac
  say "building the images and the ROM ($images_dir)"
  [ -e subprojects/libfdt.wrap ] || fdt=auto
  setup "$images_dir" --cross-file cross/x86_64-mm.ini --native-file cross/clang-native.ini \
    "-Dimage_fdt=$fdt" "$@"
  compile "$images_dir"
}

# build_initramfs IMAGES-FOLDER: sets initramfs to the archive that Linux boots from.
build_initramfs() {
  initramfs=$1/platform/q35/linux/initramfs.cpio.gz
  [ -e "$initramfs" ] || die "the build made no $initramfs"
}
