#!/usr/bin/env python3
"""Times I/O-heavy guests: umiak, other engines that are installed, and the same program native.

    run.py [--umiak PATH] [--with NAME=COMMAND]... [--rounds N] [--megabytes N] [--files N] [CASE...]

Each engine runs `COMMAND run --dir DIRECTORY io_bench.wasm CASE...`; --with adds one (wasmtime, wasmi, another
umiak). Cases are of the guest in Rust (guest/), those with c- of the one in C (io_bench.c: clang and wasi-libc).
Engines take turns; the table has the minimum of user and system time together and of the part of it in the kernel, both
less what the same guest takes to start and say its usage (compiling, where an engine does); its relation to native; and
the largest resident memory. All outputs must be equal. The log and the tree are made anew in a directory that is removed.
"""
import argparse
import os
import pathlib
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CASES = {
    "bulk": ["bulk", "{data}/log"],
    "vectored": ["vectored", "{data}/log"],
    "wc": ["wc", "{data}/log"],
    "grep": ["grep", "ERROR", "{data}/log"],
    "write": ["write", "{data}/out", "{megabytes}"],
    "walk": ["walk", "{data}/tree"],
    "c-wc": ["wc", "{data}/log"],
    "c-grep": ["grep", "ERROR", "{data}/log"],
    "c-onebyte": ["onebyte", "1000000", "{data}/out"],
}


def build(target):
    """The guest for a target of rustc; None is this machine."""
    environment = dict(os.environ, CARGO_TARGET_DIR=str(ROOT / "build" / "io_bench"))
    command = ["cargo", "build", "--quiet", "--release", "--offline"] + (["--target", target] if target else [])
    subprocess.run(command, cwd=HERE / "guest", env=environment, check=True)
    folder = ROOT / "build" / "io_bench" / (target or "") / "release"
    return folder / ("io_bench.wasm" if target else "io_bench")


def build_c(directory, wasm):
    """The guest in C, for wasm or for this machine, in a directory."""
    clang = next((c for c in (f"clang-{version}" for version in range(40, 18, -1)) if shutil.which(c)), "clang")
    program = pathlib.Path(directory, "io_bench.c.wasm" if wasm else "io_bench.c")
    target = ["--target=wasm32-wasi", "-Wno-deprecated"] if wasm else []
    subprocess.run([clang, *target, "-O2", HERE / "io_bench.c", "-o", program], check=True)
    return program


def make_data(directory, megabytes, files):
    with open(directory / "log", "wb") as log:
        lines = b"".join(b"2026-01-01T00:00:%02d.%03d %s worker-%02d handled request %d in %d us\n"
                         % (i % 60, i % 997, b"ERROR" if i % 100 == 0 else b"INFO ", i % 32, i * 7919, i % 5000)
                         for i in range(14000))
        block = lines[:1 << 20]
        for _ in range(megabytes):
            log.write(block)
    for i in range(files):
        folder = directory / "tree" / f"d{i // 100:04}"
        if i % 100 == 0:
            folder.mkdir(parents=True)
        (folder / f"f{i % 100:02}").write_bytes(b"x" * (200 + i % 400))


def measure(command, statuses=(0,)):
    """CPU seconds, those in the kernel of them, resident KiB and output of one run."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if os.waitstatus_to_exitcode(status) not in statuses:
        sys.exit(f"{' '.join(map(str, command))}: status {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_stime, usage.ru_maxrss, output


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--umiak", default=ROOT / "build" / "release" / "umiak")
    parser.add_argument("--with", dest="others", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    options = parser.parse_args()

    engines = {"native": None, "umiak": [options.umiak, "run"], "umiak --no-landlock": [options.umiak, "run", "--no-landlock"]}
    for other in options.others:
        name, _, command = other.partition("=")
        engines[name] = [*shlex.split(command), "run"]
    directory = pathlib.Path(tempfile.mkdtemp(prefix="umiak-io-"))
    try:
        make_data(directory, options.megabytes, options.files)
        programs = {"rust": (build("wasm32-wasip1"), build(None)),
                    "c": (build_c(directory, wasm=True), build_c(directory, wasm=False))}
        for case in options.cases or CASES:
            guest, native = programs["c" if case.startswith("c-") else "rust"]
            words = [w.format(data=directory, megabytes=options.megabytes) for w in CASES[case]]
            times, memory, outputs = {}, {}, set()
            for _ in range(options.rounds):
                for name, engine in engines.items():
                    program = [*engine, "--dir", directory, guest] if engine else [native]
                    *start, _, _ = measure(program, statuses=(0, 2))
                    *time, resident, output = measure([*program, *words])
                    times[name] = [min(pair) for pair in zip(times.get(name, start + time), start + time)]
                    memory[name] = max(memory.get(name, 0), resident)
                    outputs.add(output)
            if len(outputs) != 1:
                sys.exit(f"{case}: the outputs differ: {outputs}")
            net = {name: (all - start, all_kernel - start_kernel)
                   for name, (start, start_kernel, all, all_kernel) in times.items()}
            for name, (time, kernel) in net.items():
                print(f"{case:10} {name:22} {time * 1000:9.0f} ms ({kernel * 1000:7.0f} in the kernel)"
                      f"   native/it {net['native'][0] / time:5.2f}   {memory[name] // 1024:5} MiB", flush=True)
    finally:
        shutil.rmtree(directory)


if __name__ == "__main__":
    main()
