#!/usr/bin/env python3
"""Runs a command on a kernel that lacks something, as far as the command and its children can tell.

    without.py landlock|openat2 [--errno N] COMMAND...

The call that would use it ends in an errno, ENOSYS (38) where nothing else is said.
"""
import ctypes
import os
import struct
import sys

CALLS = {"landlock": 444, "openat2": 437}  # landlock_create_ruleset
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def forbid(call, error):
    """Installs the seccomp filter: load the number of the call; if it is that one fail, else go on."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = b"".join(struct.pack("HBBI", *row) for row in [
        (0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, 0x50000 | error), (0x06, 0, 0, 0x7fff0000)])
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header) != 0:
        sys.exit(f"no seccomp filter: {os.strerror(ctypes.get_errno())}")


def main():
    what, *command = sys.argv[1:] or [""]
    error = 38
    if command[:1] == ["--errno"]:
        error, command = int(command[1]), command[2:]
    if what not in CALLS or not command:
        sys.exit(__doc__)
    forbid(CALLS[what], error)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
