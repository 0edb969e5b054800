"""What people say of our marketing: to WhatsApp, or to us with a word such as STOP or START.

A word counts when it is the whole message, compared without case, accents and punctuation. The built-in lists are ours:
what the law of the United States names (47 CFR 64.1200(a)(10)) without `cancel` and `end`, which answer questions too,
and what the same is in the languages that most people use WhatsApp in. The settings add to them. The caption of a file
is its whole text, so that STOP under a picture stops; START there agrees to nothing, since it may tell of the picture.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache

from asyncpg import Record

from db.contacts import ConsentSource, Contact, OptInStatus
from db.messages import MessageAuthor, MessageType
from db.templates import TemplateCategory
from domain import settings
from domain.contacts import say
from domain.conversations import WINDOW
from domain.inbound.envelope import Preference, Written
from domain.messages.content import Draft
from domain.messages.queueing import queue

Kept = tuple[Written, Record]
"""A message, and its row: id, sender_id, contact_id."""

STOP = {
    "ar": "توقف|إيقاف|إلغاء الاشتراك",
    "cs": "odhlásit|zrušit odběr",
    "da": "afmeld|stop beskeder",
    "de": "stopp|abmelden|abbestellen|keine Werbung",
    "el": "διακοπή|διαγραφή",
    "en": "stop|stop all|stopall|unsubscribe|opt out|optout|quit|revoke|stop promotions",
    "es": "baja|dar de baja|darme de baja|detener|parar|cancelar suscripción|no más mensajes",
    "fi": "lopeta|peruuta tilaus",
    "fr": "arrêt|arrêter|stop pub|désabonner|me désabonner|désinscrire|désinscription",
    "he": "הסר|הפסק",
    "hi": "रोकें|बंद करें|बंद करो",
    "hu": "leiratkozás|leiratkozom",
    "id": "berhenti|berhenti berlangganan",
    "it": "disiscrivimi|disiscrizione|cancellami|annulla iscrizione",
    "ja": "停止|配信停止",
    "ko": "수신거부|중지",
    "nl": "afmelden|uitschrijven|stoppen",
    "no": "avmeld|stopp meldinger",
    "pl": "wypisz|wypisz mnie|rezygnuję",
    "pt": "parar|pare|sair|descadastrar|cancelar inscrição|cancelar subscrição|não quero mais mensagens",
    "ro": "dezabonare|dezabonează",
    "ru": "стоп|отписаться|отписка",
    "sv": "avregistrera|sluta",
    "tr": "abonelikten çık|ret|durdur",
    "uk": "відписатися|відписка",
    "zh": "退订|退訂|停止",
}
START = {
    "ar": "ابدأ|اشتراك",
    "de": "anmelden|abonnieren",
    "en": "start|unstop|subscribe|resubscribe|opt in|optin",
    "es": "alta|suscribir|suscribirme",
    "fr": "abonner|m'abonner|réabonner",
    "he": "התחל|הצטרף",
    "hi": "शुरू करें",
    "id": "mulai|berlangganan",
    "it": "iscrivimi|riprendi",
    "ja": "開始|配信再開",
    "ko": "수신동의|시작",
    "nl": "aanmelden|inschrijven",
    "pl": "zapisz|zapisz mnie",
    "pt": "iniciar|inscrever|cadastrar",
    "ru": "старт|подписаться",
    "tr": "abone ol|başlat",
    "uk": "підписатися",
    "zh": "订阅|訂閱|开始",
}

_SAYING = (MessageType.TEXT, MessageType.INTERACTIVE_REPLY)
_CAPTIONED = (MessageType.IMAGE, MessageType.VIDEO, MessageType.DOCUMENT)
_LONGEST = 60
"""Characters of a message that may be such a word; settings take up to 50."""


def plain(text: str) -> str:
    """A text without case, accents and punctuation, its words with one space between them."""
    # The Turkish ı is an i to whoever writes in capitals.
    letters = unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
    kept = (
        " " if char.isspace() else char
        for char in letters
        if char.isspace() or unicodedata.category(char)[0] in "LN" or _is_vowel(char)
    )
    return " ".join("".join(kept).split())


def _is_vowel(char: str) -> bool:
    """Marks that are letters, as vowels in Hindi are: accents combine, these do not."""
    return unicodedata.category(char)[0] == "M" and not unicodedata.combining(char)


@cache
def _built_in(lists: str) -> frozenset[str]:
    words = STOP if lists == "STOP" else START
    return frozenset(plain(word) for of_one in words.values() for word in of_one.split("|"))


@lru_cache(maxsize=8)
def _of_settings(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(plain, words))


def wants(text: str | None, stop_words: Sequence[str] = (), start_words: Sequence[str] = ()) -> bool | None:
    """Whether a text asks for marketing, or for none; None where it does neither. Words of settings go first."""
    if not text or len(text) > _LONGEST:
        return None
    said = plain(text)
    for words, wanted in ((stop_words, False), (start_words, True)):
        if said in _of_settings(tuple(words)):
            return wanted
    if said in _built_in("STOP"):
        return False
    return True if said in _built_in("START") else None


@dataclass(frozen=True, slots=True)
class _Choice:
    wanted: bool
    at: datetime | None
    contact_id: int
    said: Kept | None = None
    """The message that says so; None where WhatsApp was told."""


async def heed(kept: Iterable[Kept], preferences: Iterable[tuple[int, Preference]]) -> None:
    """Changes what people agree to, by the newest of their words, and confirms it to them where settings say how.

    Their contacts are locked by now; see contacts_of.
    """
    consent = (await settings.current()).consent
    choices = [
        _Choice(wanted, message.at, row["contact_id"], (message, row))
        for message, row in kept
        if not message.echo and message.said.type in (*_SAYING, *_CAPTIONED)
        if (wanted := wants(message.said.content, consent.stop_words, consent.start_words)) is not None
        if message.said.type in _SAYING or not wanted
    ]
    choices += [_Choice(preference.wanted, preference.at, id) for id, preference in preferences]
    now = datetime.now(UTC)
    for choice in sorted(choices, key=lambda choice: choice.at or now):
        has_changed = await _change(choice)
        text = consent.opt_in_reply if choice.wanted else consent.opt_out_reply
        if has_changed and text and choice.said is not None and choice.said[0].at + WINDOW > now:
            await _reply(*choice.said, text)


async def _reply(message: Written, row: Record, text: str) -> None:
    """Queues a confirmation, once for each message."""
    await queue(
        Draft(MessageType.TEXT, text),
        sender_id=row["sender_id"],
        contact_id=row["contact_id"],
        address=message.person.address,
        author=MessageAuthor.SYSTEM,
        purpose=TemplateCategory.UTILITY,
        reply_to_id=row["id"],
        correlation_id=f"consent {message.provider_message_id}"[:255],
    )


async def _change(choice: _Choice) -> bool:
    """Whether somebody agrees now, or declines, who did not before."""
    status = OptInStatus.OPTED_IN if choice.wanted else OptInStatus.OPTED_OUT
    before = await Contact.get(id=choice.contact_id)
    source = ConsentSource.WHATSAPP if choice.said is None else ConsentSource.KEYWORD
    words = None if choice.said is None else choice.said[0].said.content
    await say([before.id], TemplateCategory.MARKETING, status, source, proof=words, at=choice.at)
    after = await Contact.get(id=choice.contact_id)
    return before.opt_in_status is not status and after.opt_in_status is status
