#!/usr/bin/env python3
"""Runs a command on a kernel without Landlock, as far as the command and its children can tell.

    without_landlock.py [--errno N] COMMAND...

The call that asks for it ends in an errno, of ENOSYS where nothing else is said.
"""
import ctypes
import os
import struct
import sys

LANDLOCK_CREATE_RULESET = 444
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2


def forbid(error):
    """Installs the seccomp filter: load the number of the call; if it is that one fail, else go on."""
    libc = ctypes.CDLL(None, use_errno=True)
    program = b"".join(struct.pack("HBBI", *row) for row in [
        (0x20, 0, 0, 0), (0x15, 0, 1, LANDLOCK_CREATE_RULESET), (0x06, 0, 0, 0x50000 | error), (0x06, 0, 0, 0x7fff0000)])
    buffer = ctypes.create_string_buffer(program)
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 or libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header) != 0:
        sys.exit(f"no seccomp filter: {os.strerror(ctypes.get_errno())}")


def main():
    command, error = sys.argv[1:], 38
    if command[:1] == ["--errno"]:
        error, command = int(command[1]), command[2:]
    if not command:
        sys.exit(__doc__)
    forbid(error)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
