"""The bytes of a webhook: the envelope of C4, the signature of C2."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.ledger import Ledger
from simulator.numbers import Numbers
from simulator.people import People
from simulator.statuses import Status, contact_json, status_json
from simulator.wire import Json, ascii_json

MAX_BYTES = 3_000_000
"""Meta's cap on one POST (C3)."""


@dataclass(slots=True, frozen=True)
class Change:
    """An update that is not a status: an inbound message or news of the account."""

    waba_id: str
    field: str
    value: Json


Update = Status | Change


def signature(body: bytes, app_secret: str) -> str:
    """The value of X-Hub-Signature-256 over exactly these bytes."""
    return f"sha256={hmac.digest(app_secret.encode(), body, 'sha256').hex()}"


class Envelopes:
    """Puts updates into envelopes: an entry a WABA, a change a number, as many statuses as there are."""

    def __init__(self, numbers: Numbers, people: People, ledger: Ledger, clock: Clock) -> None:
        self._numbers = numbers
        self._people = people
        self._ledger = ledger
        self._clock = clock

    def bodies(self, updates: Sequence[Update]) -> list[tuple[bytes, int]]:
        """The updates as one body, or as several where it would pass 3 MB; each with how many it tells."""
        body = ascii_json(self._envelope(updates))
        if len(body) <= MAX_BYTES or len(updates) < 2:
            return [(body, len(updates))]
        half = len(updates) // 2
        return self.bodies(updates[:half]) + self.bodies(updates[half:])

    def _envelope(self, updates: Sequence[Update]) -> Json:
        changes: dict[str, list[Json]] = {}
        statuses: dict[str, list[Json]] = {}
        values: dict[str, Json] = {}
        contacts: dict[str, dict[str, Json]] = {}
        people = self._people if self._numbers.settings.bsuids else None
        for update in updates:
            if isinstance(update, Change):
                changes.setdefault(update.waba_id, []).append({"field": update.field, "value": update.value})
                continue
            phone_number_id = update.message.phone_number_id
            if phone_number_id not in values:
                value = values[phone_number_id] = self.value(phone_number_id)
                value["statuses"] = statuses[phone_number_id] = []
                contacts[phone_number_id] = {}
                waba_id = self._numbers.waba_id(phone_number_id)
                changes.setdefault(waba_id, []).append({"field": "messages", "value": value})
            statuses[phone_number_id].append(status_json(self._ledger.wamid(update.message), update, people))
            contact = contact_json(update, people)
            if contact is not None:
                contacts[phone_number_id][update.message.person] = contact
        for phone_number_id, persons in contacts.items():
            if persons:
                values[phone_number_id]["contacts"] = list(persons.values())
        now = int(self._clock.now())
        entries = [{"id": waba_id, "time": now, "changes": each} for waba_id, each in changes.items()]
        return {"object": "whatsapp_business_account", "entry": entries}

    def value(self, phone_number_id: str) -> Json:
        """The start of every value of the field `messages`."""
        return {
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self._numbers.display(phone_number_id),
                "phone_number_id": phone_number_id,
            },
        }
