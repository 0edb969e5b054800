"""Phone numbers and accounts: what Meta tells about them, and what stops all that they send (A8, B1, C6)."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from simulator.clock import Clock
from simulator.errors import CloudError, title
from simulator.settings import TIERS, Settings
from simulator.wire import Json

_DAY = 86_400.0
_REFUSALS = {
    "ACCOUNT_RESTRICTION": 368,
    "ACCOUNT_DELETED": 33,
    "PARTNER_REMOVED": 10,
    "DISABLED_UPDATE": 131031,
    "ACCOUNT_VIOLATION": 0,
    "ACCOUNT_OFFBOARDED": 10,
    "ACCOUNT_RECONNECTED": 0,
}
"""What sends are refused with after an account_update; 0: they are not."""
EVENTS = tuple(_REFUSALS)


@dataclass(slots=True)
class Numbers:
    """Which account a number belongs to and how people see it; any number exists, by its first use."""

    settings: Settings
    used: dict[str, str] = field(default_factory=dict[str, str])
    """Each id by itself, so that a million messages share one string."""

    def waba_id(self, phone_number_id: str) -> str:
        """The WABA of the number."""
        return self.settings.waba_ids.get(phone_number_id, self.settings.waba_id)

    def all(self) -> list[str]:
        """The numbers that were used or that the settings name."""
        settings = self.settings
        named = (settings.waba_ids, settings.display_numbers, settings.quality_ratings, settings.throughputs)
        return list(dict.fromkeys([*self.used, *(number for each in named for number in each)]))

    def wabas(self) -> list[str]:
        """Every account that a number belongs to."""
        return list(dict.fromkeys([self.settings.waba_id, *self.settings.waba_ids.values()]))

    def display(self, phone_number_id: str) -> str:
        """The number's digits as people see them; made up from the id unless the settings name it."""
        named = self.settings.display_numbers.get(phone_number_id)
        return named or f"1555{phone_number_id[-7:].rjust(7, '0')}"

    def throughput(self, phone_number_id: str) -> float:
        """Messages a second; 0: no limit."""
        return self.settings.throughputs.get(phone_number_id, self.settings.throughput)


class Accounts:
    """Restrictions of accounts, and the users that all numbers of the portfolio together may begin with in a day."""

    def __init__(self, settings: Settings, numbers: Numbers, clock: Clock) -> None:
        self._settings = settings
        self._numbers = numbers
        self._clock = clock
        self._refusals: dict[str, tuple[str, float]] = {}
        """Event by WABA, and until when."""
        self._begun: OrderedDict[str, float] = OrderedDict()
        """Who was written to outside a window, and when their 24 hours began, oldest first."""

    # Restrictions

    def update(self, waba_id: str, event: str, seconds: float, state: str) -> Json:
        """What happens to an account: the `value` of account_update, and from here on the matching refusals."""
        now = self._clock.now()
        value: Json = {"event": event}
        match event:
            case "ACCOUNT_RESTRICTION":
                kind = state or "RESTRICTED_BIZ_INITIATED_MESSAGING"
                value["restriction_info"] = [{"restriction_type": kind, "expiration": int(now + seconds)}]
            case "ACCOUNT_VIOLATION":
                value["violation_info"] = {"violation_type": state or "SCAM"}
            case "DISABLED_UPDATE":
                date = datetime.fromtimestamp(now, UTC)
                written = f"{date:%B} {date.day}, {date.year}"
                value["ban_info"] = {"waba_ban_state": state or "DISABLE", "waba_ban_date": written}
            case "PARTNER_REMOVED":
                value["disconnection_info"] = {"reason": state or "ACCOUNT_DISCONNECTED", "initiated_by": "USER"}
            case _:
                pass
        lifted = event == "DISABLED_UPDATE" and state in ("REINSTATE", "SCHEDULE_FOR_DISABLE")
        if event == "ACCOUNT_RECONNECTED" or (lifted and state == "REINSTATE"):
            self._refusals.pop(waba_id, None)
        elif _REFUSALS[event] and not lifted:
            self._refusals[waba_id] = event, now + seconds if seconds else float("inf")
        return value

    def _refusal(self, waba_id: str) -> str:
        event, until = self._refusals.get(waba_id, ("", 0.0))
        return event if until > self._clock.now() else ""

    def check(self, phone_number_id: str, *, begins: bool) -> None:
        """Refuse a send of a number whose account is stopped; a restriction stops only what begins a conversation."""
        code = self._settings.number_refusals.get(phone_number_id)
        if code is not None:
            raise CloudError(code)
        if not self._refusals:
            return
        event = self._refusal(self._numbers.waba_id(phone_number_id))
        if event and (begins or event != "ACCOUNT_RESTRICTION"):
            raise CloudError(_REFUSALS[event])

    # The portfolio's limit

    def over(self, person: str) -> bool:
        """Count somebody who is written to outside a window; true when that is one more than the portfolio may."""
        cap = self._settings.portfolio_cap or TIERS[self._settings.messaging_limit]
        if not cap:
            return False
        now = self._clock.now()
        while self._begun and next(iter(self._begun.values())) <= now - _DAY:
            self._begun.popitem(last=False)
        if person in self._begun:
            return False
        if len(self._begun) >= cap:
            return True
        self._begun[person] = now
        return False

    # What Meta tells about a number

    def shown(self, phone_number_id: str) -> Json:
        """Everything of A8."""
        settings, numbers = self._settings, self._numbers
        waba_id, refused = numbers.waba_id(phone_number_id), settings.number_refusals.get(phone_number_id)
        event = self._refusal(waba_id)
        rate = numbers.throughput(phone_number_id)
        number_can = "AVAILABLE" if refused is None else "BLOCKED"
        account_can = "AVAILABLE" if not event else "LIMITED" if event == "ACCOUNT_RESTRICTION" else "BLOCKED"
        entities = [
            _entity("PHONE_NUMBER", phone_number_id, number_can, refused),
            _entity("WABA", waba_id, account_can, _REFUSALS[event] if event else None),
        ]
        worst = max(number_can, account_can, key=("AVAILABLE", "LIMITED", "BLOCKED").index)
        return {
            "id": phone_number_id,
            "display_phone_number": f"+{numbers.display(phone_number_id)}",
            "verified_name": settings.verified_names.get(phone_number_id, "Simulated business"),
            "quality_rating": settings.quality_ratings.get(phone_number_id, "GREEN"),
            "name_status": settings.name_statuses.get(phone_number_id, "APPROVED"),
            "status": "CONNECTED" if refused is None else "DISCONNECTED",
            "code_verification_status": settings.verifications.get(phone_number_id, "VERIFIED"),
            "platform_type": "CLOUD_API",
            "throughput": {"level": "HIGH" if not rate or rate >= 1000 else "STANDARD"},
            "whatsapp_business_manager_messaging_limit": settings.messaging_limit,
            "health_status": {"can_send_message": worst, "entities": entities},
        }


def _entity(kind: str, entity_id: str, can_send: str, code: int | None) -> Json:
    entity: Json = {"entity_type": kind, "id": entity_id, "can_send_message": can_send}
    if code:
        entity["errors"] = [
            {"error_code": code, "error_description": title(code), "possible_solution": "Wait or ask Meta."}
        ]
    return entity
