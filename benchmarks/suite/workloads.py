"""The workloads: how each is built, what it is run with, what it stands for. A row of `TABLE` is all there is to say.

Each is a command that takes a number of iterations and prints a checksum. The number is chosen so that umiak takes
about half a second on a machine of 2021; `zero` is what it takes to do nothing, which start-up is told from.
"""

import dataclasses
from typing import Any

from .build import Exceptions, Kernel, Program, Rust, Text
from .paths import KERNELS, PROGRAMS, Unavailable

SCALAR, PROGRAM, BULK, SIMD, EXCEPTIONS, GC = "scalar", "program", "bulk memory", "SIMD", "exceptions", "GC"


@dataclasses.dataclass
class Workload:
    name: str
    group: str
    build: Any
    iterations: int
    about: str
    others: bool = False  # a program that was not written by us
    zero: int = 0
    function: str = ""  # an export that is called instead of _start
    seeded: bool = False  # its hash tables, by the clock or random_get: no two runs take the same instructions

    def arguments(self, scale):
        return [str(max(self.zero + 1, round(self.iterations * scale)))]

    def zero_arguments(self):
        return [str(self.zero)]


OURS, GIVEN, LANES = Kernel(PROGRAMS), Kernel(KERNELS), Kernel(KERNELS, "-msimd128", native=False)
RUST = Rust()

BZIP2 = Program("bzip2-sys", "bzip2-1.0.8",
                [name + ".c" for name in ("blocksort", "huffman", "crctable", "randtable", "compress", "decompress",
                                          "bzlib")], flags=["-DBZ_NO_STDIO"])
LUA = Program("lua-src", "lua-5.4.9", ["l*.c"],
              leave_out=("lua.c", "luac.c", "linit.c", "liolib.c", "loslib.c", "loadlib.c", "ldblib.c", "lcorolib.c"),
              flags=["-std=gnu2x", "-DLUAI_THROW(L,c)=abort()", "-DLUAI_TRY(L,c,a)={a}", "-Dluai_jmpbuf=int",
                     "-Dl_signalT=int"])
SQLITE = Program("libsqlite3-sys", "sqlite3", ["sqlite3.c"],
                 flags=["-DSQLITE_OS_OTHER=1", "-DSQLITE_THREADSAFE=0", "-DSQLITE_OMIT_LOAD_EXTENSION",
                        "-DSQLITE_TEMP_STORE=3", "-DSQLITE_OMIT_LOCALTIME", "-DSQLITE_OMIT_WAL"])

TABLE = [
    Workload("fib", SCALAR, GIVEN, 2000, "fib(20) by recursion: calls"),
    Workload("sha256", SCALAR, GIVEN, 6000, "16 blocks: straight-line 32-bit arithmetic"),
    Workload("matmul", SCALAR, GIVEN, 1500, "40 x 40 matrices of f64: addresses, loads, multiply and add"),
    Workload("crc32", SCALAR, GIVEN, 4500, "16 KiB by bytes: dependent loads from a table"),
    Workload("nbody", SCALAR, GIVEN, 40000, "f64 arithmetic on records in memory"),
    Workload("vmloop", SCALAR, GIVEN, 1000, "a register machine sieves: br_table"),
    Workload("quicksort", SCALAR, OURS, 100, "2^14 numbers: compares, swaps, recursion"),
    Workload("hashmap", SCALAR, OURS, 30, "open addressing, 64-bit keys: insert, find, remove"),
    Workload("mandelbrot", SCALAR, OURS, 50, "f64 in a loop whose end is hard to guess"),
    Workload("raytracer", SCALAR, OURS, 120, "spheres, shadows, reflections: f64 with square roots"),
    Workload("indirect", SCALAR, OURS, 5000, "a tree evaluated by call_indirect"),
    Workload("coremark", PROGRAM, RUST, 7110 // 10, "CoreMark 1.0: the crate coremark, a port to Rust", True),
    Workload("sqlite", PROGRAM, SQLITE, 5, "SQLite 3.54, a database in memory: crate libsqlite3-sys", True),
    Workload("lua", PROGRAM, LUA, 8, "Lua 5.4.9 runs permutations, tables, strings: crate lua-src", True,
             seeded=True),
    Workload("bzip2", PROGRAM, BZIP2, 2, "bzip2 1.0.8 packs and unpacks 256 KiB: crate bzip2-sys", True),
    Workload("brotli", PROGRAM, RUST, 10, "crate brotli packs and unpacks 64 KiB", True),
    Workload("deflate", PROGRAM, RUST, 5, "crate miniz_oxide packs and unpacks 128 KiB", True),
    Workload("json", PROGRAM, RUST, 50, "crate serde_json reads and writes records and trees", True),
    Workload("regex", PROGRAM, RUST, 40, "crate regex searches 64 KiB with five expressions", True, seeded=True),
    Workload("markdown", PROGRAM, RUST, 40, "crate pulldown-cmark turns 64 KiB into HTML", True),
    Workload("skia", PROGRAM, RUST, 3, "crate tiny-skia paints curves, strokes, gradients: f32", True),
    Workload("stream", BULK, OURS, 30, "add, scale, triad, copy, fill over 12 MiB of f64"),
    Workload("bulk", BULK, OURS, 2500, "memory.copy and memory.fill of 64 bytes to 1 MiB"),
    Workload("blend", SIMD, LANES, 40, "RGBA pixels over pixels"),
    Workload("blur", SIMD, LANES, 80, "3 x 3 box blur of bytes"),
    Workload("saxpy", SIMD, LANES, 4000, "y = a x + y of f32"),
    Workload("exceptions", EXCEPTIONS, Exceptions(), 250000, "C++ that throws through frames with destructors"),
    Workload("binary-trees", GC, Text(), 15, "many short-lived trees of structs", zero=4, function="run"),
    Workload("list-sort", GC, Text(), 40, "a list of structs, sorted", zero=1, function="run"),
]


def choose(names):
    known = {workload.name: workload for workload in TABLE}
    for name in names:
        if name not in known:
            raise Unavailable(f"no workload {name}: there are {', '.join(known)}")
    return [known[name] for name in names] or TABLE
