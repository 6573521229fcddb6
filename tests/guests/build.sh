#!/bin/bash
# Builds the guests of examples/rust and tests/guests again and compares them, byte for byte, with the committed .wasm
# files.
#
#   build.sh [PART...]          compare; 1 where a file differs, 77 where a toolchain or the network is missing
#   build.sh --update [PART...] write what was built over the committed files
#
# PART: rust; unwind (Rust with a standard library of its own, since the one that rustup brings aborts); c (C and C++).
# Without one: all.
#
# The bytes depend on the compiler: another one than in RUSTC or CLANG below gives other bytes, which is said and is no
# failure. The output depends on no path of the machine.
set -euo pipefail

# The compilers that made the committed files.
RUSTC="rustc 1.95.0 (59807616e 2026-04-14)"
CLANG="Debian clang version 22.1.8 (1~deb12u1)"

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# workspace, crate, target, committed file
guests=(
  "examples/rust hello wasm32-wasip1 examples/hello.wasm"
  "examples/rust config wasm32-wasip1 examples/config.wasm"
  "examples/rust random wasm32-wasip1 examples/random.wasm"
  "examples/rust files wasm32-wasip1 examples/files.wasm"
  "examples/rust plugin wasm32-unknown-unknown examples/plugin.wasm"
  "examples/rust overwrite wasm32-wasip1 tests/guests/overwrite.wasm"
  "tests/guests/rust echo wasm32-wasip1 tests/guests/echo.wasm"
  "tests/guests/rust tokio_echo wasm32-wasip1 tests/guests/tokio_echo.wasm"
  "tests/guests/rust std_threads wasm32-wasip1-threads tests/guests/std_threads.wasm"
  "tests/guests/rust rayon_pool wasm32-wasip1-threads tests/guests/rayon_pool.wasm"
  "tests/guests/rust tokio_threads wasm32-wasip1-threads tests/guests/tokio_threads.wasm"
  "tests/guests/rust fs_ops wasm32-wasip1 tests/guests/fs_ops.wasm"
)

# What comes from a server or a distribution that may be out of reach is skipped in CI too.
skip() { echo "SKIP: $1"; exit 77; }

# compare BUILT COMMITTED
compare() {
  if cmp -s "$1" "$root/$2"; then
    echo "same    $2"
  elif [[ $update == true ]]; then
    install -m 644 "$1" "$root/$2"
    echo "updated $2"
  else
    echo "differs $2"
    differ+=("$2")
  fi
}

# finish COMPILER EXPECTED
finish() {
  if [[ $1 != "$2" ]]; then
    echo "The committed files are of $2; this is $1: other bytes are to be expected."
  elif ((${#differ[@]})); then
    echo "Same compiler, other bytes: ./dev guests --update writes them, if the sources were meant to change."
    exit 1
  fi
}

# Sets sysroot, remap and what cargo reads. Arguments: the targets that are built for.
need_rust() {
  if ! command -v cargo >/dev/null; then
    echo "SKIP: cargo: https://rustup.rs"
    if [[ ${CI:-} == true ]]; then exit 1; else exit 77; fi
  fi
  local target
  sysroot=$(rustc --print sysroot)
  for target in "$@"; do
    [[ -d $sysroot/lib/rustlib/$target ]] || skip "Rust's library for $target: rustup target add $target"
  done
  export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/build/guests}
  local cargo_home=${CARGO_HOME:-$HOME/.cargo}
  remap="--remap-path-prefix=$root=/umiak --remap-path-prefix=$cargo_home=/cargo"
  # Where the sources of std are installed (the component rust-src), rustc names them by their place on the machine.
  remap+=" --remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$(rustc -vV | sed -n 's/^commit-hash: //p')"
}

build_rust() {
  need_rust wasm32-wasip1 wasm32-wasip1-threads wasm32-unknown-unknown
  # What a workspace is compiled with besides.
  declare -A flags=([tests/guests/rust]="--cfg tokio_unstable")
  local workspace guest crate target file
  for workspace in examples/rust tests/guests/rust; do
    cargo fetch --quiet --locked --manifest-path "$root/$workspace/Cargo.toml" ||
      skip "crates.io: cargo fetch in $workspace, with a network"
  done
  # One build per guest: none depends on what its neighbours switch on.
  for guest in "${guests[@]}"; do
    read -r workspace crate target _ <<<"$guest"
    export RUSTFLAGS="$remap${flags[$workspace]:+ ${flags[$workspace]}}"
    (cd "$root/$workspace" && cargo build --quiet --release --locked --target "$target" --package "$crate") >&2
  done
  for guest in "${guests[@]}"; do
    read -r _ crate target file <<<"$guest"
    compare "$CARGO_TARGET_DIR/$target/release/$crate.wasm" "$file"
  done
  finish "$(rustc --version)" "$RUSTC"
}

# uses_legacy GUEST: whether it is built with the legacy instructions of exceptions, as the compilers spell it.
uses_legacy() { if [[ $1 == *-legacy ]]; then echo true; else echo false; fi; }

# A stable compiler is let do what only an unstable one would: bring its own standard library.
build_unwind() {
  need_rust wasm32-wasip1
  local library=$sysroot/lib/rustlib/src/rust/library
  [[ -e $library/Cargo.lock ]] || skip "sources of Rust's library: rustup component add rust-src"
  export RUSTC_BOOTSTRAP=1
  cargo fetch --quiet --locked --manifest-path "$library/Cargo.toml" ||
    skip "crates.io: cargo fetch in $library, with a network"
  # cargo leaves out what it takes for the default, which on this target is to abort.
  export CARGO_TARGET_DIR=$CARGO_TARGET_DIR/unwind RUSTFLAGS="$remap -Cpanic=unwind"
  local name
  for name in unwind unwind-legacy; do
    # The encoding is the linked program's alone, so the library is built once.
    (cd "$root/tests/guests/unwind" && cargo rustc --quiet --release --locked --target wasm32-wasip1 \
      -Zbuild-std=std,panic_unwind -- "-Cllvm-args=-wasm-use-legacy-eh=$(uses_legacy "$name")") >&2
    compare "$CARGO_TARGET_DIR/wasm32-wasip1/release/unwind.wasm" "tests/guests/$name.wasm"
  done
  finish "$(rustc --version)" "$RUSTC"
}

# The libraries of the distribution are built without exceptions: unwind.cc is the part of the runtime that is missing
# there.
build_c() {
  local package missing=()
  for package in clang-22 lld-22 wasi-libc libc++-22-dev-wasm32 libclang-rt-22-dev-wasm32; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  ((${#missing[@]} == 0)) || skip "clang 22 for WASI: apt-get install ${missing[*]}"
  built=$(mktemp -d)
  trap 'rm -rf "$built"' EXIT
  cd "$root/tests/guests"
  clang-22 --target=wasm32 -O2 -nostdlib -matomics -mbulk-memory -Wl,--shared-memory,--import-memory,--export-memory \
    -Wl,--max-memory=1048576,--export=wasi_thread_start,--export=_start,--no-entry c/count_primes.c \
    -o "$built/count_primes.wasm"
  local name
  for name in exceptions exceptions-legacy; do
    clang++-22 --target=wasm32-wasi -Wno-deprecated -O2 -std=c++20 -s -fwasm-exceptions \
      -mllvm -wasm-use-legacy-eh="$(uses_legacy "$name")" cxx/exceptions.cc cxx/unwind.cc -o "$built/$name.wasm"
  done
  # The rows of WASI: without a libc, and without what the compiler would take from one.
  for name in process descriptors paths; do
    clang-22 --target=wasm32 -O1 -s -nostdlib -fno-builtin -mbulk-memory -Wall -Wextra -Werror -Wno-unused-function \
      -Wl,--export-memory "c/rows/$name.c" -o "$built/rows_$name.wasm"
  done
  for name in count_primes exceptions exceptions-legacy rows_process rows_descriptors rows_paths; do
    compare "$built/$name.wasm" "tests/guests/$name.wasm"
  done
  finish "$(clang-22 --version | head -n 1)" "$CLANG"
}

usage() { echo "usage: build.sh [--update] [rust|unwind|c...]" >&2; exit 2; }

update=false parts=() differ=()
for argument in "$@"; do
  case $argument in
    --update) update=true ;;
    rust | unwind | c) parts+=("$argument") ;;
    *) usage ;;
  esac
done
if ((${#parts[@]} == 1)); then
  "build_${parts[0]}"
  exit
fi
if ((${#parts[@]} == 0)); then parts=(rust unwind c); fi
options=()
if [[ $update == true ]]; then options=(--update); fi
status=0
# Each by itself: what one lacks, the others may have. A difference outweighs a skip.
for part in "${parts[@]}"; do
  code=0
  "${BASH_SOURCE[0]}" "${options[@]}" "$part" || code=$?
  if ((code != 0 && (status == 0 || status == 77))); then status=$code; fi
done
exit "$status"
