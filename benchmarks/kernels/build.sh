#!/bin/sh
# Builds the kernels again: clang for wasm32, no C library. `build.sh [FOLDER]` writes there instead of beside the
# sources, to compare. CFLAGS are added.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
clang=${CLANG:-clang-22}
out=${1:-$here}
build() {
  "$clang" --target=wasm32 -std=c11 -Wall -Wextra -O2 -ffp-contract=off -nostdlib --no-wasm-opt "$2" ${CFLAGS:-} \
    -Wl,--no-entry -Wl,--strip-debug -Wl,-z,stack-size=16384 -o "$out/$1.wasm" "$here/$1.c"
}
for name in empty fib sha256 matmul crc32 nbody vmloop; do build "$name" -mno-simd128; done
for name in blend blur saxpy; do build "$name" -msimd128; done
