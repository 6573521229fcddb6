#!/usr/bin/env python3
"""Checks that the tests named in docs/WASI-TESTS.md are there: each `file` or `file: sentence`, and `: sentence` of the
file before, in code marks."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def main():
    missing, file, count = [], None, 0
    for mark in re.findall(r"`([^`\n]+)`", (ROOT / "docs/WASI-TESTS.md").read_text()):
        named = re.fullmatch(r"((?:\w+/)+[\w-]+\.(?:cc|txt))?(?:: (.+))?", mark)
        if not named:
            continue
        file = named[1] or file
        sentence = named[2]
        path = ROOT / "tests" / file
        count += 1
        if not path.exists():
            missing.append(f"{file} is not there")
        elif sentence and f'TEST_CASE("{sentence}")' not in path.read_text():
            missing.append(f"{file} has no test case {sentence!r}")
    print("\n".join(missing) or f"{count} tests are there")
    sys.exit(1 if missing or count < 100 else 0)


if __name__ == "__main__":
    main()
