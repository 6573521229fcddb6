"""The picture of the README and the table of docs/BENCHMARKS.md."""

from .paths import Unavailable


def write(data):
    raise Unavailable("--readme: not drawn yet")
