#!/bin/bash
# Builds the guests of examples/rust and tests/guests/rust again and compares them, byte for byte, with the committed
# .wasm files.
#
#   build.sh          compare; 1 where a file differs, 77 where the toolchain or the network is missing
#   build.sh --update write what was built over the committed files
#
# The bytes depend on the compiler: another rustc than the one in RUSTC below gives other bytes, which is said and
# is no failure. The output depends on no path of the machine.
set -euo pipefail

# The compiler that made the committed files.
RUSTC="rustc 1.95.0 (59807616e 2026-04-14)"

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
  "tests/guests/rust fs_ops wasm32-wasip1 tests/guests/fs_ops.wasm"
)

update=false
case ${1:-} in
  --update) update=true ;;
  "") ;;
  *) echo "usage: build.sh [--update]" >&2; exit 2 ;;
esac

# skip WHAT: HOW TO GET IT
skip() { echo "SKIP: $1"; exit 77; }
if ! command -v cargo >/dev/null; then
  echo "SKIP: cargo: https://rustup.rs"
  if [[ ${CI:-} == true ]]; then exit 1; else exit 77; fi
fi
# What comes from a server that may be out of reach is skipped in CI too.
sysroot=$(rustc --print sysroot)
for target in wasm32-wasip1 wasm32-wasip1-threads wasm32-unknown-unknown; do
  [[ -d $sysroot/lib/rustlib/$target ]] || skip "Rust's library for $target: rustup target add $target"
done

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/build/guests}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
remap="--remap-path-prefix=$root=/umiak --remap-path-prefix=$cargo_home=/cargo"
# Where the sources of std are installed (the component rust-src), rustc names them by their place on the machine.
remap+=" --remap-path-prefix=$sysroot/lib/rustlib/src/rust=/rustc/$(rustc -vV | sed -n 's/^commit-hash: //p')"
# What a workspace is compiled with besides.
declare -A flags=([tests/guests/rust]="--cfg tokio_unstable")
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

differ=()
for guest in "${guests[@]}"; do
  read -r _ crate target file <<<"$guest"
  built=$CARGO_TARGET_DIR/$target/release/$crate.wasm
  if cmp -s "$built" "$root/$file"; then
    echo "same    $file"
  elif [[ $update == true ]]; then
    install -m 644 "$built" "$root/$file"
    echo "updated $file"
  else
    echo "differs $file"
    differ+=("$file")
  fi
done

version=$(rustc --version)
if [[ $version != "$RUSTC" ]]; then
  echo "The committed files are of $RUSTC; this is $version: other bytes are to be expected."
elif ((${#differ[@]})); then
  echo "Same compiler, other bytes: ./dev guests --update writes them, if the sources were meant to change."
  exit 1
fi
