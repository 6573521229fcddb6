#!/bin/sh
# run.sh BUILD CXX [PYTHON C++FILT]: what `cmake --install BUILD` leaves is enough to build and run a program with
# find_package(umiak); and the tree serves as a subdirectory (configured only: building it all again takes minutes).
set -eu
build=$1
cxx=$2
tree=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

cmake --install "$build" --prefix "$scratch/prefix" >"$scratch/log"
"$scratch/prefix/bin/umiak" run --dir "$tree/examples::." "$tree/examples/hello.wasm" | grep -i hello
test -f "$scratch/prefix/share/doc/umiak/LICENSE"

configure() {
  cmake -S "$tree/tests/install" -B "$scratch/$1" -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_BUILD_TYPE=Release \
    -DHOST_SOURCE="$tree/examples/host_plugin.cc" "$2" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
}
configure installed -DCMAKE_PREFIX_PATH="$scratch/prefix"
cmake --build "$scratch/installed" >"$scratch/log" 2>&1 || { cat "$scratch/log"; exit 1; }
order=$(find "$scratch/prefix" -name handlers.order)
if [ -n "$order" ]; then
  "$3" "$tree/cmake/order_handlers.py" --check "$scratch/installed/host" "$4"
fi
"$scratch/installed/host" "$tree/examples/plugin.wasm" "one fortunately three" | grep "host: 3 words"
configure subdirectory -DUMIAK_TREE="$tree"
