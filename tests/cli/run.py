#!/usr/bin/env python3
"""Golden runs of the command line: one .txt file is one case.

    What the case is about, in free text.
    === input.txt            a file of the working directory
    hello
    === stdin                (optional)
    === run                  a shell script; umiak is in PATH, $ROOT is the repository
    umiak run --dir . $ROOT/examples/hello.wasm
    === exit                 (optional; 0 where it is left out)
    1
    === stdout               (optional; empty where it is left out)
    === stderr               (optional; empty where it is left out)

The script runs in a fresh, empty directory with an environment of PATH, HOME, ROOT and TMPDIR. In the expected
output `[..]` stands for any characters of one line, and a line `[...]` for any number of lines. A `=== needs`
section names programs, one per line, each with the command that gets it; where one is missing the case is skipped.

run.py [--bin DIR] [--emulator COMMAND] [--bless] [CASE...]: --bless writes what came out into the files, keeping
patterns that match; --emulator runs an umiak of another architecture.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPECTED = ("exit", "stdout", "stderr")
SPECIAL = ("needs", "stdin", "run") + EXPECTED


def parse(text):
    """The sections of a case in their order: a list of [name, body]; the free text has the name ''."""
    sections = [["", ""]]
    for line in text.splitlines(keepends=True):
        head = re.fullmatch(r"=== (\S+)\s*", line)
        if head:
            sections.append([head[1], ""])
        else:
            sections[-1][1] += line
    return sections


def pattern(expected):
    """The regular expression that an expected output with [..] and [...] stands for."""
    parts = []
    for line in expected.splitlines(keepends=True):
        if line.strip() == "[...]":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r"[^\n]*".join(re.escape(part) for part in line.split("[..]")))
    return re.compile("".join(parts))


def missing_tool(needs):
    for line in needs.splitlines():
        name, _, command = line.strip().partition(" ")
        if name and not shutil.which(name):
            return f"{name}: {command.strip() or 'install it'}"
    return None


def launcher(directory, emulator, bin_dir):
    """A directory with an umiak that runs under the emulator."""
    directory.mkdir()
    script = directory / "umiak"
    script.write_text(f'#!/bin/sh\nexec {emulator} {bin_dir}/umiak "$@"\n')
    script.chmod(0o755)
    return directory


def execute(sections, bin_dir, emulator):
    """Runs a case; gives its exit code, stdout and stderr as the sections spell them."""
    body = dict(sections)
    with tempfile.TemporaryDirectory(prefix="umiak-cli-") as directory:
        directory = os.path.realpath(directory)
        work = pathlib.Path(directory, "work")
        home = pathlib.Path(directory, "home")
        work.mkdir()
        home.mkdir()
        for name, content in sections[1:]:
            if name not in SPECIAL:
                path = work / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(content)
        if emulator:
            bin_dir = launcher(pathlib.Path(directory, "bin"), emulator, bin_dir)
        env = {
            "PATH": f"{bin_dir}:{os.environ['PATH']}",
            "HOME": str(home),
            "TMPDIR": directory,
            "ROOT": str(ROOT),
            "LC_ALL": "C.UTF-8",
        }
        env.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        result = subprocess.run(["bash", "-c", body["run"]], cwd=work, env=env, timeout=100,
                                input=body.get("stdin", "").encode(), capture_output=True)

        def spelled(output):
            text = output.decode(errors="backslashreplace").replace(directory, "$DIR").replace(str(ROOT), "$ROOT")
            return text if not text or text.endswith("\n") else text + "[no newline]\n"

        return {"exit": f"{result.returncode}\n", "stdout": spelled(result.stdout), "stderr": spelled(result.stderr)}


def blessed(sections, wrong, actual):
    """The text of the case with what came out; sections that hold their default are left out."""
    defaults = {"exit": "0\n", "stdout": "", "stderr": ""}
    kept = [s for s in sections if s[0] not in wrong]
    kept += [[name, actual[name]] for name in EXPECTED if name in wrong and actual[name] != defaults[name]]
    kept.sort(key=lambda s: EXPECTED.index(s[0]) if s[0] in EXPECTED else -1)
    return "".join((f"=== {name}\n" if name else "") + body for name, body in kept)


def run_case(path, bin_dir, emulator, bless):
    """Prints what is wrong with one case; gives its exit code: 0, 1, or 77 for skipped."""
    sections = parse(path.read_text())
    body = dict(sections)
    if "run" not in body:
        print(f"{path}: no '=== run' section")
        return 1
    tool = missing_tool(body.get("needs", ""))
    if tool:
        print(f"SKIP: {tool}")
        return 1 if os.environ.get("CI") == "true" else 77
    actual = execute(sections, bin_dir, emulator)
    expected = {"exit": body.get("exit", "0\n"), "stdout": body.get("stdout", ""), "stderr": body.get("stderr", "")}
    wrong = [name for name in EXPECTED if not pattern(expected[name]).fullmatch(actual[name])]
    if not wrong:
        return 0
    if bless:
        path.write_text(blessed(sections, wrong, actual))
        print(f"{path}: blessed {', '.join(wrong)}")
        return 0
    print(f"{path}: {', '.join(wrong)} differ" if len(wrong) > 1 else f"{path}: {wrong[0]} differs")
    print(body["run"], end="")
    for name in EXPECTED:
        if name in wrong:
            print(f"--- expected {name}\n{expected[name]}+++ actual {name}\n{actual[name]}", end="")
        elif actual[name]:
            print(f"    {name}, as expected\n{actual[name]}", end="")
    return 1


def main():
    parser = argparse.ArgumentParser(description="golden runs of the command line")
    parser.add_argument("--bin", default=ROOT / "build/release", help="directory of umiak")
    parser.add_argument("--emulator", default="", help="command that runs it, for another architecture")
    parser.add_argument("--bless", action="store_true", help="write what comes out into the cases")
    parser.add_argument("cases", nargs="*", type=pathlib.Path)
    options = parser.parse_args()
    cases = options.cases or sorted((ROOT / "tests/cli").glob("*.txt"))
    bin_dir = pathlib.Path(options.bin).resolve()
    codes = [run_case(case, bin_dir, options.emulator, options.bless) for case in cases]
    return 1 if 1 in codes else max(codes, default=0)


if __name__ == "__main__":
    sys.exit(main())
