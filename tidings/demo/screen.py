"""What is seen: bars and the last events on a terminal, plain lines elsewhere; all of it from the subscription."""

import time
from collections import deque
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from tidings.demo.tally import Figures, Tally

BARS = {"pending": "yellow", "sent": "cyan", "delivered": "green", "read": "bright_green", "failed": "red"}
LABELS = {"pending": "queued"}
RATE_POINTS = 20
"""How many looks on a terminal the rate is taken over: 2 s; elsewhere it is over three lines."""
PLAIN_SECONDS = 1.0
"""Time between two lines where there is no terminal."""


class Screen:
    """A context manager; `show` is cheap to call after every event."""

    def __init__(self, console: Console, tally: Tally) -> None:
        self._console = console
        self._tally = tally
        self._done: deque[tuple[float, int]] = deque(maxlen=RATE_POINTS if console.is_terminal else 3)
        self._last = 0.0
        self._news: list[str] = []
        self._bars = Progress(
            TextColumn("{task.description:>10}"), BarColumn(bar_width=50), MofNCompleteColumn(), console=console
        )
        self._tasks = {
            name: self._bars.add_task(f"[{colour}]{LABELS.get(name, name)}", total=tally.recipients)
            for name, colour in BARS.items()
        }
        self._live = Live(console=console, auto_refresh=False, transient=False) if console.is_terminal else None

    def __enter__(self) -> "Screen":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.show(at_once=True)
        if self._live is not None:
            self._live.stop()

    def tell(self, news: str) -> None:
        """Something happened to the server; it stays in view."""
        self._news.append(news)
        if self._live is None:
            self._console.print(f"  ! {news}")

    def show(self, *, at_once: bool = False) -> None:
        now = time.monotonic()
        figures = self._tally.figures if at_once or now - self._last > self._pace else None
        if figures is None:
            return
        self._last = now
        self._done.append((now, figures.recipients - figures.pending))
        if self._live is None:
            self._console.print(f"  {plain(figures)}  {self._rate()}".rstrip())
        else:
            self._live.update(self._picture(figures), refresh=True)

    @property
    def _pace(self) -> float:
        return PLAIN_SECONDS if self._live is None else 0.1

    def _rate(self) -> str:
        """Of the last looks, some seconds."""
        (then, before), (now, done) = self._done[0], self._done[-1]
        return f"{(done - before) / (now - then):.0f} messages/s" if done > before else ""

    def _picture(self, figures: Figures) -> Group:
        for name, task in self._tasks.items():
            self._bars.update(task, completed=getattr(figures, name))
        last = Table.grid(padding=(0, 2))
        for event in self._tally.recent:
            last.add_row(*described(event))
        news = Text("\n".join(self._news), style="bold yellow")
        return Group(self._bars, Text(f"{self._rate():>30}"), last, news)


def plain(figures: Figures) -> str:
    return "  ".join(f"{LABELS.get(name, name)} {getattr(figures, name):>4}" for name in BARS)


def described(event: dict[str, Any]) -> tuple[str, str, str]:
    """Time, kind and person of an event."""
    message: dict[str, Any] = event["message"] or {}
    contact: dict[str, Any] = message.get("contact") or {}
    who = f"{contact.get('name') or ''} {contact.get('phoneNumber') or ''}".strip()
    kind = event["type"].removeprefix("MESSAGE_").lower()
    return event["occurredAt"][11:23], kind, f"{who}: {event['error']}" if event["error"] else who
