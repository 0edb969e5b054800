"""How long after the end of the debounce does the bot's answer leave, without a language model?

People write as hearing hears them, one message each, to a bot that knows the documents of benchmarks/knowledge; a
worker answers, and a sink takes the posts. The time is that from the turn's due time to WhatsApp's answer to the POST,
so that it is never less than what is asked for. One load is spread over time, in the other all write within a moment.

python -m benchmarks.bot [conversations] [runs]
"""

import asyncio
import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import uvloop

from benchmarks.dispatch import PEOPLE, SENDER
from benchmarks.measure import free_port, installation, program, report, sink, spread
from benchmarks.retrieval import questions, teach
from db.core import connect
from db.core.transaction import transaction
from domain import conversations, settings
from domain.conversations import Heard
from domain.core.access import SYSTEM
from domain.core.secrets import seal

TARGET = 0.3
SPREAD = 10.0
"""Seconds over which the calm load is spread."""
BATCH = 10
"""Messages that one post of WhatsApp's brings."""
PATIENCE = 120
"""Seconds after which a run is given up."""
WRITE = """
INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, address, content,
                     attempts)
SELECT $1, id, 'INBOUND', 'CONTACT', 'TEXT', 'UTILITY', 2, 'RECEIVED', '+1202' || lpad(id::text, 8, '0'), text, 0
FROM unnest($2::bigint[], $3::text[]) AS w(id, text) RETURNING id, contact_id, address
"""
LATE = """
SELECT percentile_disc(ARRAY[0.5, 0.95, 0.99, 1.0]) WITHIN GROUP (ORDER BY extract(epoch FROM m.sent_at - d.due_at))
FROM unnest($1::bigint[], $2::timestamptz[]) AS d(contact_id, due_at)
JOIN message m ON m.contact_id = d.contact_id AND m.author = 'BOT'
"""


async def write(sender: int, people: list[int], texts: list[str], pause: float) -> dict[int, datetime]:
    """Everybody writes; when each turn is due."""
    due: dict[int, datetime] = {}
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        async with transaction():
            rows = await connect.rows(WRITE, sender, some, texts[start : start + BATCH])
            now = datetime.now(UTC)
            await conversations.heard([Heard(r["id"], sender, r["contact_id"], r["address"], now) for r in rows])
            sql = """SELECT v.contact_id, t.due_at FROM bot_turn t JOIN conversation v ON v.id = t.conversation_id
                     WHERE v.contact_id = ANY($1)"""
            due |= {row["contact_id"]: row["due_at"] for row in await connect.rows(sql, some)}
        await asyncio.sleep(pause)
    return due


async def late(sender: int, texts: list[str], *, seconds: float) -> list[float]:
    """Seconds from the end of the debounce to the post: p50, p95, p99 and most."""
    await connect.execute("TRUNCATE message, conversation, bot_turn, generation, event")
    people = [row["id"] for row in await connect.rows("SELECT id FROM contact ORDER BY id")]
    due = await write(sender, people, texts, seconds / (len(people) / BATCH))
    async with asyncio.timeout(PATIENCE):
        while await connect.value("SELECT EXISTS (SELECT FROM bot_turn)") or await connect.value(  # noqa: ASYNC110 - another process
            "SELECT EXISTS (SELECT FROM message WHERE author = 'BOT' AND sent_at IS NULL)"
        ):
            await asyncio.sleep(0.2)
    answered: int = await connect.value("SELECT count(*) FROM message WHERE author = 'BOT'")
    assert answered == len(people), f"{answered} answers to {len(people)}"
    found: Any = await connect.value(LATE, list(due), list(due.values()))
    return [float(each) for each in found]


async def main(count: int, runs: int) -> None:
    port = free_port()
    calm, crowd = list[list[float]](), list[list[float]]()
    with TemporaryDirectory(prefix="tidings-bench-") as folder:
        given = {"WHATSAPP_API_URL": f"http://127.0.0.1:{port}", "DATA_DIR": str(Path(folder))}
        # At WhatsApp's highest pace of a number, 1,000/s, 500 would take half a second whoever sends them.
        given["SEND_RATE"] = "5000"
        async with installation(**given):
            await teach()
            # What is not sure enough is answered here too: it is the time that is measured.
            await settings.update(
                SYSTEM, {"bot": {"escalation_threshold": 0.0}, "features": {"auto_escalation": False}}
            )
            asked = itertools.cycle(question.text for question in questions() if question.words)
            texts = list(itertools.islice(asked, count))
            with sink(port), program("tidings", "worker"):
                sender = await connect.value(SENDER)
                await connect.execute("UPDATE sender SET access_token = $1", seal("x"))
                await connect.execute(PEOPLE, count)
                await late(sender, texts, seconds=1.0)  # the worker comes up
                for _ in range(runs):
                    calm.append(await late(sender, texts, seconds=SPREAD))
                    crowd.append(await late(sender, texts, seconds=0.0))

    def figures(found: list[list[float]]) -> str:
        names = ("p50", "p95", "p99", "most")
        return ", ".join(f"{name} {spread([each[n] for each in found])} s" for n, name in enumerate(names))

    report(
        "From the end of the debounce to the post, without a language model",
        f"{count} conversations, one worker; spread over {SPREAD:g} s, and all within a moment",
        [each[1] / TARGET for each in calm],
        f"p95 < {TARGET:g} s",
        calm=figures(calm),
        at_once=figures(crowd),
    )


if __name__ == "__main__":
    uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["500", "3"][len(sys.argv) - 1 :]])))
