"""Builds workloads from source, each once for WebAssembly and once for this machine. Returned are the files."""

import glob
import os

from .install import compiler, crate_sources
from .paths import BENCHMARKS, CARGO, GUESTS, KERNELS, PROGRAMS, ROOT, Unavailable, newer, run

# What every runtime of the table can be expected to read. Compilers write the table of a call_indirect, which is 0, in
# five bytes, so that a linker could put in another; interpreters from before the reference types want the one byte.
PORTABLE = ["-mno-reference-types", "-mno-call-indirect-overlong", "-Wl,--compress-relocations"]


def output(name, suffix):
    os.makedirs(GUESTS, exist_ok=True)
    return os.path.join(GUESTS, name + suffix)


def existing(name):
    """The module of that workload that was built before or comes with the sources; None where there is neither."""
    for path in (os.path.join(GUESTS, name + ".wasm"), os.path.join(CARGO, Rust.TARGET, "release", name + ".wasm"),
                 os.path.join(KERNELS, name + ".wasm"), Text.source(name)):
        if os.path.exists(path):
            return path
    return None


def built(target, sources, command, **options):
    """Runs the command, whose output is target, unless that is newer than its sources."""
    if not newer(target, [path for path in sources if os.path.exists(path)]):
        run(command, **options)
    return target


class Kernel:
    """C without a C library, over kernels/kernel.h."""

    def __init__(self, folder, *flags, native=True):
        self.folder, self.flags, self.has_native = folder, list(flags), native

    def sources(self, name):
        return [os.path.join(self.folder, name + ".c"), os.path.join(KERNELS, "kernel.h"),
                os.path.join(PROGRAMS, "native.h"), __file__]

    def wasm(self, name):
        target = output(name, ".wasm")
        simd = [] if "-msimd128" in self.flags else ["-mno-simd128"]
        return built(target, self.sources(name), [
            compiler(), "--target=wasm32", "-std=c11", "-O2", "-ffp-contract=off", "-nostdlib", "--no-wasm-opt",
            "-mbulk-memory", *PORTABLE, *simd, *self.flags, "-I", KERNELS, "-Wl,--no-entry", "-Wl,--strip-debug",
            "-Wl,-z,stack-size=65536", "-o", target, self.sources(name)[0]])

    def native(self, name):
        target = output(name, ".native")
        return built(target, self.sources(name), [
            compiler(), "-std=c11", "-O2", "-ffp-contract=off", "-w", "-include", os.path.join(PROGRAMS, "native.h"),
            "-I", KERNELS, self.sources(name)[0], "-lm", "-o", target])


class Program:
    """C over a C library. crate: whose C sources it takes, as folder and patterns; the rest: flags."""

    def __init__(self, crate, folder, patterns, leave_out=(), flags=()):
        self.crate, self.folder, self.patterns = crate, folder, patterns
        self.leave_out, self.flags, self.has_native = leave_out, list(flags), True

    def command(self, name, first):
        folder = os.path.join(crate_sources(self.crate), self.folder)
        files = [path for pattern in self.patterns for path in sorted(glob.glob(os.path.join(folder, pattern)))
                 if os.path.basename(path) not in self.leave_out]
        main = os.path.join(PROGRAMS, name + ".c")
        return [main, os.path.join(PROGRAMS, "lua.lua"), __file__], [
            *first, "-O2", "-w", "-I", folder, "-I", PROGRAMS, *self.flags, main, *files]

    def wasm(self, name):
        target = output(name, ".wasm")
        need_wasi_libc()
        sources, command = self.command(name, [compiler(), "--target=wasm32-wasi", "-mbulk-memory", *PORTABLE])
        shims = ["-isystem", os.path.join(PROGRAMS, "wasi")]
        return built(target, sources, command + shims + [
            "-D_WASI_EMULATED_PROCESS_CLOCKS", "-lwasi-emulated-process-clocks", "-Wl,--strip-debug",
            "-Wl,-z,stack-size=1048576", "-o", target])

    def native(self, name):
        target = output(name, ".native")
        sources, command = self.command(name, [compiler()])
        return built(target, sources, command + ["-lm", "-o", target])


def need_wasi_libc():
    if not os.path.exists("/usr/lib/wasm32-wasi/libc.a"):
        raise Unavailable("no C library for WASI: apt-get install wasi-libc libclang-rt-22-dev-wasm32 "
                          "libc++-22-dev-wasm32")


class Exceptions:
    """C++ with the exceptions of WebAssembly; the part of the runtime that Debian's lacks is that of the tests."""

    has_native = True

    def wasm(self, name):
        need_wasi_libc()
        target, source = output(name, ".wasm"), os.path.join(PROGRAMS, name + ".cc")
        unwind = os.path.join(ROOT, "tests", "guests", "cxx", "unwind.cc")
        return built(target, [source, unwind, __file__], [
            compiler("++"), "--target=wasm32-wasi", "-w", "-O2", "-std=c++20", "-s", "-fwasm-exceptions", "-mllvm",
            "-wasm-use-legacy-eh=false", source, unwind, "-o", target])

    def native(self, name):
        target, source = output(name, ".native"), os.path.join(PROGRAMS, name + ".cc")
        return built(target, [source, __file__], [compiler("++"), "-O2", "-w", "-std=c++20", source, "-o", target])


class Rust:
    """A binary of programs/rust. All are built at once, by the first that is asked for."""

    TARGET = "wasm32-wasip1"
    has_native = True
    done = {}

    def build(self, target):
        if target not in Rust.done:
            manifest = os.path.join(PROGRAMS, "rust", "Cargo.toml")
            flags = "-C link-arg=--compress-relocations" if target else ""  # see PORTABLE
            run(["cargo", "build", "--release", "--locked", "--manifest-path", manifest, "--target-dir", CARGO,
                 *(["--target", target] if target else [])], env=dict(os.environ, RUSTFLAGS=flags))
            Rust.done[target] = os.path.join(CARGO, target, "release")
        return Rust.done[target]

    def wasm(self, name):
        try:
            return os.path.join(self.build(Rust.TARGET), name + ".wasm")
        except Unavailable as error:
            raise Unavailable(f"{error} (the target: rustup target add {Rust.TARGET})") from error

    def native(self, name):
        return os.path.join(self.build(""), name)


class Text:
    """The text format, through `umiak parse`. There is nothing native to compare with."""

    has_native = False

    @staticmethod
    def source(name):
        return os.path.join(BENCHMARKS, "gc", name + ".wat")

    def wasm(self, name):
        source, target = self.source(name), output(name, ".wasm")
        return built(target, [source], [os.path.join(ROOT, "build", "release", "umiak"), "parse", source, "-o", target])


def tools():
    """The compilers' versions, for the report."""
    said = {}
    for name, command in (("clang", [compiler(), "--version"]), ("rustc", ["rustc", "--version"])):
        try:
            said[name] = run(command).splitlines()[0]
        except Unavailable as error:
            said[name] = str(error)
    return said
