"""The whole machine at once, at Meta's highest tier: does it keep up with itself?

One API process, one worker, the simulator and all clients share the machine. A campaign sends a thousand messages a
second; each is told of three times by signed webhooks; a hundred dashboards follow the campaign's progress with its
figures; twenty people write once a second, and a socket follows each of their conversations. The time of an event runs
from its transaction's beginning, which is before its commit, to the client.

python -m benchmarks.whole_machine [messages a second] [seconds]
"""

import asyncio
import itertools
import sys
import time
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import orjson
import psutil
import uvloop

from benchmarks.dispatch import PEOPLE
from benchmarks.measure import free_port, installation, report, serving
from benchmarks.parts.listener import ADMIN, Listener
from benchmarks.processes import cpu, server
from db.core import connect
from domain.core.secrets import seal
from graph.core import ids

DASHBOARDS, CONVERSATIONS = 100, 20
NUMBER = "106540352242922"
"""A number that the simulator knows, with its account."""
EVENT_TARGET, ANSWER_TARGET = 250.0, 250.0
"""Milliseconds: p95 of an event, p99 of a webhook's answer."""
PATIENCE = 120
"""Seconds after the last message was due in which all must be told."""
PREPARE = """
INSERT INTO contact_phone (contact_id, phone_number, is_primary)
  SELECT id, '+4474' || lpad((id + 10000000)::text, 8, '0'), true FROM contact;
INSERT INTO contact_group (name) VALUES ('Everyone');
INSERT INTO group_member (group_id, contact_id) SELECT 1, id FROM contact
"""
SENDER = """
INSERT INTO sender (phone_number, provider, status, is_default, phone_number_id, business_account_id, access_token)
VALUES ('+12025550100', 'CLOUD_API', 'CONNECTED', true, $1, '318800221144667', $2) RETURNING id
"""
TEMPLATE = """
mutation { createMessageTemplate(input: {
  title: "hello", content: "Hello {{name}}, see you.", approval: { language: "en_US", category: UTILITY }
}) { id } }
"""
APPROVED = "SELECT count(*) FROM message_template WHERE approval_status = 'APPROVED'"
CREATE = """
mutation ($template: ID!, $sender: ID!, $group: ID!) { createCampaign(input: {
  name: "Everyone", templateId: $template, senderIds: [$sender], audience: { groupIds: [$group] }
}) { id } }
"""
START = "mutation ($id: ID!) { startCampaign(id: $id) { status } }"
PACE = "SELECT extract(epoch FROM max(sent_at) - min(sent_at))::float8 FROM message WHERE campaign_id IS NOT NULL"
WATCH = """
subscription Watch($filter: EventFilter) {
  campaignEvents(filter: $filter) { cursor type occurredAt status stats { pending sent delivered read failed } }
}
"""
FOLLOW = """
subscription Follow($filter: EventFilter) { messageEvents(filter: $filter) { cursor type occurredAt } }
"""
SIMULATED = (
    "--throughput=0 --pair-limit=off --window=off --read-share=1 --not-on-whatsapp-share=0.01 --max-updates=1000"
    " --not-on-whatsapp-suffix= --app-secret=an-app-secret --verify-token=a-verify-token"
)


async def listen(port: int, campaign: str) -> None:
    """The clients. A line when all follow; at the end what was heard of the campaign, and how late everything was."""
    waits = list[float]()
    heard = [list[dict[str, Any]]() for _ in range(DASHBOARDS)]

    def converse(frame: bytes) -> None:
        event = orjson.loads(frame)["payload"]["data"]["messageEvents"]
        waits.append((time.time() - datetime.fromisoformat(event["occurredAt"]).timestamp()) * 1000)

    def watch(number: int, frame: bytes) -> None:
        event = orjson.loads(frame)["payload"]["data"]["campaignEvents"]
        waits.append((time.time() - datetime.fromisoformat(event["occurredAt"]).timestamp()) * 1000)
        heard[number].append(event)

    for number in range(DASHBOARDS):
        listener = await Listener.connect(port, partial(watch, number))
        listener.subscribe(WATCH, filter={"campaignId": campaign})
    for number in range(CONVERSATIONS):
        listener = await Listener.connect(port, converse)
        listener.subscribe(FOLLOW, filter={"contactId": ids.encode("Contact", number + 1)})
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    print(orjson.dumps({"waits": sorted(waits), "heard": heard}).decode(), flush=True)


async def people(control: str, seconds: int) -> int:
    """Twenty people who write once a second; how often they did."""
    texts = itertools.count()
    async with httpx.AsyncClient(base_url=control, timeout=10, trust_env=False) as http:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            written = [
                {
                    "phone_number_id": NUMBER,
                    "from": f"4474{number + 10000001:08}",
                    "text": f"Message {next(texts)}",
                }
                for number in range(CONVERSATIONS)
            ]
            answer = await http.post("/_simulator/inbound", content=orjson.dumps(written))
            assert answer.status_code < 300, answer.text
            await asyncio.sleep(1)
    return next(texts)


async def rest(control: str, recipients: int) -> dict[str, Any]:
    """Waits until nothing is under way any more; what the simulator says then."""
    sent = "SELECT count(*) FROM message WHERE state IN ('DELIVERED', 'READ', 'FAILED') AND campaign_id IS NOT NULL"
    async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=control, timeout=10, trust_env=False) as http:
        while True:
            health = (await http.get("/_simulator/health")).json()
            open_posts = await connect.value("SELECT count(*) FROM inbound_post WHERE done_at IS NULL")
            if await connect.value(sent) == recipients and not open_posts and not health["webhooks"]["pending"]:
                return health
            await asyncio.sleep(0.5)


async def ask(port: int, document: str, **variables: str) -> dict[str, Any]:
    """What the API answers to somebody who may do everything."""
    headers = {"X-Admin-Token": ADMIN}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, trust_env=False) as http:
        answer = (await http.post("/graphql", json={"query": document, "variables": variables})).json()
    if "errors" in answer:
        raise SystemExit(str(answer["errors"]))
    return answer["data"]


async def planned(port: int, sender: str) -> str:
    """A campaign of an approved template to everybody; its id."""
    template = (await ask(port, TEMPLATE))["createMessageTemplate"]["id"]
    async with asyncio.timeout(60):
        while not await connect.value(APPROVED):  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.1)
    made = await ask(port, CREATE, template=template, sender=sender, group=ids.encode("Group", 1))
    return made["createCampaign"]["id"]


async def main(rate: int, seconds: int) -> None:
    port, simulator, recipients = free_port(), free_port(), rate * seconds
    settings = {"API_PORT": str(port), "ADMIN_TOKEN": ADMIN, "WHATSAPP_API_URL": f"http://127.0.0.1:{simulator}"}
    control = settings["WHATSAPP_API_URL"]
    async with installation(SEND_RATE=str(rate), **settings):
        sender = await connect.value(SENDER, NUMBER, seal("x"))
        await connect.execute(PEOPLE, recipients)
        for statement in PREPARE.split(";\n"):
            await connect.execute(statement)
        hook = f"http://127.0.0.1:{port}/webhooks/whatsapp"
        with (
            serving(port, "tidings", "api") as api,
            serving(
                simulator, "simulator", f"--port={simulator}", f"--webhook-url={hook}", *SIMULATED.split()
            ) as provider,
            serving(port, "tidings", "worker") as worker,
        ):
            campaign = await planned(port, ids.encode("Sender", sender))
            clients = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "benchmarks.whole_machine", "listen", str(port), campaign,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**26,
            )  # fmt: skip
            assert clients.stdin is not None
            assert clients.stdout is not None
            assert await clients.stdout.readline() == b"ready\n"
            parts = {
                "api": [api],
                "worker": [worker],
                "simulator": [provider],
                "clients": [psutil.Process(clients.pid)],
                "PostgreSQL": server("postgres"),
                "Valkey": server("valkey"),
            }
            used = {name: cpu(processes) for name, processes in parts.items()}
            started = time.monotonic()
            await ask(port, START, id=campaign)
            written = await people(control, seconds)
            health = await rest(control, recipients)
            took = time.monotonic() - started
            used = {name: cpu(processes) - used[name] for name, processes in parts.items()}
            clients.stdin.write(b"\n")
            heard = orjson.loads(await clients.stdout.readline())
            await clients.wait()
        received = await connect.value("SELECT count(*) FROM message WHERE direction = 'INBOUND'")
        assert received == written, f"{received} of {written} messages of people are here"
        steps = [event["status"] for event in heard["heard"][0] if event["type"] == "CAMPAIGN_STATUS_CHANGED"]
        assert steps == ["RUNNING", "COMPLETED"], steps
        cursors = [event["cursor"] for event in heard["heard"][0]]
        assert all([event["cursor"] for event in told] == cursors for told in heard["heard"])
        sending = await connect.value(PACE)
        posts = await connect.value("SELECT count(*) FROM inbound_post")
    waits, webhooks = heard["waits"], health["webhooks"]["latency"]
    report(
        "The whole machine at once: messages a second that it holds, against what it is asked for",
        f"{recipients:,} messages at {rate:,}/s, three statuses each, {DASHBOARDS} dashboards, {CONVERSATIONS} people",
        [recipients / sending / rate],
        f"1 for 60 s; events p95 < {EVENT_TARGET:g} ms, answers p99 < {ANSWER_TARGET:g} ms, nothing left",
        held=f"{recipients / sending:,.0f}/s for {sending:,.0f} s; {took:,.0f} s until nothing was under way",
        events=", ".join(f"p{share} {waits[len(waits) * share // 100]:,.0f}" for share in (50, 95, 99))
        + f" ms of {len(waits):,} deliveries",
        answers=", ".join(f"{name[:-3]} {webhooks[name]}" for name in ("median_ms", "p95_ms", "p99_ms"))
        + f" ms of {posts:,} posts",
        progress=f"told {len(cursors)} times to each dashboard",
        cpu=", ".join(
            f"{name} {spent / took:.0%} ({spent / recipients * 1000:.2f} ms a message)" for name, spent in used.items()
        )
        + " of a core",
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["listen"]:
        uvloop.run(listen(int(sys.argv[2]), sys.argv[3]))
    else:
        uvloop.run(main(*(int(given) for given in [*sys.argv[1:], *["1000", "60"][len(sys.argv) - 1 :]])))
