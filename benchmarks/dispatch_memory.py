"""Does a worker need more memory when more is queued?

python -m benchmarks.dispatch_memory [small] [large] [seconds]
"""

import asyncio
import sys

import psutil
import uvloop

from benchmarks.dispatch import PEOPLE, QUEUE, SENDER, TEMPLATE
from benchmarks.measure import free_port, installation, program, report, sink
from db.core import connect
from domain.core.secrets import seal

TARGET = 1.2


async def peak(queued: int, sender: int, template: int, seconds: float) -> tuple[float, int]:
    """Largest resident memory of a worker in MiB while it sends from a queue of this length, and how many it sent."""
    await connect.execute("TRUNCATE message, event, contact CASCADE")
    async with connect.connection() as connection:
        await connection.execute(PEOPLE.replace("$1", str(queued)), timeout=600)
        await connection.execute(QUEUE, sender, template, timeout=600)
        await connection.execute("VACUUM ANALYZE message, contact", timeout=600)
        # What filling the tables left to be written would slow the worker down, and not the length of its queue.
        await connection.execute("CHECKPOINT", timeout=600)
    largest = 0
    with program("tidings", "worker") as process:
        worker = psutil.Process(process.pid)
        for _ in range(int(seconds * 5)):
            await asyncio.sleep(0.2)
            largest = max(largest, worker.memory_info().rss)
        sent = await connect.value("SELECT count(*) FROM message WHERE sent_at IS NOT NULL")
    return largest / 2**20, sent


async def main() -> None:
    small, large, seconds = [int(given) for given in [*sys.argv[1:], *["10000", "1000000", "15"][len(sys.argv) - 1 :]]]
    port = free_port()
    async with installation(WHATSAPP_API_URL=f"http://127.0.0.1:{port}", SEND_RATE="600"):
        with sink(port):
            sender = await connect.value(SENDER)
            await connect.execute("UPDATE sender SET access_token = $1", seal("x"))
            template = await connect.value(TEMPLATE)
            first, sent_first = await peak(small, sender, template, seconds)
            second, sent_second = await peak(large, sender, template, seconds)
    report(
        "Memory of a worker, the long queue against the short one",
        f"{small:,} and {large:,} queued, {seconds} s at 600 messages/s",
        [second / first],
        f"at most {TARGET}",
        short=f"{first:.0f} MiB, {sent_first:,} sent",
        long=f"{second:.0f} MiB, {sent_second:,} sent",
    )


if __name__ == "__main__":
    uvloop.run(main())
