#!/bin/bash
# Builds the C++ guests that throw, in both encodings, over the committed files. The libraries of the distribution are
# built without exceptions: unwind.cc is the part of the runtime that is missing there.
# Needs: apt-get install clang-22 lld-22 wasi-libc libc++-22-dev-wasm32 libclang-rt-22-dev-wasm32
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
build() {  # OUTPUT LEGACY
  clang++-22 --target=wasm32-wasi -Wno-deprecated -O2 -std=c++20 -s -fwasm-exceptions -mllvm -wasm-use-legacy-eh="$2" \
    exceptions.cc unwind.cc -o "../$1"
}
build exceptions.wasm false
build exceptions-legacy.wasm true
