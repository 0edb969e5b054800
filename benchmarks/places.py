"""How many places of senders' paces one Valkey gives out, and two with the senders split among them.

The script is the product's own, as its client sends it; a plain socket repeats the command for each sender, many at a
time, so that next to nothing of the time is the client's. Wherever two cores are shared with the clients, seconds of
CPU for a reservation say more than reservations a second.

python -m benchmarks.places [seconds] [runs]
"""

import socket
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.measure import report, spread
from benchmarks.processes import cpu
from db.core import pace
from tidings.services.valkey import Valkey

SENDERS, CLIENTS = 200, 4
MESSAGES = 33
"""Of a chunk at the highest pace, which asks once for places and at most once for a look."""


def command(*words: object) -> bytes:
    """One command as Redis' protocol has it."""
    parts = [str(word).encode() for word in words]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)


def reservation(sender: int) -> bytes:
    """What `pace.reserve` sends for a chunk, at a pace that never makes it wait: one that waits costs less."""
    script, keys = pace._RESERVE, pace._keys(sender)  # pyright: ignore[reportPrivateUsage]
    return command("EVAL", script, 3, *keys, sender, MESSAGES, 1, 5_000_000, -1, 0, 30_000_000)


def reserve(server: Valkey, senders: list[int], end: float, counts: list[int]) -> None:
    """A client that reserves for these senders in turn until the end."""
    with socket.create_connection(("127.0.0.1", server.port)) as wire:

        def ask(data: bytes, answers: int) -> None:
            wire.sendall(data)
            heard = b""
            while heard.count(b"\r\n") < answers:
                if not (more := wire.recv(65_536)):
                    raise SystemExit("Valkey has gone away.")
                heard += more
            if b"-" in heard:
                raise SystemExit(heard.decode(errors="replace"))

        ask(command("AUTH", urlsplit(server.url).password), 1)
        batch = b"".join(map(reservation, senders))
        while time.perf_counter() < end:
            ask(batch, len(senders))
            counts.append(len(senders))


def measure(servers: list[Valkey], seconds: float) -> tuple[float, float]:
    """Reservations a second of all together, and seconds of CPU for each of the servers' own."""
    watched = [psutil.Process(server.pid) for server in servers]
    counts, before, started = list[int](), cpu(watched), time.perf_counter()
    each = [(servers[n % len(servers)], list(range(n + 1, SENDERS + 1, CLIENTS))) for n in range(CLIENTS)]
    clients = [
        threading.Thread(target=reserve, args=(server, senders, started + seconds, counts)) for server, senders in each
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    took = time.perf_counter() - started
    return sum(counts) / took, (cpu(watched) - before) / sum(counts)


def main(seconds: float = 4, runs: int = 3) -> None:
    with ExitStack() as stack:
        servers = list[Valkey]()
        for _ in range(2):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="tidings-bench-"))
            Path(folder).chmod(0o711)
            servers.append(Valkey(Path(folder)))
            stack.callback(servers[-1].stop)
            servers[-1].start()
        found = [(measure(servers[:1], seconds), measure(servers, seconds)) for _ in range(runs)]
    one, two = [[mine[n] for mine in found] for n in (0, 1)]
    report(
        "Places in the pace of senders, two Valkeys against one",
        f"{SENDERS} senders, {CLIENTS} clients with {SENDERS // CLIENTS} reservations at a time, {seconds:g} s",
        [both[0] / single[0] for single, both in found],
        "to be known",
        one=f"{spread([pace for pace, _ in one])} reservations/s",
        two=f"{spread([pace for pace, _ in two])} reservations/s",
        one_CPU=f"{spread([1e6 * cost for _, cost in one])} µs of Valkey's CPU each",
        two_CPU=f"{spread([1e6 * cost for _, cost in two])} µs of both Valkeys' CPU each",
    )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
