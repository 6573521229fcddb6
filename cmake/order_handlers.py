#!/usr/bin/env python3
"""Writes the order in which the linker puts the interpreter's handlers.

usage: order_handlers.py LIBRARY C++FILT ORDER
       order_handlers.py --check PROGRAM C++FILT

A CPU fetches code by lines of 64 bytes, and half of all handlers, of some 40 bytes each, would lie in two of them as they
come. Handlers that are expected to run (those of chains, of the cells that chains consist of, of vectors) begin a line
each, and others, which hardly ever run, fill it up; the rest is put together in lines, neighbours with neighbours. Lines
are filled to the last byte, so that nothing grows. What it gains is in docs/PERFORMANCE.md, "Where handlers lie".

ORDER is for lld's --symbol-ordering-file. --check: whether PROGRAM was linked in such an order.
"""

import collections
import re
import struct
import subprocess
import sys

LINE = 64
SECTION = b"umiak_handlers"
ANCHOR = "umiak_handlers_line"  # vm/interp/handlers_line.cc
VECTORS = ("table_simd", "table_isa_v3")  # files of the library
WINDOW = 64  # handlers that share lines are at most some windows of this many apart


# --- ELF, as far as it is needed: 64 bits, little-endian. ---

Handler = collections.namedtuple("Handler", "name address size")  # address: in a program


def members(archive):
    """(name, content) of each file in an archive of ar; names as GNU writes them."""
    at, names = 8, b""
    while at < len(archive):
        name, size = archive[at:at + 16].rstrip(), int(archive[at + 48:at + 58])
        content = archive[at + 60:at + 60 + size]
        at += 60 + size + size % 2
        if name == b"//":
            names = content
        elif name[1:].isdigit():
            name = names[int(name[1:]):].split(b"/", 1)[0]
        yield name.rstrip(b"/").decode(), content


def text_at(strings, at):
    return strings[at:strings.index(b"\0", at)]


class Elf:
    def __init__(self, data):
        self.data = data
        start, = struct.unpack_from("<Q", data, 40)
        _, count, names = struct.unpack_from("<HHH", data, 58)
        read = lambda i: struct.unpack_from("<IIQQQQIIQQ", data, start + 64 * i)
        count = count or read(0)[5]
        names = read(0)[6] if names == 0xFFFF else names
        self.sections = [read(i) for i in range(count)]
        self.names = self.content(names)

    def content(self, number):
        _, _, _, _, offset, size, *_ = self.sections[number]
        return self.data[offset:offset + size]

    def handlers(self):
        """By section: (its alignment, its size, [Handler])."""
        wanted = {i: (section[8], section[5], []) for i, section in enumerate(self.sections)
                  if section[1] == 1 and text_at(self.names, section[0]) == SECTION}
        if not wanted:
            return []
        large = next((self.content(i) for i, section in enumerate(self.sections) if section[1] == 18), b"")
        table = next(i for i, section in enumerate(self.sections) if section[1] == 2)
        symbols, strings = self.content(table), self.content(self.sections[table][6])
        for i, (name, info, _, section, value, size) in enumerate(struct.iter_unpack("<IBBHQQ", symbols)):
            if section == 0xFFFF and large:
                section, = struct.unpack_from("<I", large, 4 * i)
            if section in wanted and info % 16 == 2:
                wanted[section][2].append(Handler(text_at(strings, name).decode(), value, size))
        return wanted.values()


def of_library(path):
    """The handlers that can be moved, those with a section of their own, each once; the names of those of vectors."""
    with open(path, "rb") as file:
        archive = file.read()
    found, vectors = {}, set()
    for name, member in members(archive):
        for align, size, handlers in Elf(member).handlers() if member[:4] == b"\x7fELF" else ():
            if len(handlers) == 1 and align <= 2:
                found.setdefault(handlers[0].name, handlers[0]._replace(size=(size + 1) // 2 * 2))
                if name.startswith(VECTORS):
                    vectors.add(handlers[0].name)
    return list(found.values()), vectors


# --- Which are expected to run. ---


def body_at(text, start):
    """The type that begins there: up to the bracket that closes it, or the one around it."""
    depth = 0
    for i in range(start, len(text)):
        depth += {"<": 1, ">": -1}.get(text[i], 0)
        if depth < 0 or (depth == 0 and text[i] == ">"):
            return text[start:i + (depth == 0)].rstrip()
    return ""


def expected(handlers, demangler):
    """The names of chains' handlers, and of those of the cells in chains."""
    text = subprocess.run([demangler], input="\n".join(h.name for h in handlers), stdout=subprocess.PIPE, check=True,
                          universal_newlines=True).stdout.split("\n")
    bodies = {}
    for handler, shown in zip(handlers, text):
        at = shown.find("::Run<")
        if at >= 0:
            bodies[handler.name] = body_at(shown, at + len("::Run<"))
    chains = {name for name, body in bodies.items() if body.startswith("umiak::ChainBody")}
    cells = {body_at(bodies[name], found.start())
             for name in chains for found in re.finditer("umiak::CellBody<", bodies[name])}
    return chains | {name for name, body in bodies.items() if body in cells}


# --- Lines. ---


class Fillers:
    """Handlers by size, to fill the rest of a line with."""

    MOST = 4  # in one line

    def __init__(self, handlers):
        self.by_size = collections.defaultdict(collections.deque)
        for handler in handlers:
            self.by_size[handler.size].append(handler)
        self.sizes = sorted((size for size in self.by_size if size <= LINE), reverse=True)

    def find(self, space, most=MOST):
        """Sizes there are whose sum is `space`, or None; the largest first."""
        if space == 0:
            return []
        for size in self.sizes if most else ():
            if size > space or (most == 1 and size != space) or not self.by_size[size]:
                continue
            taken = self.by_size[size].popleft()
            rest = self.find(space - size, most - 1)
            self.by_size[size].appendleft(taken)
            if rest is not None:
                return [size] + rest
        return None

    def fill(self, handler):
        """What fills the line that the handler ends in, taken away from here; None if nothing does."""
        sizes = self.find(-handler.size % LINE)
        return None if sizes is None else [self.by_size[size].popleft() for size in sizes]


def in_lines(handlers):
    """The handlers in lines of neighbours; those that fit in none at the end."""
    order, over = [], []
    place = {handler.name: i for i, handler in enumerate(handlers)}
    for start in range(0, len(handlers), WINDOW):
        fillers = Fillers(sorted(over + handlers[start:start + WINDOW], key=lambda h: place[h.name]))
        lines, over = [], []
        for size in sorted(fillers.by_size, reverse=True):
            while fillers.by_size[size]:
                first = fillers.by_size[size].popleft()
                rest = fillers.fill(first)
                if rest is None:
                    over.append(first)
                else:
                    lines.append(sorted([first] + rest, key=lambda h: place[h.name]) if size <= LINE else [first] + rest)
        lines.sort(key=lambda line: place[line[0].name])
        order += [handler for line in lines for handler in line]
    return order + over


def ordered(handlers, hot):
    fillers = Fillers(handler for handler in handlers if handler.name not in hot)
    order = []
    for handler in handlers:
        if handler.name not in hot:
            continue
        rest = fillers.fill(handler)
        if rest is not None:
            order += [handler] + rest
    placed = {handler.name for handler in order}
    return order + in_lines([handler for handler in handlers if handler.name not in placed])


def main(first, second, third):
    if first == "--check":
        return check(second, third)
    handlers, vectors = of_library(first)
    if not handlers:
        return f"{first}: no handlers in sections of their own (is it an archive of ELF64 objects, without LTO?)"
    order = ordered(handlers, expected(handlers, second) | vectors)
    with open(third, "w", encoding="utf-8") as file:
        file.writelines(name + "\n" for name in [ANCHOR] + [handler.name for handler in order])
    return 0


def check(program, demangler):
    with open(program, "rb") as file:
        handlers = [handler for _, _, found in Elf(file.read()).handlers() for handler in found]
    hot = expected(handlers, demangler)
    small = [h for h in handlers if h.name in hot and h.size <= LINE]
    split = [h for h in small if h.address // LINE != (h.address + h.size - 1) // LINE]
    print(f"{program}: {len(split)} of {len(small)} handlers that are expected to run lie in two lines of {LINE} bytes")
    if not small or len(split) * 20 > len(small):
        print("more than a twentieth: the order of cmake/order_handlers.py did not reach the linker, or what it adds up "
              "is not what was linked")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) == 4 else __doc__)
