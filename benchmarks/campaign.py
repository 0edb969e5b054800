"""A campaign to a million people, from the file to the queue: imported from a CSV, preflighted, started, fanned out.

By a real API and a real worker, over HTTP; only the upload itself is left out. Its baseline is one bare INSERT … SELECT
of the same messages into an empty table with the same columns and indexes. Nothing is sent meanwhile: it is night for
everybody.

python -m benchmarks.campaign [recipients]
"""

import asyncio
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psutil
import uvloop

from benchmarks.fan_out import BARE
from benchmarks.import_contacts import uploaded
from benchmarks.measure import free_port, installation, program, report, serving
from db.core import connect
from graph.core.ids import encode

ADMIN = "an-admin-token-of-32-bytes-and-more-xx"
TARGET, TARGET_PREFLIGHT = 3.0, 5.0
PREPARE = """
INSERT INTO contact_group (name) VALUES ('Everyone');
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id, business_account_id)
  VALUES ('+12025550100', 'CLOUD_API', 'CONNECTED', true, '1065', 'account');
INSERT INTO message_template (title, content, approval_id, approval_name, language, category, approval_status,
                              business_account_id)
  VALUES ('Hello', 'Hello {{name}} of {{company}}.', '1', 'hello', 'en', 'MARKETING', 'APPROVED', 'account');
"""
IMPORT = """mutation ($input: ImportContactsInput!) { importContacts(input: $input) { id } }"""
JOB = "query ($id: ID!) { node(id: $id) { ... on ContactImport { status created } } }"
CREATE = "mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { id } }"
PREFLIGHT = """
query ($id: ID!) {
  campaignPreflight(id: $id) { id audience recipients missingVariables { count } samples { content } }
}
"""
START = "mutation ($id: ID!, $p: ID!) { startCampaign(id: $id, preflightId: $p) { status } }"
LIST = """
query ($id: ID!, $outcome: [RecipientOutcome!]) { campaign(id: $id) {
  recipients(first: 25, filter: { outcome: $outcome }) { edges { node { outcome message { id } } } } } }
"""


@contextmanager
def watched(*processes: psutil.Process) -> Generator[list[list[float]]]:
    """MiB of processes, ten times a second."""
    seen: list[list[float]] = [[] for _ in processes]
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            for process, sizes in zip(processes, seen, strict=True):
                sizes.append(process.memory_info().rss / 2**20)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


class Client:
    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/graphql"
        self.http = httpx.AsyncClient(headers={"X-Admin-Token": ADMIN}, timeout=120, trust_env=False)

    async def data(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = (await self.http.post(self.url, json={"query": query, "variables": variables})).json()
        if "errors" in answer:
            raise SystemExit(answer["errors"])
        return answer["data"]

    async def timed(self, query: str, **variables: Any) -> tuple[float, dict[str, Any]]:
        started = time.perf_counter()
        found = await self.data(query, **variables)
        return time.perf_counter() - started, found


async def imported(client: Client, recipients: int) -> float:
    """Seconds of an import of so many people into the only group."""
    file = encode("File", await uploaded(recipients))
    started = time.perf_counter()
    input = {"fileId": file, "groupIds": [encode("Group", 1)]}
    job = (await client.data(IMPORT, input=input))["importContacts"]["id"]
    while True:
        found = (await client.data(JOB, id=job))["node"]
        if found["status"] not in ("QUEUED", "RUNNING"):
            break
        await asyncio.sleep(0.2)
    if found["created"] != recipients:
        raise SystemExit(f"{found} of {recipients}")
    return time.perf_counter() - started


async def main() -> None:
    recipients = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        async with installation(DATA_DIR=folder, API_PORT=str(port), ADMIN_TOKEN=ADMIN, RATE_LIMITS="off"):
            for statement in PREPARE.split(";\n"):
                if statement.strip():
                    await connect.execute(statement)
            with serving(port, "tidings", "api") as api, program("tidings", "worker") as process:
                await measured(Client(port), recipients, api, psutil.Process(process.pid))


async def measured(client: Client, recipients: int, api: psutil.Process, worker: psutil.Process) -> None:
    await client.data("{ __typename }")
    await asyncio.sleep(2)
    before = [process.memory_info().rss / 2**20 for process in (api, worker)]
    with watched(api, worker) as sizes:
        importing = await imported(client, recipients)
        now = datetime.now(UTC)
        night = [f"{now + timedelta(hours=hours):%H:%M}" for hours in (-12, 10)]
        made = await client.data(
            CREATE,
            input={
                "templateId": encode("MessageTemplate", 1),
                "audience": {"groupIds": [encode("Group", 1)]},
                "quietHours": {"start": night[0], "end": night[1]},
            },
        )
        id = made["createCampaign"]["id"]
        preflights, look = list[float](), dict[str, Any]()
        for _ in range(3):
            seconds, found = await client.timed(PREFLIGHT, id=id)
            preflights.append(seconds)
            look = found["campaignPreflight"]
            if (look["audience"], look["recipients"], len(look["samples"])) != (recipients, recipients, 5):
                raise SystemExit(str(look))
        starting, _ = await client.timed(START, id=id, p=look["id"])
        fanning = await fanned_out(recipients)
    await connect.execute("VACUUM ANALYZE message")
    await connect.execute("VACUUM ANALYZE campaign_recipient")
    lists = {"PENDING": await listed(client, id, "PENDING")}
    for state, error in (("FAILED", "'No.'"), ("SENT", "NULL")):
        await connect.execute(
            f"WITH few AS (SELECT id FROM message ORDER BY id DESC OFFSET {recipients // 2} LIMIT 10),"
            f" moved AS (UPDATE message m SET state = '{state}', due_at = NULL, error_message = {error}"
            "   FROM few WHERE m.id = few.id)"
            f" INSERT INTO campaign_tally (campaign_id, state, count) VALUES (1, 'QUEUED', -10), (1, '{state}', 10)"
        )
        lists[state] = await listed(client, id, state)
    bare = await bare_insert()
    report(
        "A campaign from a CSV to the queue: its fan-out, against one bare INSERT … SELECT of the same messages",
        f"{recipients:,} recipients",
        [fanning / bare],
        f"at most {TARGET}; a preflight at most {TARGET_PREFLIGHT} s",
        imported=f"{importing:,.0f} s, {recipients / importing:,.0f} rows/s",
        preflight=", ".join(f"{seconds:.2f}" for seconds in preflights) + " s over HTTP, with samples and pacing",
        started=f"{starting:.2f} s, with the preflight that was accepted",
        fanned_out=f"{fanning:.1f} s, {recipients / fanning:,.0f} rows/s; bare {bare:.1f} s",
        recipients=", ".join(f"{name} {seconds * 1000:,.0f} ms" for name, seconds in lists.items()) + " a page of 25",
        memory="; ".join(
            f"{name} {was:,.0f} MiB before, {max(of_one):,.0f} at most"
            for name, was, of_one in zip(("API", "worker"), before, sizes, strict=True)
        ),
    )


async def fanned_out(recipients: int) -> float:
    """Seconds from the start until everyone is frozen, by the database's clock."""
    sql = "SELECT extract(epoch FROM clock_timestamp() - started_at) FROM campaign WHERE recipients = $1"
    while True:
        if (seconds := await connect.value(sql, recipients)) is not None:
            return float(seconds)
        await asyncio.sleep(0.1)


async def listed(client: Client, id: str, outcome: str) -> float:
    return (await client.timed(LIST, id=id, outcome=[outcome]))[0]


async def bare_insert() -> float:
    await connect.execute("CREATE TABLE bare (LIKE message INCLUDING DEFAULTS INCLUDING INDEXES)")
    await connect.execute("CHECKPOINT")
    started = time.perf_counter()
    async with connect.connection() as connection:
        await connection.execute(BARE.replace("schedule_id", "campaign_id"), timeout=600)
    return time.perf_counter() - started


if __name__ == "__main__":
    uvloop.run(main())
