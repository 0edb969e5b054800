"""What the subscription has told, counted: each message once, where it is now."""

from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

RANK = {
    "MESSAGE_SENT": 1,
    "MESSAGE_DELIVERED": 2,
    "MESSAGE_READ": 3,
    "MESSAGE_CANCELLED": 4,
    "MESSAGE_UNCONFIRMED": 4,
    "MESSAGE_FAILED": 5,
}
"""A message goes on to the higher one only."""
LAST_SHOWN = 6


@dataclass(frozen=True)
class Figures:
    """People by what became of their message; delivered ones are also sent, read ones also delivered."""

    recipients: int
    pending: int
    sent: int
    delivered: int
    read: int
    failed: int

    @classmethod
    def of_stats(cls, stats: dict[str, Any]) -> "Figures":
        """From DeliveryStats of the API; what was cancelled or never confirmed counts as failed here."""
        lost = stats["failed"] + stats["unconfirmed"] + stats["cancelled"]
        return cls(stats["recipients"], stats["pending"], stats["sent"], stats["delivered"], stats["read"], lost)

    def differences(self, other: "Figures") -> list[str]:
        mine, theirs = asdict(self), asdict(other)
        return [f"{name}: {mine[name]} seen, {theirs[name]} stored" for name in mine if mine[name] != theirs[name]]


@dataclass
class Tally:
    """Events of one schedule, in the order of the log; one that comes twice or backwards is a fault."""

    recipients: int
    last_cursor: str | None = None
    events: int = 0
    completed: bool = False
    repeated: int = 0
    recent: deque[dict[str, Any]] = field(default_factory=lambda: deque[dict[str, Any]](maxlen=LAST_SHOWN))
    _states: dict[str, int] = field(default_factory=dict[str, int])
    _cursors: set[str] = field(default_factory=set[str])

    def add(self, event: dict[str, Any]) -> None:
        self.events += 1
        if event["cursor"] in self._cursors:
            self.repeated += 1
        self._cursors.add(event["cursor"])
        self.last_cursor = event["cursor"]
        self.recent.append(event)
        if event["type"] == "MESSAGE_COMPLETED":
            self.completed = True
        elif event["message"] is not None and (rank := RANK.get(event["type"])):
            id = event["message"]["id"]
            self._states[id] = max(rank, self._states.get(id, 0))

    @property
    def figures(self) -> Figures:
        ranks = list(self._states.values())
        return Figures(
            recipients=self.recipients,
            pending=self.recipients - len(ranks),
            sent=sum(1 <= rank <= 3 for rank in ranks),
            delivered=sum(2 <= rank <= 3 for rank in ranks),
            read=sum(rank == 3 for rank in ranks),
            failed=sum(rank > 3 for rank in ranks),
        )

    @property
    def all_arrived(self) -> bool:
        """Whether no receipt but those of reading can still come."""
        figures = self.figures
        return figures.delivered + figures.failed >= self.recipients
