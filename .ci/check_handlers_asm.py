#!/usr/bin/env python3
"""Checks the machine code of hot handlers in a release build (clang, x86-64): no stack, no calls, few instructions, and
nothing that a fault must find intact is written before the guest access.

usage: check_handlers_asm.py OBJDUMP PROGRAM
       check_handlers_asm.py OBJDUMP OBJECT.o...   (of the tables: what they lack is not looked for)
"""
import os
import re
import subprocess
import sys
import tempfile

# Family as it appears in mangled names, instructions at most in a handler without its cold end.
LIMITS = [
    (r"BinaryI[jm]", 13), (r"BrCompareI[jm]", 14), (r"CompareI[jm]", 12), (r"UnaryI[jm]", 14), (r"BrZeroI", 12),
    (r"4LoadI", 14), (r"7StoreToI", 14), (r"MoveInt", 8), (r"MoveShort", 7), (r"2BrE", 5), (r"MoveBr", 9),
    (r"ConstPair", 16), (r"ConstThen", 16), (r"BrStep", 16), (r"FloatBinary", 12), (r"FloatChain", 14),
    (r"ReturnInt", 9), (r"10CallDirect", 22), (r"SelectInt", 14), (r"GlobalGet", 8), (r"VectorLoadThen", 17),
    (r"LoadThen", 14),
    (r"6BrLoadI", 20), (r"7AddLoadI", 16), (r"10MaskedLoadI", 16), (r"8IntChainI", 15), (r"MoveTwo", 13),
    (r"IncrementTwo", 14), (r"9GlobalAddI", 12), (r"11BrTableCopy", 16),
]
# Where a few more are right: no instruction for it without SSE4.1 or POPCNT, min and max, checked and far accesses.
EXEMPT = re.compile(r"Popcnt|Clz|Ctz|3MinE|3MaxE|Nearest|Ceil|Floor|Trunc|Lb1E|AddressE2|Copysign")
IN_CHAIN = 18  # for each cell
RESERVED = {"%r12", "%r13", "%r15", "%rsp"}


def disassemble(objdump, files):
    if len(files) == 1 and not files[0].endswith(".o"):
        return subprocess.run([objdump, "-d", "--no-show-raw-insn", "-j", "umiak_handlers", files[0]],
                              capture_output=True, text=True, check=True).stdout
    # objdump takes many minutes for objects, where each handler has a section: a program has one of them all.
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "handlers")
        subprocess.run(["ld", "--unresolved-symbols=ignore-all", "--defsym=__dso_handle=0", "--entry=0", "-o", program,
                        *files], check=True)
        return disassemble(objdump, [program])


def handlers(objdump, files):
    """Yields (name, instructions) of the functions in section umiak_handlers."""
    name, body = None, []
    for line in disassemble(objdump, files).splitlines():
        head = re.match(r"^[0-9a-f]+ <(.*)>:$", line)
        if head:
            if name:
                yield name, body
            name, body = head.group(1), []
        elif "\t" in line:
            instruction = line.split("\t", 1)[1].strip()
            if not re.match(r"(cs |data16 )*nop|xchg +%ax,%ax|int3", instruction):  # padding
                body.append(instruction)
    if name:
        yield name, body


def limit_of(name):
    """(family, instructions at most), or None for a handler that is not looked at."""
    chain = re.search(r"ChainBodyOfIXtlSt5arrayIbLm(\d+)E", name)
    if chain:
        return "ChainBodyOf", IN_CHAIN * int(chain.group(1))
    for family, limit in LIMITS:
        if re.search(family, name) and not EXEMPT.search(name):
            return family, limit
    return None


def before_leaving(body):
    """The instructions up to the first jump to another handler."""
    for instruction in body:
        yield instruction
        if re.match(r"jmp +\*", instruction):
            return


def problems_of(name, body, limit):
    if len(body) > limit:
        yield f"{len(body)} instructions, {limit} allowed"
    for i, instruction in enumerate(body):
        operation = instruction.split()[0]
        if operation.startswith(("push", "pop", "call")):
            yield f"uses the stack or calls: {instruction}"
        target = instruction.rsplit(",", 1)[-1].strip()
        if target in RESERVED and not operation.startswith(("cmp", "test")):
            if target == "%rsp":
                yield f"moves the stack pointer: {instruction}"
            elif "ChainBodyOf" in name and target == "%r12":
                continue  # to the next part's cell, where PinIp has it before that part's access
            elif any("(%r14" in later for later in before_leaving(body[i + 1:])):
                yield f"writes {target} before the guest access: {instruction}"


def main():
    objdump, files = sys.argv[1], sys.argv[2:]
    seen = {family: 0 for family, _ in LIMITS}
    failures = 0
    for name, body in handlers(objdump, files):
        found = limit_of(name)
        if found is None:
            continue
        family, limit = found
        seen[family] = seen.get(family, 0) + 1
        for problem in problems_of(name, body, limit):
            failures += 1
            if failures <= 20:
                print(f"{name}: {problem}")
    missing = [family for family, count in seen.items() if count == 0]
    if missing:
        print("no handlers found of:", ", ".join(missing))
    print(f"{sum(seen.values())} handlers, {failures} problems")
    return 1 if failures or missing else 0


if __name__ == "__main__":
    sys.exit(main())
