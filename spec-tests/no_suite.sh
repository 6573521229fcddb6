#!/bin/sh
# Stands for the scripts where they are not there: a skip that says how to get them.
echo "SKIP: the specification's scripts in $1: git clone https://github.com/WebAssembly/testsuite $1"
exit 77
