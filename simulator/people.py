"""Who a message goes to: phones, the wa_id WhatsApp chose for them (section E), user ids (A9), habits.

Most people read what they get and say nothing. Others are told by the end of their number, so that +351 910 555 034 is
somebody who writes STOP, whoever runs the simulator and whenever:

    555000-555009  answer: press a button if there is one, else say something kind
    555010-555019  ask a question
    555020-555029  complain, and want a person
    555030-555039  write STOP
    555040-555049  are offline: delivered and read come after `offline_seconds`
    555050-555059  hide their number, and answer: no wa_id but a user id (Cloud API), …@lid that leads nowhere (WAHA)
    555060-555069  change their number, to the one with 556 in place of 555
    555070-555079  react, and take it back
    555080-555089  write something and edit it
    555090-555099  write something and delete it
    555100-555109  stop marketing in WhatsApp itself (as STOP where that is WAHA)
    555110-555119  are not on WhatsApp, like all numbers that end in 0000 (`not_on_whatsapp_suffix`)

The setting `people` gives shares of all others a habit: `answers=0.3,stops=0.01`. Who they are hangs on their number
and the seed alone. Nobody writes more than `people_turns` times a day of themselves to one number: two machines would
else talk for ever.
"""

import re
import zlib

from simulator.settings import Habit, Settings

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


HABITS = tuple(Habit)
_NAMES = ("Rita", "Bruno", "Ana", "João", "Inês", "Mateo", "Lucía", "Priya", "Chidi", "Yuki", "Lena", "Omar")
_SURNAMES = ("Sá", "Costa", "Silva", "Moreno", "García", "Okafor", "Patel", "Tanaka", "Schmidt", "Haddad", "Novak")


def habit_of(person: str, settings: Settings) -> Habit | None:
    """What somebody does, by the end of their number or by a share; most do nothing."""
    if settings.people_ranges and person[-6:-3] == "555" and person[-6:].isdecimal():
        place = int(person[-3:]) // 10
        if place < len(HABITS):
            return HABITS[place]
    if settings.people:
        at = zlib.crc32(f"habit:{settings.seed}:{person}".encode()) / 2**32
        for name, share in settings.people.items():
            if at < share:
                return Habit(name)
            at -= share
    return None


def name_of(person: str) -> str:
    """What somebody calls themselves, always the same."""
    number = zlib.crc32(person.encode())
    return f"{_NAMES[number % len(_NAMES)]} {_SURNAMES[number // 97 % len(_SURNAMES)]}"


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
    if not 7 <= len(person) <= 15 or habit_of(person, settings) is Habit.ABSENT:
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

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._wa_ids: dict[str, str] = {}
        self._bsuids: dict[str, str] = {}

    def learn(self, bsuid: str, wa_id: str) -> None:
        """`bsuid` is the user id of `wa_id` from now on."""
        self._wa_ids[bsuid] = wa_id
        self._bsuids[wa_id] = bsuid

    def hides(self, person: str) -> bool:
        """Whether webhooks name them by user id alone."""
        return habit_of(person, self._settings) is Habit.HIDES

    def bsuid(self, wa_id: str) -> str:
        """The user id of a wa_id: one and the same for all numbers of the business."""
        return self._bsuids.get(wa_id) or _bsuid_of(wa_id)

    def person(self, bsuid: str) -> str:
        """The wa_id behind a user id; a person without a phone is the user id itself."""
        return self._wa_ids.get(bsuid) or _wa_id_of_bsuid(bsuid) or bsuid
