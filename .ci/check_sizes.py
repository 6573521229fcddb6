#!/usr/bin/env python3
"""Warns of files that have outgrown what can be read top to bottom. Never fails: a number is no verdict."""
import pathlib
import statistics

ROOT = pathlib.Path(__file__).resolve().parents[1]
AIM, HARD, PUBLIC_HEADER = 500, 900, 350


def main():
    sizes = {}
    for module in ("loader", "vm", "wasi", "tools", "spec-tests", "examples"):
        for file in sorted((ROOT / module).rglob("*")):
            if file.suffix in (".h", ".cc"):
                sizes[str(file.relative_to(ROOT))] = len(file.read_text().splitlines())
    for path, lines in sizes.items():
        if lines > HARD:
            print(f"{path}: {lines} lines, more than {HARD}")
        elif lines > AIM:
            print(f"{path}: {lines} lines; the aim is {AIM}")
        elif "/include/umiak/" in path and lines > PUBLIC_HEADER:
            print(f"{path}: {lines} lines; a public header has at most {PUBLIC_HEADER}")
    if sizes:
        print(f"{len(sizes)} files, {sum(sizes.values())} lines, median {statistics.median(sizes.values()):.0f}")


if __name__ == "__main__":
    main()
