#!/usr/bin/env python3
"""Benchmarks of umiak. See README.md beside this file.

run.py                 CPU time of umiak, wasmi and node --liftoff-only on the kernels, interleaved
run.py --simd          the same of the kernels in SIMD
run.py --golden        machine instructions and dispatches against goldens.json; --bless writes them
run.py --startup       what starting up costs, against /bin/true
"""

import argparse
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KERNELS = os.path.join(HERE, "kernels")
GOLDENS = os.path.join(HERE, "goldens.json")

# Iterations: for timing (some tenths of a second under umiak), for callgrind (a few million cells).
ITERATIONS = {
    "fib": (2000, 4),
    "sha256": (6000, 20),
    "matmul": (1500, 4),
    "crc32": (4500, 10),
    "nbody": (60000, 200),
    "vmloop": (1000, 4),
}
# Those in SIMD have no golden: what a handler of v128 costs depends on the machine's instruction set.
SIMD_ITERATIONS = {"blend": 40, "blur": 120, "saxpy": 8000}
# A golden run may differ by this much: addresses of the host's heap decide a few branches of the C library.
TOLERANCE = 0.005


def fail(message):
    sys.exit(f"run.py: {message}")


def kernel(name):
    return os.path.join(KERNELS, name + ".wasm")


def output_of(command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        fail(f"{' '.join(command)}: exit {done.returncode}: {done.stderr.strip()[:400]}")
    return done.stdout.strip()


def cpu_time(command):
    """CPU seconds of one run and its output. User and system time: kernels guess how the sum divides into the two."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = output_of(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, output


def geometric_mean(values):
    values = list(values)
    return math.exp(sum(math.log(v) for v in values) / len(values))


# --- Time ---


def engines(umiak, others):
    """Name -> command that a kernel's file and arguments follow. Engines that are not here are left out."""
    found = {"umiak": [umiak]}
    for name, path in others:
        found[name] = [path]
    wasmi = shutil.which("wasmi")
    if wasmi:
        found["wasmi"] = [wasmi, "run"]
    node = shutil.which("node")
    if node:
        found["liftoff"] = [node, "--liftoff-only", os.path.join(HERE, "run-wasi.mjs")]
    return found


def measure_time(umiak, others, kernels, rounds, cpu):
    """kernels: name -> iterations."""
    pin = ["taskset", "-c", str(cpu)] if shutil.which("taskset") else []
    commands = engines(umiak, others)
    goldens = read_goldens()
    names = list(commands)
    print(f"CPU time in ms, start-up subtracted, minimum of {rounds} interleaved rounds; ratio: engine / umiak")
    print(f"{'kernel':8}" + "".join(f"{name:>10}" for name in names) + "".join(f"{n + '/umiak':>15}" for n in names[1:]))
    ratios = {name: [] for name in names[1:]}
    for k, iterations in kernels.items():
        best, start = {}, {}
        outputs = {}
        for _ in range(rounds):
            for name in names:
                seconds, outputs[name] = cpu_time(pin + commands[name] + [kernel(k), str(iterations)])
                best[name] = min(best.get(name, math.inf), seconds)
                seconds, _ = cpu_time(pin + commands[name] + [kernel(k), "0"])
                start[name] = min(start.get(name, math.inf), seconds)
        if len(set(outputs.values())) != 1:
            fail(f"{k}: outputs differ: {outputs}")
        expected = goldens.get(k, {}).get("output")
        if expected and iterations == ITERATIONS[k][0] and outputs["umiak"] != expected:
            fail(f"{k}: printed {outputs['umiak']}, not {expected}")
        spent = {name: max(best[name] - start[name], 1e-6) for name in names}
        row = f"{k:8}" + "".join(f"{spent[name] * 1000:10.1f}" for name in names)
        for name in names[1:]:
            ratios[name].append(spent[name] / spent["umiak"])
            row += f"{ratios[name][-1]:15.2f}"
        print(row, flush=True)
    if len(names) > 1:
        means = "".join(f"{geometric_mean(ratios[name]):15.2f}" for name in names[1:])
        print(f"{'geomean':8}" + " " * 10 * len(names) + means)


# --- Goldens ---


def read_goldens():
    if not os.path.exists(GOLDENS):
        return {}
    with open(GOLDENS) as file:
        return json.load(file)


def handler_jumps(umiak):
    """The addresses of the indirect jumps with which handlers go on to the next one."""
    listing = output_of(["objdump", "-d", "--no-show-raw-insn", "-j", "umiak_handlers", umiak])
    return {int(a, 16) for a in re.findall(r"^\s*([0-9a-f]+):\s+jmp\s+\*%r\w+", listing, re.MULTILINE)}


def callgrind(umiak, name, iterations, jumps):
    """(instructions, dispatches) of one run."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out")
        output_of(["valgrind", "--tool=callgrind", "--dump-instr=yes", "--compress-pos=no", "--compress-strings=no",
                   f"--callgrind-out-file={out}", umiak, kernel(name), str(iterations)])
        instructions = dispatches = 0
        with open(out) as lines:
            for line in lines:
                if line.startswith("calls="):
                    next(lines)  # what the callee took, counted there
                elif line.startswith("0x"):
                    address, _, cost = line.split()[:3]
                    instructions += int(cost)
                    if int(address, 16) in jumps:
                        dispatches += int(cost)
        return instructions, dispatches


def golden(umiak, kernels, bless, wasm_counts):
    for tool in ("valgrind", "objdump"):
        if not shutil.which(tool):
            fail(f"--golden needs {tool}")
    jumps = handler_jumps(umiak)
    if not jumps:
        fail(f"{umiak}: no section umiak_handlers: --golden measures the release build")
    goldens = read_goldens()
    bad = []
    print(f"{'kernel':8}{'wasm':>10}{'instructions':>14}{'dispatches':>12}{'per wasm':>10}{'golden':>10}{'change':>9}")
    for k in kernels:
        n = ITERATIONS[k][1]
        one, two = callgrind(umiak, k, n, jumps), callgrind(umiak, k, 2 * n, jumps)
        instructions, dispatches = ((b - a) / n for a, b in zip(one, two))
        old = goldens.get(k, {})
        wasm = wasm_counts.get(k) or old.get("wasm_instructions")
        if not wasm:
            fail(f"{k}: no count of wasm instructions; run with --bless --count-wasm")
        before = old.get("instructions")
        change = instructions / before - 1 if before else 0
        if before and (change > TOLERANCE or dispatches > old["dispatches"] * (1 + TOLERANCE)):
            bad.append(k)
        print(f"{k:8}{wasm:10}{instructions:14.0f}{dispatches:12.0f}{dispatches / wasm:10.3f}"
              f"{(old.get('dispatches') or 0) / wasm:10.3f}{change:+9.2%}", flush=True)
        goldens[k] = {
            "output": output_of([umiak, kernel(k), str(ITERATIONS[k][0])]),
            "wasm_instructions": wasm,
            "instructions": round(instructions),
            "dispatches": round(dispatches),
        }
    ratio = geometric_mean(goldens[k]["dispatches"] / goldens[k]["wasm_instructions"] for k in kernels)
    print(f"dispatches per wasm instruction, geometric mean: {ratio:.3f}")
    if bless:
        with open(GOLDENS, "w") as file:
            json.dump(goldens, file, indent=2, sort_keys=True)
            file.write("\n")
    elif bad:
        fail(f"more than in goldens.json: {', '.join(bad)} (--bless where that is meant)")


def count_wasm(kernels):
    """Wasm instructions of one iteration, by wabt's interpreter: builds kernels that run once and twice."""
    counts = {}
    with tempfile.TemporaryDirectory() as folder:
        totals = []
        for iterations in (1, 2):
            environment = dict(os.environ, CFLAGS=f"-DDEFAULT_ITERATIONS={iterations}")
            subprocess.run([os.path.join(KERNELS, "build.sh"), folder], env=environment, check=True)
            totals.append({})
            for k in kernels:
                command = ["wasm-interp", "--dummy-import-func", "--trace", "--run-all-exports",
                           os.path.join(folder, k + ".wasm")]
                with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as trace:
                    # drop_keep is wabt's own, the unwinding that belongs to a branch or return.
                    totals[-1][k] = sum(line.startswith("#") and "| drop_keep" not in line for line in trace.stdout)
        for k in kernels:
            counts[k] = totals[1][k] - totals[0][k]
    return counts


# --- Start-up ---


def startup(umiak, others, spawns):
    import time

    commands = {"/bin/true": ["/bin/true"], "umiak": [umiak, kernel("empty")]}
    for name, path in others:
        commands[name] = [path, kernel("empty")]
    wasmi = shutil.which("wasmi")
    if wasmi:
        commands["wasmi"] = [wasmi, "run", kernel("empty")]
    best = dict.fromkeys(commands, math.inf)
    for _ in range(spawns):
        for name, command in commands.items():
            begin = time.perf_counter()
            pid = os.posix_spawn(command[0], command, os.environ)
            os.waitpid(pid, 0)
            best[name] = min(best[name], time.perf_counter() - begin)
    print(f"an empty _start, wall clock, minimum of {spawns} interleaved spawns")
    for name in commands:
        print(f"{name:12}{best[name] * 1000:8.3f} ms{(best[name] - best['/bin/true']) * 1000:+9.3f} ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels", nargs="*", help="only these")
    parser.add_argument("--golden", action="store_true")
    parser.add_argument("--bless", action="store_true", help="with --golden: write goldens.json")
    parser.add_argument("--count-wasm", action="store_true", help="with --bless: count wasm instructions again (wabt)")
    parser.add_argument("--startup", action="store_true")
    parser.add_argument("--kernels", action="store_true", dest="time", help="time the kernels: what is done anyway")
    parser.add_argument("--simd", action="store_true", help="the kernels in SIMD")
    parser.add_argument("--umiak", default=os.path.join(ROOT, "build", "release", "umiak"))
    parser.add_argument("--with", action="append", default=[], metavar="NAME=PATH", dest="others",
                        help="another build of umiak to compare with")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--spawns", type=int, default=300)
    parser.add_argument("--scale", type=float, default=1, help="iterations times this")
    parser.add_argument("--cpu", type=int, default=1 if (os.cpu_count() or 1) > 1 else 0)
    options = parser.parse_args()

    if options.simd and (options.golden or options.bless):
        fail("--simd: the kernels in SIMD have no golden")
    available = SIMD_ITERATIONS if options.simd else {k: timed for k, (timed, _) in ITERATIONS.items()}
    kernels = options.kernels or list(available)
    for k in kernels:
        if k not in available:
            fail(f"no kernel {k}: there are {', '.join(available)}")
    if not os.path.exists(options.umiak):
        fail(f"{options.umiak} is not there: `./dev bench` builds it first")
    others = [tuple(text.split("=", 1)) for text in options.others]
    if options.golden or options.bless:
        golden(options.umiak, kernels, options.bless, count_wasm(kernels) if options.count_wasm else {})
    elif options.startup:
        startup(options.umiak, others, options.spawns)
    else:
        scaled = {k: max(1, int(available[k] * options.scale)) for k in kernels}
        measure_time(options.umiak, others, scaled, options.rounds, options.cpu)


if __name__ == "__main__":
    main()
