"""Who a message goes to: phones, the wa_id WhatsApp chose for them (section E), business-scoped user ids (A9)."""

import re
import zlib

from simulator.settings import Settings

_BSUID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[0-9A-Za-z]{1,128}")
_NOT_DIGITS = re.compile(r"\D+")
# A user id is the phone, scrambled by a multiplication that can be undone: a million people need no table.
_MODULUS = 10**20
_SCRAMBLE = 73_939_133_000_000_000_0917
_UNSCRAMBLE = pow(_SCRAMBLE, -1, _MODULUS)
_COUNTRIES = {
    "351": "PT",
    "52": "MX",
    "55": "BR",
    "54": "AR",
    "44": "GB",
    "49": "DE",
    "91": "IN",
    "34": "ES",
    "1": "US",
}


def is_bsuid(text: str) -> bool:
    """Whether `text` has the form of a business-scoped user id, such as PT.40817263554433221100."""
    return _BSUID.fullmatch(text) is not None


def digits(text: str) -> str:
    """`text` without plus, blanks, brackets and hyphens."""
    return text if text.isdecimal() else _NOT_DIGITS.sub("", text)


def wa_id_of(phone: str, settings: Settings) -> str:
    """The wa_id of a phone's digits: in Mexico with a 1 after 52, in Brazil without the ninth digit (section E)."""
    if settings.wa_id_variants:
        if len(phone) == 12 and phone.startswith("52"):
            return f"521{phone[2:]}"
        if len(phone) == 13 and phone.startswith("55") and phone[4] == "9":
            return phone[:4] + phone[5:]
    return phone


def _bsuid_of(wa_id: str) -> str:
    country = next((_COUNTRIES[wa_id[:n]] for n in (3, 2, 1) if wa_id[:n] in _COUNTRIES), "ZZ")
    return f"{country}.{int('1' + wa_id) * _SCRAMBLE % _MODULUS:020d}"


def _wa_id_of_bsuid(bsuid: str) -> str:
    """The wa_id behind a user id made here; empty for an id from elsewhere."""
    number = bsuid.rpartition(".")[2]
    if number.isdecimal() and len(number) == 20:
        plain = str(int(number) * _UNSCRAMBLE % _MODULUS)
        if plain.startswith("1") and 8 <= len(plain) <= 16 and _bsuid_of(plain[1:]) == bsuid:
            return plain[1:]
    return ""


def on_whatsapp(person: str, settings: Settings) -> bool:
    """Whether messages can reach `person`; one without a phone always has WhatsApp."""
    if not person.isdecimal():
        return True
    if not 7 <= len(person) <= 15:
        return False
    if settings.not_on_whatsapp_suffix and person.endswith(settings.not_on_whatsapp_suffix):
        return False
    if any(wa_id_of(digits(phone), settings) == person for phone in settings.not_on_whatsapp):
        return False
    share = settings.not_on_whatsapp_share
    return not share or zlib.crc32(f"{settings.seed}:{person}".encode()) / 2**32 >= share


def chosen(person: str, share: float, what: str, seed: int) -> bool:
    """Whether `person` is one of a share of all people: always the same for one seed, another share for each `what`."""
    return bool(share) and zlib.crc32(f"{what}:{seed}:{person}".encode()) / 2**32 < share


class People:
    """User ids and phones of the same people: made up, unless the control API named both."""

    def __init__(self) -> None:
        self._wa_ids: dict[str, str] = {}
        self._bsuids: dict[str, str] = {}

    def learn(self, bsuid: str, wa_id: str) -> None:
        """`bsuid` is the user id of `wa_id` from now on."""
        self._wa_ids[bsuid] = wa_id
        self._bsuids[wa_id] = bsuid

    def bsuid(self, wa_id: str) -> str:
        """The user id of a wa_id: one and the same for all numbers of the business."""
        return self._bsuids.get(wa_id) or _bsuid_of(wa_id)

    def person(self, bsuid: str) -> str:
        """The wa_id behind a user id; a person without a phone is the user id itself."""
        return self._wa_ids.get(bsuid) or _wa_id_of_bsuid(bsuid) or bsuid
