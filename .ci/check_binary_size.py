#!/usr/bin/env python3
"""Fails when the stripped command line outgrows its bar. What of it takes how much: docs/PERFORMANCE.md, "Size".

usage: check_binary_size.py STRIP PROGRAM
"""
import os
import subprocess
import sys
import tempfile

BAR = 6_000_000  # bytes


def main():
    strip, program = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        stripped = os.path.join(folder, "stripped")
        subprocess.run([strip, "-o", stripped, program], check=True)
        size = os.path.getsize(stripped)
    print(f"{program}: {size} bytes stripped, {BAR} allowed")
    if size > BAR:
        print('see "Size" in docs/PERFORMANCE.md: operand classes are what handlers are many by')
    return 1 if size > BAR else 0


if __name__ == "__main__":
    sys.exit(main())
