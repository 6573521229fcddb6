#!/usr/bin/env python3
"""CPU time of the kernels here under umiak and under wasmtime's interpreter, Pulley.

compare.py [--umiak PROGRAM] [--rounds N] [--cpu N] [KERNEL...]

Wants the package wasmtime from PyPI. Runs are interleaved and pinned to one processor; of each the least is taken. A
run's time is that of the process less that of a run of the smallest size: start-up and translation do not count.
"""

import argparse
import os
import resource
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
KERNELS = {"binary-trees": (4, 15), "list-sort": (1, 60)}  # argument: smallest, measured


def run_in_wasmtime(name, argument, target):
    """In this process: prints the result."""
    import wasmtime

    config = wasmtime.Config()
    config.wasm_gc = True
    config.wasm_function_references = True
    if target != "host":
        config.target = target
    store = wasmtime.Store(wasmtime.Engine(config))
    with open(os.path.join(HERE, name + ".wat")) as text:
        module = wasmtime.Module(store.engine, wasmtime.wat2wasm(text.read()))
    instance = wasmtime.Instance(store, module, [])
    print(instance.exports(store)["run"](store, argument))


def measure(command, cpu):
    """CPU seconds and the output."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(["taskset", "-c", str(cpu)] + command, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"compare.py: {' '.join(command)}: {done.stderr.strip()[:500]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout.strip()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--umiak", default=os.path.join(ROOT, "build/release/umiak"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu", type=int, default=0)
    parser.add_argument("--target", default="pulley64", help="of wasmtime; host: its compiler")
    parser.add_argument("--in-wasmtime", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("kernels", nargs="*", default=list(KERNELS))
    options = parser.parse_args()
    if options.in_wasmtime:
        name, argument = options.in_wasmtime
        return run_in_wasmtime(name, int(argument), options.target)
    for name in options.kernels:
        path = os.path.join(HERE, name + ".wat")
        wasmtime = [sys.executable, __file__, "--target", options.target, "--in-wasmtime", name]
        engines = {"umiak": [options.umiak, "run", "--invoke", "run", path], options.target: wasmtime}
        least = {}
        outputs = {}
        for _ in range(options.rounds):
            for engine, command in engines.items():
                for size in KERNELS[name]:
                    seconds, output = measure(command + [str(size)], options.cpu)
                    least[engine, size] = min(seconds, least.get((engine, size), seconds))
                    if outputs.setdefault(size, output) != output:
                        sys.exit(f"compare.py: {name} {size}: {engine} gives {output}, not {outputs[size]}")
        small, large = KERNELS[name]
        times = {engine: least[engine, large] - least[engine, small] for engine in engines}
        ratio = times[options.target] / times["umiak"]
        print(f"{name:14} " + " ".join(f"{engine} {t:.3f} s " for engine, t in times.items()) + f" ratio {ratio:.2f}")


main()
