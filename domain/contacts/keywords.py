"""Words by which people want our marketing, or none of it.

A word counts when it is the whole message, compared without case, accents and punctuation. The built-in lists are ours:
what the law of the United States names (47 CFR 64.1200(a)(10)) without `cancel` and `end`, which answer questions too,
and what the same is in the languages that most people use WhatsApp in. The settings add to them.
"""

from collections.abc import Sequence
from functools import cache, lru_cache

from domain.core.words import plain

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

_LONGEST = 60
"""Characters of a message that may be such a word; settings take up to 50."""


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
