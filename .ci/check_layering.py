#!/usr/bin/env python3
"""Include lines follow the arrows of docs/ARCHITECTURE.md; anything else is a breach of layering.

A public header ("umiak/x.h") may be included by the modules that the table names; a private one ("vm/interp/regs.h")
only inside its own module and by its tests. loader/text is a module of its own that sees loader's private headers.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
MODULES = ("loader/text", "loader", "vm", "wasi", "tools", "spec-tests", "examples", "tests")
# module -> modules whose public headers it may include
PUBLIC = {
    "loader": {"loader", "loader/text"},
    "loader/text": {"loader", "loader/text"},
    "vm": {"loader", "vm"},
    "wasi": {"loader", "vm", "wasi"},
    "tools": {"loader", "loader/text", "vm", "wasi"},
    "spec-tests": {"loader", "loader/text", "vm"},
    "examples": {"loader", "vm", "wasi"},
    "tests": {"loader", "loader/text", "vm", "wasi"},
}
# module -> modules whose private headers it may include, besides its own
PRIVATE = {"loader/text": {"loader"}, "tools": {"spec-tests"}}
# The text module's public headers lie among loader's.
TEXT_HEADERS = {"umiak/text.h", "umiak/text_lexer.h", "umiak/text_number.h"}


def module_of(path):
    return next((m for m in MODULES if path.startswith(m + "/")), None)


def owner_of_public(header):
    if header in TEXT_HEADERS:
        return "loader/text"
    return next((m for m in ("loader", "vm", "wasi") if (ROOT / m / "include" / header).exists()), None)


def breach(path, header):
    """What is wrong with including `header` in `path`; None if nothing is."""
    user = module_of(path)
    if header.startswith("umiak/"):
        owner = owner_of_public(header)
        if owner is None:
            return None  # the compiler will say so
        return None if owner in PUBLIC[user] else f"{user} may not use {owner}"
    owner = module_of(header)
    if owner is None:
        return None  # abseil, doctest
    if "/include/" in header:
        return "public headers are spelled umiak/x.h"
    if "/include/" in path:
        return "a public header includes a private one"
    if owner == user or owner in PRIVATE.get(user, ()):
        return None
    if user == "tests" and (path.split("/")[1] == owner.split("/")[-1] or owner == "loader" and path.startswith("tests/text/")):
        return None
    return f"{header} is private to {owner}"


def main():
    count, breaches = 0, []
    for module in MODULES:
        for file in sorted((ROOT / module).rglob("*")):
            path = str(file.relative_to(ROOT))
            if file.suffix not in (".h", ".cc", ".def") or module_of(path) != module or "/guests/" in path:
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                include = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
                if include:
                    count += 1
                    problem = breach(path, include[1])
                    if problem:
                        breaches.append(f'{path}:{number}: "{include[1]}": {problem}')
    print("\n".join(breaches) or f"{count} include lines, all along the arrows")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
