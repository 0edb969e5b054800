"""What more worker processes bring on one machine, and what a message costs each part of it.

Four senders with a quarter of the queue each, sent by one, two and four worker processes to an HTTP sink. On a busy
machine, or one with few cores, messages a second say little; seconds of CPU for a message hold on any.

python -m benchmarks.processes [recipients] [processes…]
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, aclosing
from typing import NamedTuple

import psutil
import uvloop

from benchmarks.dispatch import PEOPLE, TEMPLATE
from benchmarks.measure import free_port, installation, machine, program, serving
from db.core import connect
from domain.core.secrets import seal

SENDERS = 4
SENDER = """
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id, access_token)
VALUES ('+1202555010' || $1::int, 'CLOUD_API', 'CONNECTED', $1 = 0, '1065' || $1::int, $2) RETURNING id
"""
QUEUE = """
INSERT INTO message (sender_id, contact_id, template_id, direction, author, type, purpose, priority, state, address,
                     attempts, due_at)
SELECT ($1::bigint[])[1 + id % cardinality($1)], id, $2, 'OUTBOUND', 'SYSTEM', 'TEXT', 'MARKETING', 2, 'QUEUED',
       '+1202555' || lpad(id::text, 7, '0'), 0, now()
FROM contact
"""


def cpu(processes: list[psutil.Process]) -> float:
    """Seconds of CPU of these, and of all that they have started."""
    total = 0.0
    for process in processes:
        for one in (process, *process.children(recursive=True)):
            try:
                times = one.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total


def server(name: str) -> list[psutil.Process]:
    """A server that we have started, by its name."""
    return [child for child in psutil.Process().children() if child.name().startswith(name)]


class Row(NamedTuple):
    """What so many worker processes did: messages a second, and seconds of CPU for a message of each part."""

    processes: int
    pace: float
    costs: dict[str, float]

    def __str__(self) -> str:
        each = "; ".join(f"{name} {1e6 * value:,.0f} µs" for name, value in self.costs.items())
        return (
            f"  {self.processes} processes  {self.pace:,.0f} messages/s; CPU for a message: {each};"
            f" load {os.getloadavg()[0]:.1f}"
        )


async def run(count: int, recipients: int, senders: list[int], template: int, port: int) -> Row:
    await connect.execute("TRUNCATE message, event")
    await connect.execute(QUEUE, senders, template)
    await connect.execute("VACUUM ANALYZE message")
    with serving(port, "benchmarks.parts.sink", str(port)) as sink, ExitStack() as running:
        workers = [psutil.Process(running.enter_context(program("tidings", "worker")).pid) for _ in range(count)]
        parts = {"worker": workers, "PostgreSQL": server("postgres"), "Valkey": server("valkey"), "sink": [sink]}
        # From the first messages on: a start costs a second or two of CPU, once.
        begun = await until(recipients // 20)
        before = {name: cpu(part) for name, part in parts.items()}
        sent = await until(recipients)
        used = {name: cpu(part) - before[name] for name, part in parts.items()}
    row = await connect.row("SELECT min(sent_at), max(sent_at) FROM message WHERE state = 'SENT'")
    assert row is not None
    pace = recipients / (row["max"] - row["min"]).total_seconds()
    return Row(count, pace, {name: value / (sent - begun) for name, value in used.items()})


async def until(count: int) -> int:
    """Waits until so many are sent; how many are."""
    end = time.monotonic() + 180
    while (sent := await connect.value("SELECT count(*) FROM message WHERE state = 'SENT'")) < count:
        if time.monotonic() > end:
            raise SystemExit(f"Only {sent} of {count} were sent.")
        await asyncio.sleep(0.2)
    return sent


async def measured(recipients: int, counts: Sequence[int]) -> AsyncGenerator[Row]:
    """A row for each of these numbers of processes."""
    port = free_port()
    async with installation(WHATSAPP_API_URL=f"http://127.0.0.1:{port}", SEND_RATE="10000"):
        senders = [await connect.value(SENDER, number, seal("x")) for number in range(SENDERS)]
        template = await connect.value(TEMPLATE)
        await connect.execute(PEOPLE, recipients)
        await connect.execute("VACUUM ANALYZE contact")
        for count in counts:
            yield await run(count, recipients, senders, template, port)


async def main() -> None:
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(f"\nDispatch by several worker processes\n  load     {recipients:,} recipients of {SENDERS} senders")
    print(f"  machine  {machine()}")
    async with aclosing(measured(recipients, [int(given) for given in sys.argv[2:]] or [1, 2, 4])) as rows:
        async for row in rows:
            print(row, flush=True)


if __name__ == "__main__":
    uvloop.run(main())
