#!/bin/bash
# Builds echo.go and lets clients talk to it. Its three megabytes are not committed: 77 where there is no Go.
#
#   serve.sh ARGUMENT...    arguments of serve.py
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if ! command -v go >/dev/null; then
  echo "SKIP: Go from 1.21 on: https://go.dev/dl, or apt-get install golang"
  exit 77
fi
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
GOOS=wasip1 GOARCH=wasm GOFLAGS= GO111MODULE=off go build -ldflags=-s -o "$built/echo.wasm" echo.go
python3 ../serve.py "$@" "$built/echo.wasm"
