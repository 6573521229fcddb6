#!/bin/sh
# Stands for the scripts where they are not there: a skip, with CI=true a failure.
echo "SKIP: the specification's scripts in $1: git clone https://github.com/WebAssembly/testsuite $1"
[ "${CI:-false}" = true ] && exit 1
exit 77
