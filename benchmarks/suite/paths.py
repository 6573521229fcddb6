"""Where things lie. All that is built or fetched goes to build/bench."""

import os
import subprocess
import sys

SUITE = os.path.dirname(os.path.abspath(__file__))
BENCHMARKS = os.path.dirname(SUITE)
ROOT = os.path.dirname(BENCHMARKS)
KERNELS = os.path.join(BENCHMARKS, "kernels")
DRIVERS = os.path.join(SUITE, "drivers")
PROGRAMS = os.path.join(SUITE, "programs")
OUT = os.path.join(ROOT, "build", "bench")
RUNTIMES = os.path.join(OUT, "runtimes")
GUESTS = os.path.join(OUT, "guests")  # the workloads, built
GO_VET = os.path.join(GUESTS, "go-vet.wasm")  # a large module to load
CARGO = os.path.join(OUT, "cargo")  # cargo's target directory


class Unavailable(Exception):
    """Something cannot be built or found here; the message says what to do."""


def run(command, **options):
    """Runs a build step quietly; what it said is in the error when it fails. Returns its standard output."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, **options)
    except OSError as error:
        raise Unavailable(f"{command[0]}: {error.strerror}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Unavailable(f"{' '.join(command[:3])} …: exit {done.returncode}: {' | '.join(said[-4:])[:500]}")
    return done.stdout


def progress(text):
    """A line on a terminal that the next one overwrites; nothing elsewhere."""
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K" + text)
        sys.stderr.flush()


def newer(target, sources):
    """Whether target is there and no source was changed after it."""
    if not os.path.exists(target):
        return False
    built = os.path.getmtime(target)
    return all(os.path.getmtime(source) <= built for source in sources)
