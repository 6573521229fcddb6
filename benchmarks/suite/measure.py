"""Runs workloads under runtimes and records what each run took.

A run is a whole process, pinned to one processor. In each round every runtime runs the workload and, at once after it,
the same with nothing to do; runtimes take turns, so that what disturbs the machine disturbs all. The time of the work
is the minimum of the first less the minimum of the second; it is never clamped: a negative one is shown.
"""

import collections
import dataclasses
import os
import statistics
import subprocess
from typing import Optional

from .install import compiler
from .paths import OUT, ROOT, SUITE, Unavailable, newer, progress, run
from .runtimes import NATIVE


@dataclasses.dataclass
class Run:
    cpu: float  # seconds, user and system
    wall: float
    peak: int  # KiB
    output: str
    error: str = ""  # empty: exit code 0


@dataclasses.dataclass
class Result:
    """One runtime on one workload."""

    workload: str
    runtime: str
    failed: str = ""  # why there are no times
    absent: bool = False  # that is no failure: there is nothing to run
    output: str = ""
    full: list = dataclasses.field(default_factory=list)  # CPU seconds of each round
    zero: list = dataclasses.field(default_factory=list)
    peaks: list = dataclasses.field(default_factory=list)  # KiB

    def work(self, take=min) -> Optional[float]:
        """Seconds of the work alone; take: min or statistics.median."""
        if self.failed or not self.full or not self.zero:
            return None
        return take(self.full) - take(self.zero)

    def median(self):
        return self.work(statistics.median)

    def spread(self):
        """How far the slowest round was from the fastest, as a part of the fastest."""
        return max(self.full) / min(self.full) - 1 if self.full and min(self.full) > 0 else 0.0


class Spawner:
    """Starts measured processes, by the program spawn.c."""

    def __init__(self, cpu, timeout):
        self.cpu, self.timeout = cpu, timeout
        self.program = os.path.join(OUT, "spawn")
        source = os.path.join(SUITE, "spawn.c")
        if not newer(self.program, [source]):
            os.makedirs(OUT, exist_ok=True)
            run([compiler(), "-O2", "-static", "-o", self.program, source])

    def run(self, command, pinned=True):
        read, write = os.pipe()
        try:
            # spawn writes to its descriptor 3, whatever number the pipe has here.
            done = subprocess.run(["bash", "-c", f'exec "$@" 3>&{write}', "-", self.program,
                                   str(self.cpu if pinned else -1), str(self.timeout), *command],
                                  stdin=subprocess.DEVNULL, capture_output=True, pass_fds=(write,))
            os.close(write)
            write = -1
            with os.fdopen(os.dup(read)) as report:
                words = report.read().split()
        finally:
            os.close(read)
            if write >= 0:
                os.close(write)
        if len(words) != 6:
            raise Unavailable(f"{self.program}: exit {done.returncode}: {done.stderr.decode(errors='replace')[:300]}")
        kind, number = words[0], int(words[1])
        user, system, wall, peak = float(words[2]), float(words[3]), float(words[4]), int(words[5])
        return Run(user + system, wall, peak, done.stdout.decode(errors="replace").strip(),
                   self.error(kind, number, done.stderr.decode(errors="replace")))

    def error(self, kind, number, said):
        if kind == "exit" and number == 0:
            return ""
        how = f"more than {self.timeout} s" if kind == "timeout" else f"{kind} {number}"
        lines = [line.strip() for line in said.replace(ROOT + os.sep, "").splitlines() if line.strip()]
        return how + (": " + short(" | ".join(lines[:3]), 160) if lines and kind != "timeout" else "")


def short(text, length=60):
    text = " ".join(text.split())
    return text if len(text) <= length else text[:length - 1] + "…"


def command_of(runtime, workload, files, arguments):
    """The command line, or None with the reason why there is none."""
    if runtime.kind == NATIVE:
        if "native" not in files:
            return None, "has no native build"
        return [files["native"], *arguments], ""
    if workload.function:
        if runtime.invoke is None:
            return None, "cannot call an export of a module without WASI"
        return runtime.invoke(runtime.program, files["wasm"], workload.function, arguments), ""
    return runtime.command(runtime.program, files["wasm"], arguments), ""


def measure(workload, files, runtimes, options, spawner):
    """Results of one workload, in the order of runtimes."""
    results = {runtime.name: Result(workload.name, runtime.name) for runtime in runtimes}
    for round_number in range(options.rounds):
        for runtime in runtimes:
            result = results[runtime.name]
            if result.failed or round_number > 0 and slow(result, results[runtimes[0].name]):
                continue
            progress(f"{workload.name}: round {round_number + 1} of {options.rounds}, {runtime.name}")
            one_round(result, runtime, workload, files, options, spawner)
        if round_number == 0:
            compare_outputs(results)
    return list(results.values())


def slow(result, first):
    """Whether one round must do, since most of the time would go into this runtime otherwise: ten times the first."""
    return bool(first.full and result.full) and min(result.full) > 10 * min(first.full)


def one_round(result, runtime, workload, files, options, spawner):
    command, reason = command_of(runtime, workload, files, workload.arguments(options.scale))
    if command is None:
        result.failed, result.absent = reason, True
        return
    done = spawner.run(command)
    nothing, _ = command_of(runtime, workload, files, workload.zero_arguments())
    idle = spawner.run(nothing)
    result.failed = done.error or idle.error and f"with nothing to do: {idle.error}"
    if not done.error and not done.output:
        result.failed = "exit 0, but printed nothing"
    if result.failed:
        return
    if result.output and done.output != result.output:
        result.failed = f"printed {short(result.output)} in one round and {short(done.output)} in another"
        return
    result.output = done.output
    result.full.append(done.cpu)
    result.zero.append(idle.cpu)
    result.peaks.append(done.peak)


def compare_outputs(results):
    """What most runtimes print is right; who prints something else has failed."""
    outputs = collections.Counter(result.output for result in results.values() if not result.failed)
    if len(outputs) < 2:
        return
    right = outputs.most_common(1)[0][0]
    for result in results.values():
        if not result.failed and result.output != right:
            result.failed = f"printed {short(result.output)}, not {short(right)}"


def build(workload):
    """(files, error): what is built of the workload."""
    progress(f"{workload.name}: building")
    files = {}
    try:
        files["wasm"] = workload.build.wasm(workload.name)
    except Unavailable as error:
        return files, f"not built: {error}"
    if workload.build.has_native:
        try:
            files["native"] = workload.build.native(workload.name)
        except Unavailable as error:
            progress("")
            print(f"{workload.name}: no native build: {error}")
    return files, ""
