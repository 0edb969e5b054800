"""What was accepted: the truth that tests compare the product's own tables with."""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from simulator.people import digits
from simulator.wire import Json


class Outcome(StrEnum):
    """What became of a message; `lost` messages went to nobody (a BSUID in `to`, A2)."""

    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"
    LOST = "lost"


_RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(slots=True)
class Message:
    """An accepted message. A million of them stay in memory, so the wamid is not kept but made from `index`."""

    index: int
    phone_number_id: str
    to: str
    """The recipient as the client wrote it."""
    person: str
    """The wa_id, or the BSUID of a person without a phone."""
    by_bsuid: bool
    type: str
    template: str
    category: str
    text: str
    callback_data: str
    accepted_at: float
    outcome: Outcome = Outcome.ACCEPTED
    error: int = 0
    id: str = ""
    """An id from elsewhere, such as WAHA's."""

    def advance(self, outcome: Outcome) -> None:
        """Move forward; statuses that arrive backwards change nothing."""
        if _RANK[outcome] > _RANK[self.outcome]:
            self.outcome = outcome


@dataclass(slots=True, frozen=True)
class Wanted:
    """A filter over the ledger; empty fields match everything."""

    to: str = ""
    """Compared by digits with the recipient as written and with the wa_id; a BSUID literally."""
    callback_data: str = ""
    phone_number_id: str = ""
    template: str = ""
    outcome: str = ""
    since: float = 0.0

    def matches(self, message: Message) -> bool:
        """Whether `message` passes; `since` is left to the caller, who can search for it."""
        if self.to:
            plain = digits(self.to)
            if self.to not in (message.to, message.person) and plain not in (digits(message.to), message.person):
                return False
        return (
            (not self.callback_data or message.callback_data == self.callback_data)
            and (not self.phone_number_id or message.phone_number_id == self.phone_number_id)
            and (not self.template or message.template == self.template)
            and (not self.outcome or message.outcome == self.outcome)
        )


class Ledger:
    """Accepted messages in order of acceptance."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        # From the clock, not the seed: a simulator started again must not hand out ids it gave before.
        self._prefix = f"wamid.HBgM{time.time_ns() // 1000:X}"

    def __len__(self) -> int:
        return len(self.messages)

    def wamid(self, message: Message) -> str:
        """The id WhatsApp gave to `message`."""
        return message.id or f"{self._prefix}{message.index:08X}"

    def find(self, wanted: Wanted) -> Iterator[Message]:
        """Messages that match, oldest first."""
        start = bisect_left(self.messages, wanted.since, key=lambda message: message.accepted_at) if wanted.since else 0
        return (self.messages[n] for n in range(start, len(self.messages)) if wanted.matches(self.messages[n]))

    def shown(self, message: Message) -> Json:
        """`message` as the control API shows it."""
        return {
            "wamid": self.wamid(message),
            "phone_number_id": message.phone_number_id,
            "to": message.to,
            "wa_id": message.person if message.person.isdecimal() else None,
            "type": message.type,
            "template": message.template or None,
            "text": message.text,
            "callback_data": message.callback_data or None,
            "accepted_at": message.accepted_at,
            "outcome": message.outcome,
            "error": message.error or None,
        }


def summary(messages: Iterable[Message]) -> Json:
    """Counts over `messages`. Two messages to one person count as two, whatever they say."""
    per_person: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    for message in messages:
        per_person[message.person] += 1
        outcomes[message.outcome.value] += 1
        if message.error:
            errors[str(message.error)] += 1
    return {
        "accepted": per_person.total(),
        "distinct_recipients": len(per_person),
        "max_per_recipient": max(per_person.values(), default=0),
        "repeated_recipients": sum(1 for count in per_person.values() if count > 1),
        "outcomes": dict(outcomes),
        "errors": dict(errors),
    }
