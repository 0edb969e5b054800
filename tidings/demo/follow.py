"""Follows a schedule by its subscription alone, resuming where it was when the socket is cut."""

import time
from collections.abc import Iterator
from typing import Any

from tidings.client import LOST, Api, subscribe
from tidings.demo.screen import Screen
from tidings.demo.server import Server
from tidings.demo.story import EVENTS
from tidings.demo.tally import Tally
from tidings.trouble import Trouble

QUIET_SECONDS = 4.0
"""So long without an event after the end was announced, and no more receipts are awaited."""
QUIET_SECONDS_ALL_ARRIVED = 2.5
"""The same when everybody's message has arrived; the simulator's people read within about a second."""
SILENCE_SECONDS = 90.0
"""So long without any event before the end, and something is broken."""
AWAY_SECONDS = 60.0


def follow(api: Api, schedule: str, tally: Tally, screen: Screen, server: Server) -> int:
    """Until everything is told; gives how often the socket was cut."""
    cuts = 0
    last_event = time.monotonic()
    while True:
        try:
            for event in _events(api, schedule, tally):
                if event is not None:
                    tally.add(event)
                    last_event = time.monotonic()
                else:
                    for news in server.news():
                        screen.tell(news)
                screen.show()
                quiet = time.monotonic() - last_event
                if tally.completed and quiet > (QUIET_SECONDS_ALL_ARRIVED if tally.all_arrived else QUIET_SECONDS):
                    return cuts
                if quiet > SILENCE_SECONDS:
                    raise Trouble(f"no event for {SILENCE_SECONDS:.0f} s, and the schedule is not done")
        except LOST as error:
            if time.monotonic() - last_event > AWAY_SECONDS:
                raise Trouble(f"the API is away since {AWAY_SECONDS:.0f} s: {error!r}") from error
            time.sleep(0.3)
        cuts += 1
        screen.tell("the socket was cut: resuming after the last event seen")


def _events(api: Api, schedule: str, tally: Tally) -> Iterator[dict[str, Any] | None]:
    with api.open_socket() as socket:
        for data in subscribe(socket, EVENTS, scheduleId=schedule, after=tally.last_cursor):
            yield None if data is None else data["messageEvents"]
