"""Show the main job on real parts: sign in, import a thousand made-up people, have a template approved, schedule it a
few seconds ahead, and watch it arrive in a subscription. Ends with status 0 when subscription and database agree and
nobody was forgotten or written to twice. Kill its worker meanwhile: it takes longer, and that is all."""

import argparse
import time
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.markup import escape

from db.core.settings import get_settings
from tidings.client import Api
from tidings.demo import story
from tidings.demo.follow import follow
from tidings.demo.people import FILE, read_people
from tidings.demo.screen import Screen, plain
from tidings.demo.server import Server, own_server
from tidings.demo.tally import Figures, Tally
from tidings.supervise import stopped_by_signals

INTERRUPTED = 130
SHOWN_REFUSALS = 20


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--people", type=int, metavar="N", help="only the first N rows of the file")
    parser.add_argument("--contacts", type=Path, default=FILE, help="CSV with the columns name and phone")
    parser.add_argument("--keep", action="store_true", help="leave everything running until Ctrl-C")
    parser.add_argument("--url", help="GraphQL endpoint of a running server, instead of starting one")
    parser.add_argument("--email", help="whom to sign in as there (default: ADMIN_EMAIL)")
    parser.add_argument("--password", help="their password (default: ADMIN_PASSWORD)")


def run(given: argparse.Namespace) -> int:
    console = Console(highlight=False, soft_wrap=True)
    settings = get_settings()
    people = read_people(given.contacts, given.people)
    status = INTERRUPTED
    with stopped_by_signals():
        if given.url:
            admin = {
                "email": given.email or settings.admin_email,
                "password": given.password or settings.admin_password.get_secret_value(),
            }
            place = nullcontext(Server({"graphql": given.url, "admin": admin, "simulator": None}))
        else:
            console.print("Starting PostgreSQL, Valkey, a simulated WhatsApp, the API and a worker …")
            place = own_server(settings.data_dir)
        with place as server:
            with Api(server.ready["graphql"]) as api:
                faults = _tell(console, api, server, people)
            status = 1 if faults else 0
            if given.keep and not given.url:
                _stay(console, server.ready)
    return status


def _tell(console: Console, api: Api, server: Server, people: list[dict[str, str]]) -> list[str]:
    """The story; gives what went wrong."""
    api.sign_in(server.ready["admin"]["email"], server.ready["admin"]["password"])
    console.print(f"Signed in at {api.url} as {server.ready['admin']['email']}.")
    name = f"Demo {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    group = story.create_group(api, name)
    _show_import(console, people, story.import_people(api, people, group))
    console.print("Submitting the template to WhatsApp …", end=" ")
    template = story.create_template(api, name)
    console.print(f"approved: [italic]{escape(story.TEXT)}")
    scheduled = story.create_schedule(api, template, group)
    console.print(f"Scheduled for {scheduled.send_at:%H:%M:%S} UTC, to {scheduled.recipients} people.\n")
    tally = Tally(scheduled.recipients)
    begun = time.monotonic()
    with Screen(console, tally) as screen:
        cuts = follow(api, scheduled.id, tally, screen, server)
    stored = story.stats_of(api, scheduled.id)
    seen, kept = tally.figures, Figures.of_stats(stored["stats"])
    simulator = server.ready["simulator"]
    faults = [*seen.differences(kept), *_losses(tally, stored["status"])]
    console.print(f"\nDone in {time.monotonic() - begun:.1f} s: {tally.events} events, {cuts} cuts of the socket.")
    console.print(f"  by subscription  {plain(seen)}")
    console.print(f"  by query         {plain(kept)}")
    if simulator:
        faults += _show_ledger(console, simulator, scheduled.recipients)
    for fault in faults:
        console.print(f"  [bold red]wrong[/]  {escape(fault)}")
    if not faults:
        console.print("[bold green]Both agree, and nobody was forgotten or written to twice.")
    return faults


def _losses(tally: Tally, status: str) -> list[str]:
    figures = tally.figures
    faults = [
        (figures.pending > 0, f"{figures.pending} messages have no end"),
        (tally.repeated > 0, f"{tally.repeated} events came twice"),
        (status != "SENT", f"the schedule is {status}"),
    ]
    return [fault for is_so, fault in faults if is_so]


def _show_import(console: Console, people: list[dict[str, str]], done: story.Import) -> None:
    console.print(f"Imported {done.imported} of {len(people)} people; not these rows:" if done.refusals else "")
    for refusal in done.refusals[:SHOWN_REFUSALS]:
        person = people[refusal.row - 1]
        shown = f"  row {refusal.row:>4}  {person['name'] or '(no name)'}, {person['phoneNumber']}: {refusal.reason}"
        console.print(escape(shown))
    if (more := len(done.refusals) - SHOWN_REFUSALS) > 0:
        console.print(f"  and {more} more")


def _show_ledger(console: Console, simulator: str, recipients: int) -> list[str]:
    """What the other side has seen: the only witness that nobody was written to twice."""
    answer = httpx.get(f"{simulator}/_simulator/ledger/summary", timeout=10.0, trust_env=False)
    ledger: dict[str, Any] = answer.raise_for_status().json()
    console.print(f"  at WhatsApp      {ledger['accepted']} messages to {ledger['distinct_recipients']} people")
    if ledger["accepted"] == ledger["distinct_recipients"] == recipients:
        return []
    return [f"WhatsApp took {ledger['accepted']} messages for {ledger['distinct_recipients']} of {recipients} people"]


def _stay(console: Console, ready: dict[str, Any]) -> None:
    console.print(f"\nGraphiQL   {ready['graphql']}")
    console.print(f"Sign in    {ready['admin']['email']}   password  {ready['admin']['password']}")
    console.print(f"API token  {ready['token']}")
    console.print("Ctrl-C stops everything.")
    while True:
        time.sleep(3600)
