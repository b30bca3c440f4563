# SPDX-License-Identifier: BSD-2-Clause-Patent
# What is fetched and never committed: the source of libfdt for images, and Debian's Linux kernel for ./mm run.
# apt works in a folder of ours here (build/cache/apt), so none of it needs root or changes the machine.
cache=build/cache
fdt=enabled

# The value of a key of a Meson wrap file.
wrap_value() {
  sed -n "s/^$2[[:space:]]*=[[:space:]]*//p" "$1" | head -n 1
}

# The folder into which Meson unpacked a wrap's source, removed so that the next setup unpacks it anew.
unpacked_source() {
  folder=$(wrap_value "$1" directory)
  case $folder in
    '' | */* | .*) return 0 ;;
  esac
  rm -rf "subprojects/$folder"
}

apt_here() {
  state=$root/$cache/apt
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/parts"
  tool=$1
  shift
  "$tool" -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$state/parts" \
    -o Dir::State::lists="$state/lists" -o Dir::Cache="$state/cache" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Update::Post-Invoke-Success= -o APT::Update::Post-Invoke= "$@"
}

# apt_lists KIND: fetches the lists of deb or deb-src entries made from the machine's own deb entries.
apt_lists() {
  mkdir -p "$cache/apt/parts"
  rm -f "$cache/apt/parts"/*
  python3 tools/door/aptlist.py --type "$1" --output "$cache/apt/parts" || return 1
  quietly build/log/apt-lists.log apt_here apt-get update
}

# need_libfdt: afterwards the tarball that subprojects/libfdt.wrap names is in place and has the wrap's hash, or
# fdt is "disabled" and a line says why.
need_libfdt() {
  wrap=subprojects/libfdt.wrap
  [ "$fdt" = enabled ] || return 0
  [ -e "$wrap" ] || { fdt=disabled; return 0; }
  name=$(wrap_value "$wrap" source_filename)
  hash=$(wrap_value "$wrap" source_hash)
  tarball=subprojects/packagefiles/$name
  if [ ! -e "$tarball" ]; then
    say "fetching the source of libfdt ($name)"
    fetch_tarball "$name" "$tarball" || {
      say_error "cannot fetch $name: building without device trees in the volume (as with --no-fdt)"
      fdt=disabled
      return 0
    }
  fi
  echo "$hash  $tarball" | sha256sum -c --status || die "$tarball does not have the hash that $wrap states: remove it"
}

# fetch_tarball NAME DESTINATION: NAME is Debian's, <source>_<version>.orig.tar.<x>.
fetch_tarball() {
  folder=$root/$cache/source
  rm -rf "$folder"
  mkdir -p "$folder"
  apt_lists deb-src || return 1
  (cd "$folder" && quietly "$root/build/log/apt-source.log" \
    apt_here apt-get source --download-only --tar-only "${1%%_*}") || return 1
  [ -e "$folder/$1" ] || { say_error "Debian's source of ${1%%_*} is no longer $1: $(ls "$folder")"; return 1; }
  mkdir -p subprojects/packagefiles
  mv "$folder/$1" "$2"
}

# need_kernel: sets kernel to the file that holds Debian's Linux for virtual machines.
need_kernel() {
  kernel=$cache/linux/vmlinuz
  [ ! -e "$kernel" ] || return 0
  say "fetching Debian's Linux kernel"
  mkdir -p "$cache/linux"
  fetch_kernel apt-get apt-cache || {
    apt_lists deb && fetch_kernel 'apt_here apt-get' 'apt_here apt-cache'
  } || die "cannot fetch linux-image-cloud-amd64 (see build/log); ./mm run --no-linux does without"
}

# fetch_kernel APT-GET APT-CACHE: by the machine's lists or by ours.
fetch_kernel() {
  package=$($2 depends linux-image-cloud-amd64 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9][^ ]*\).*/\1/p' | head -n 1)
  [ -n "$package" ] || return 1
  rm -f "$cache"/linux/*.deb
  (cd "$cache/linux" && quietly "$root/build/log/apt-kernel.log" $1 download "$package") || return 1
  dpkg-deb --fsys-tarfile "$cache"/linux/*.deb |
    (cd "$cache/linux" && tar -xf - --wildcards --strip-components=2 './boot/vmlinuz-*') || return 1
  mv "$cache"/linux/vmlinuz-* "$kernel"
  rm -f "$cache"/linux/*.deb
  echo "$package" >"$cache/linux/package"
}
