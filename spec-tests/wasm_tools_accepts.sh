#!/bin/bash
# wasm_tools_accepts.sh [--suite DIR]: whether wasm-tools reads what umiak prints, for every module of the scripts.
#
# Wants build/release/umiak_spec and wasm-tools (cargo install wasm-tools --locked). A text that it refuses is a failure,
# unless it finds the module's binary invalid, too. Says how many come back as the bytes they were printed from.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v wasm-tools >/dev/null; then
  echo "wasm_tools_accepts: no wasm-tools here: cargo install wasm-tools --locked" >&2
  exit 1
fi
dump=$(mktemp -d)
trap 'rm -rf "$dump"' EXIT
# Modules that cannot be printed are failures of that run, which ctest has; here those that can are looked at.
build/release/umiak_spec "$@" --round-trip --dump "$dump" >"$dump/log" 2>&1 || true

# judge TEXT...: a line for each
judge() {
  local text binary errors
  for text in "$@"; do
    binary=${text%.wat}.wasm
    if errors=$(wasm-tools parse "$text" -o "$text.wasm" 2>&1); then
      if cmp -s "$text.wasm" "$binary"; then echo same; else echo other; fi
    elif wasm-tools validate --features all "$binary" >/dev/null 2>&1; then
      echo "refused $(basename "$text"): $errors"
    else
      echo invalid
    fi
  done
}
export -f judge
find "$dump" -name '*.wat' -print0 | sort -z | xargs -0 -r -n 200 -P 2 bash -c 'judge "$@"' judge >"$dump/verdicts"

count() { grep -c "^$1" "$dump/verdicts" || true; }
if [[ ! -s $dump/verdicts ]]; then
  echo "wasm_tools_accepts: nothing was printed:" >&2
  tail -n 5 "$dump/log" >&2
  exit 1
fi
grep '^refused' "$dump/verdicts" || true
echo "$(count same) texts accepted with the same bytes, $(count other) with others," \
  "$(count invalid) invalid modules refused, $(count refused) valid ones refused"
[[ $(count refused) -eq 0 ]]
