#!/usr/bin/env python3
"""Clients for the servers in tests/guests: connects them all, on the loopback, and compares what comes back.

    serve.py [--bin DIR] [--clients N] [--rounds N] [--listenfd] [--time] GUEST.wasm

The guest gets its listener from --tcplisten (port 0: umiak says which it is), or as systemd passes it on (--listenfd),
and the number of clients as its argument. All clients are connected before the first of them sends. --time prints what
it took. Leaves with 1 where a byte differs, where a client is not served in time, or where the guest fails.
"""
import argparse
import os
import pathlib
import re
import resource
import selectors
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 100  # seconds, for everything


def start_bound(command, guest, clients):
    """The guest with a port that umiak chose; gives the process and the port."""
    process = subprocess.Popen([*command, "--tcplisten", "127.0.0.1:0", guest, str(clients)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stderr.readline()
    found = re.search(r"127\.0\.0\.1:0 is 127\.0\.0\.1:(\d+)$", line.strip())
    if not found:
        sys.exit(f"no port in: {line}{process.stderr.read()}")
    return process, int(found[1])


def start_passed_on(command, guest, clients):
    """The same with a listener of ours as descriptor 3."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=clients)
    port = listener.getsockname()[1]

    fd = listener.fileno()
    # By a shell: the process that reads the variables is the one that they name.
    script = f'exec 3<&{fd}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$@"'
    process = subprocess.Popen(["bash", "-c", script, "bash", *command, "-S", "listenfd", guest, str(clients)],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, pass_fds=[fd])
    listener.close()
    return process, port


class Client:
    """One connection: sends `rounds` messages, each after the answer to the one before."""

    def __init__(self, port, number, rounds):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.setblocking(False)
        self.messages = [f"client {number} round {r} ".encode() * (1 + (number + r) % 60) for r in range(rounds)]
        self.waiting_for = b""

    def next(self):
        """Sends the next message, or ends; says whether there is more to come."""
        if not self.messages:
            self.socket.shutdown(socket.SHUT_WR)
            return False
        self.waiting_for = self.messages.pop(0)
        self.socket.sendall(self.waiting_for)  # less than any socket's buffer
        return True

    def received(self):
        """Takes what has come; False once the server has ended the connection."""
        data = self.socket.recv(65536)
        if not data:
            if self.waiting_for or self.messages:
                sys.exit("a connection ended too early")
            return False
        if not self.waiting_for.startswith(data):
            sys.exit(f"sent {self.waiting_for!r}, got {data!r}")
        self.waiting_for = self.waiting_for[len(data):]
        if not self.waiting_for:
            self.next()
        return True


def serve(port, count, rounds):
    end = time.monotonic() + LIMIT
    with selectors.DefaultSelector() as selector:
        for client in [Client(port, number, rounds) for number in range(count)]:
            client.next()
            selector.register(client.socket, selectors.EVENT_READ, client)
        left = count
        while left:
            ready = selector.select(max(0, end - time.monotonic()))
            if not ready:
                sys.exit(f"{left} clients were not served in time")
            for key, _ in ready:
                if not key.data.received():
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    left -= 1


def main():
    parser = argparse.ArgumentParser(description="clients for a server in wasm")
    parser.add_argument("--bin", default=ROOT / "build/release", type=pathlib.Path, help="directory of umiak")
    parser.add_argument("--clients", default=100, type=int)
    parser.add_argument("--rounds", default=5, type=int)
    parser.add_argument("--listenfd", action="store_true")
    parser.add_argument("--time", action="store_true")
    parser.add_argument("guest")
    options = parser.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))

    start = start_passed_on if options.listenfd else start_bound
    process, port = start([str(options.bin.resolve() / "umiak"), "run"], options.guest, options.clients)
    try:
        began = time.monotonic()
        serve(port, options.clients, options.rounds)
        took = time.monotonic() - began
        out, errors = process.communicate(timeout=LIMIT)
    finally:
        process.kill()
    print(out, end="")
    print(errors, end="", file=sys.stderr)
    if options.time:
        print(f"{took:.3f} s, {options.clients * options.rounds / took:.0f} messages/s")
    return process.returncode


if __name__ == "__main__":
    sys.exit(main())
