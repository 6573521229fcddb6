"""All builds of umiak on all workloads, with deterministic NaNs: whichever runs a guest, and in whatever way, it prints
the same, leaves with the same exit code and takes the same fuel.

./dev bench --differential              all builds under build/, all workloads, those built first that can be
./dev bench --differential fib lua      these workloads
./dev bench --differential --build a=build/release/umiak --build b=/tmp/umiak
                                        these builds

`./dev test` of several presets does the same with the guests that are there, a test for each: `differential/fib`.
"""

import argparse
import dataclasses
import glob
import os
import re
import resource
import subprocess
import sys
from typing import Optional

from .build import existing
from .measure import short
from .paths import ROOT, Unavailable, progress
from .workloads import TABLE, choose

SCALE = 0.02  # of the iterations that are timed: a sanitizer's build takes a hundred times as long
TIMEOUT = 300  # seconds for a run
SKIPPED = 77  # the exit code that ctest takes for it
FUEL = 10**15


@dataclasses.dataclass
class Way:
    """A way to run guests. Each is taken by every build that can."""

    name: str
    settings: str = ""
    environment: dict = dataclasses.field(default_factory=dict)
    address_space: int = 0  # bytes; 0: what there is
    workloads: tuple = ()  # empty: all


WAYS = [
    Way("plain"),
    Way("metered", f"fuel={FUEL}"),
    Way("lazy", "lazy-validation"),
    # Without room for the 8 GiB of a guarded memory, addresses are compared.
    Way("checked", address_space=3 << 30),
    Way("isa-base", environment={"UMIAK_ISA": "base"}),
    Way("isa-v2", environment={"UMIAK_ISA": "v2"}),
    # Of a workload whose heap stays small.
    Way("collect-always", "collect-always", workloads=("binary-trees",)),
]


@dataclasses.dataclass
class Build:
    name: str
    program: str

    def launch(self):
        """What the command line begins with: a build for another machine says in a file beside it what runs it."""
        emulator = os.path.join(os.path.dirname(self.program), "emulator")
        if not os.path.exists(emulator):
            return [self.program]
        with open(emulator) as file:
            return [*file.read().split(), self.program]

    def can(self, way):
        """Sanitizers want more addresses than a checked memory leaves them."""
        return not way.address_space or start([*self.launch(), "--version"], way, 60).returncode == 0

    def commit(self):
        said = start([*self.launch(), "--version"], WAYS[0], 60).stdout.decode(errors="replace")
        return "".join(re.findall(r"^commit: (\w+)", said, re.MULTILINE))


@dataclasses.dataclass
class Outcome:
    """What may differ between no two runs. A part that a run has not is None."""

    exit: str
    output: bytes
    fuel: Optional[str]
    error: str  # for whom the rest does not tell enough

    PARTS = {"exit": "exit codes", "output": "outputs", "fuel": "fuel"}


def start(command, way, timeout):
    def limit():
        if way.address_space:
            resource.setrlimit(resource.RLIMIT_AS, (way.address_space, way.address_space))

    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, preexec_fn=limit,
                          env=dict(os.environ, **way.environment))


def run(build, way, workload, module, options):
    settings = ",".join(filter(None, ["nan-canonicalization", way.settings]))
    command = [*build.launch(), "run", "-v", "-W", settings]
    if workload.function:
        command += ["--invoke", workload.function]
    try:
        done = start([*command, module, *workload.arguments(options.scale)], way, options.timeout)
    except subprocess.TimeoutExpired:
        return Outcome(f"none within {options.timeout} s", b"", None, "")
    error = done.stderr.decode(errors="replace")
    fuel = None
    if "fuel" in way.settings and not workload.seeded:
        said = re.search(r"^umiak: note: fuel: (\d+) of", error, re.MULTILINE)
        fuel = said[1] if said else "not said"
    return Outcome(str(done.returncode), done.stdout, fuel, error)


def show(value):
    return short(value.decode(errors="backslashreplace"), 200) or "nothing" if isinstance(value, bytes) else value


def differences(outcomes):
    """Lines about what is not the same in all of them; outcomes: by "build way"."""
    for part, what in Outcome.PARTS.items():
        names = {}
        for name, outcome in outcomes.items():
            if getattr(outcome, part) is not None:
                names.setdefault(getattr(outcome, part), []).append(name)
        if len(names) > 1:
            yield f"{what} differ:"
            # Most are right, and stand first.
            for value, who in sorted(names.items(), key=lambda item: -len(item[1])):
                yield f"  {show(value)}: {', '.join(who)}"
    failed = {name: outcome for name, outcome in outcomes.items() if outcome.exit != "0"}
    for name, outcome in failed.items():
        yield f"{name}: exit code {outcome.exit}: {short(outcome.error, 300)}"
    if outcomes and not failed and not any(outcome.output for outcome in outcomes.values()):
        yield "nothing was printed, so nothing was compared"


def compare(workload, module, builds, options):
    """(number of runs, differences)"""
    outcomes = {}
    for build in builds:
        for way in WAYS:
            if build.can(way) and (not way.workloads or workload.name in way.workloads):
                progress(f"{workload.name}: {build.name} {way.name}")
                outcomes[f"{build.name} {way.name}"] = run(build, way, workload, module, options)
    progress("")
    return len(outcomes), list(differences(outcomes))


def find_builds(given):
    if given:
        builds = [Build(*text.split("=", 1)) for text in given]
    else:
        programs = sorted(glob.glob(os.path.join(ROOT, "build", "*", "umiak")))
        builds = [Build(os.path.basename(os.path.dirname(path)), path) for path in programs]
    if not builds:
        raise Unavailable("no build under build/: `./dev build` makes one, `./dev build gcc` another")
    for build in builds:
        if not os.access(build.program, os.X_OK):
            raise Unavailable(f"{build.program} is not there")
    return builds


def module_of(workload, build):
    """The guest, built where that is asked for."""
    if build:
        return workload.build.wasm(workload.name)
    path = existing(workload.name)
    if path is None:
        raise Unavailable(f"the workload {workload.name} is not built: ./dev bench --differential {workload.name}")
    return path


def ctest(given):
    """Prints tests for the builds given as ctest reads them, one for each workload."""
    builds = " ".join(f'--build "{text}"' for text in given)
    for workload in TABLE:
        name = f'"differential/{workload.name}"'
        print(f'add_test({name} "{sys.executable}" -m benchmarks.suite.differential --existing {builds} '
              f'{workload.name})\nset_tests_properties({name} PROPERTIES LABELS differential TIMEOUT 3000 '
              f'SKIP_RETURN_CODE {SKIPPED} WORKING_DIRECTORY "{ROOT}")')


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="dev bench --differential", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", help="only these")
    parser.add_argument("--differential", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--build", action="append", default=[], metavar="NAME=PATH", help="instead of those in build/")
    parser.add_argument("--existing", action="store_true", help="build no guests")
    parser.add_argument("--scale", type=float, default=SCALE, help="iterations times this")
    parser.add_argument("--timeout", type=int, default=TIMEOUT, help="seconds after which a run has failed")
    parser.add_argument("--ctest", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.ctest:
        return ctest(options.build)
    chosen, builds = choose(options.workloads), find_builds(options.build)
    commits = {build.name: build.commit() for build in builds}
    if len(set(commits.values())) > 1:
        print("note: builds of different commits:", ", ".join(f"{name} {commit}" for name, commit in commits.items()))
    skipped, failed = [], []
    for workload in chosen:
        try:
            module = module_of(workload, not options.existing)
        except Unavailable as error:
            print(f"SKIP: {error}", flush=True)
            skipped.append(workload.name)
            continue
        runs, found = compare(workload, module, builds, options)
        print(f"{workload.name}: " + ("\n  ".join(["FAILED", *found]) if found else f"{runs} runs alike"), flush=True)
        if found:
            failed.append(workload.name)
    if failed:
        sys.exit(f"bench: builds of umiak differ on {', '.join(failed)}")
    if len(skipped) == len(chosen):
        sys.exit(SKIPPED)


if __name__ == "__main__":
    try:
        main()
    except Unavailable as problem:
        sys.exit(f"bench: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
