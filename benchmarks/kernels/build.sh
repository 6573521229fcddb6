#!/bin/sh
# Builds the kernels again: clang for wasm32, no C library. `build.sh [FOLDER]` writes there instead of beside the
# sources, to compare. CFLAGS are added.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
clang=${CLANG:-clang-22}
for name in empty fib sha256 matmul crc32 nbody vmloop; do
  "$clang" --target=wasm32 -std=c11 -Wall -Wextra -O2 -ffp-contract=off -nostdlib --no-wasm-opt -mno-simd128 ${CFLAGS:-} \
    -Wl,--no-entry -Wl,--strip-debug -Wl,-z,stack-size=16384 -o "${1:-$here}/$name.wasm" "$here/$name.c"
done
