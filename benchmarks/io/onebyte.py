#!/usr/bin/env python3
"""What a call of the host costs: a million writes of one byte to /dev/null, native and in engines, in one run.

    onebyte.py [--umiak PROGRAM] [--with NAME=COMMAND]... [--rounds N] [--count N]

io_bench.c is compiled for the machine and for wasm (clang and wasi-libc). A COMMAND gets the .wasm and its arguments
appended. Prints the CPU time per write, start-up subtracted, the minimum of interleaved rounds; and, where valgrind is
there, umiak's instructions per write, which repeat exactly.
"""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import tempfile

from run import build_c

ROOT = pathlib.Path(__file__).resolve().parents[2]


def cpu_seconds(command):
    with open(os.devnull, "wb") as sink:
        process = subprocess.Popen(command, stdout=sink)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} left with {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def instructions(command):
    log = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True).stderr
    return int(re.search(r"Collected : (\d+)", log)[1])


def main():
    parser = argparse.ArgumentParser(description="the cost of a host call")
    parser.add_argument("--umiak", default=ROOT / "build/release/umiak")
    parser.add_argument("--with", dest="others", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        native, wasm = build_c(directory, wasm=False), build_c(directory, wasm=True)
        engines = {"native": [native], "umiak": [options.umiak, "run", wasm]}
        for other in options.others:
            name, _, command = other.partition("=")
            engines[name] = [*shlex.split(command), wasm]
        best = {(name, count): float("inf") for name in engines for count in (0, options.count)}
        for _ in range(options.rounds):
            for name, count in best:
                best[name, count] = min(best[name, count], cpu_seconds([*engines[name], "onebyte", str(count)]))
        times = {name: (best[name, options.count] - best[name, 0]) / options.count * 1e9 for name in engines}
        for name, ns in times.items():
            print(f"{name:12} {ns:7.1f} ns per write   {ns / times['native']:5.2f} x native   "
                  f"{ns / times['umiak']:5.2f} x umiak")
        if shutil.which("valgrind"):
            few, more = (instructions([*engines["umiak"], "onebyte", str(n)]) for n in (1000, 3000))
            print(f"umiak: {(more - few) / 2000:.0f} instructions per write, besides the host's")


if __name__ == "__main__":
    main()
