"""What words say of a mood: VADER's rules over its own lexicon of English, and over short lists of ours in others."""

from functools import cache

from vader import SentimentIntensityAnalyzer
from vader.data.emoji import EMOJI

from domain.core.words import plain

MOST_CHARACTERS = 1000
"""Of a text that are rated; longer ones take milliseconds."""

_EMOJI = {"😡": -3.0, "🤬": -3.5, "👿": -2.5, "🖕": -3.5, "👎": -2.0, "😤": -1.5, "👍": 1.5}
"""Those whose descriptions VADER's lexicon does not know, -4 to 4; in other languages than English all that count."""

# How much, as VADER has it, -4 to 4: words that hardly stand in a calm complaint, and their opposites.
_WORDS = {
    "de": {
        -3.0: "furchtbar|schrecklich|unverschamt|frechheit|betrug|betruger|abzocke|scheisse|wutend|katastrophe",
        -2.0: "schlecht|enttauscht|enttauschend|argerlich|inakzeptabel|unmoglich|lacherlich|mies|sauer|nervt",
        2.0: "danke|gut|toll|super|freundlich|zufrieden|prima",
        3.0: "wunderbar|perfekt|ausgezeichnet|begeistert|liebe",
    },
    "es": {
        -3.0: "pesimo|pesima|horrible|terrible|estafa|ladrones|mierda|furioso|furiosa|indignada",
        -2.0: "malo|mala|mal|verguenza|decepcionado|decepcionada|inaceptable|ridiculo|basura|molesto|molesta|harto",
        2.0: "gracias|bueno|buena|bien|genial|amable|contento|contenta",
        3.0: "excelente|perfecto|perfecta|maravilloso|encanta",
    },
    "fr": {
        -3.0: "horrible|affreux|scandaleux|scandale|arnaque|arnaqueurs|voleurs|merde|furieux|furieuse|degueulasse",
        -2.0: "mauvais|mauvaise|decu|decue|nul|nulle|honte|inacceptable|ridicule|enerve|enervee|inadmissible",
        2.0: "merci|bien|bon|bonne|super|gentil|content|contente",
        3.0: "excellent|parfait|parfaite|merveilleux|genial|adore",
    },
    "it": {
        -3.0: "pessimo|pessima|orribile|terribile|truffa|truffatori|ladri|schifo|merda|furioso|furiosa",
        -2.0: "male|brutto|deluso|delusa|vergogna|inaccettabile|ridicolo|arrabbiato|arrabbiata|stufo|stufa",
        2.0: "grazie|bene|buono|buona|gentile|contento|contenta",
        3.0: "ottimo|ottima|eccellente|perfetto|perfetta|fantastico",
    },
    "pt": {
        -3.0: "pessimo|pessima|horrivel|terrivel|golpe|ladroes|merda|furioso|furiosa|indignada",
        -2.0: "ruim|vergonha|decepcionado|decepcionada|absurdo|inaceitavel|ridiculo|irritado|irritada|enganaram",
        2.0: "obrigado|obrigada|bom|boa|bem|legal|gentil|satisfeito|satisfeita",
        3.0: "otimo|otima|excelente|perfeito|perfeita|maravilhoso|adorei",
    },
}
_NEGATIONS = {
    "de": "nicht|kein|keine|nie|niemals",
    "es": "no|nunca|jamas|tampoco|nada",
    "fr": "pas|jamais|aucun|aucune",
    "it": "non|mai|nessun|nessuna",
    "pt": "nao|nunca|jamais|nem|nada",
}


def rate(text: str, language: str | None) -> float | None:
    """The mood of a text, -1 to 1; None in a language that we know no words of. Emoji are the same in all of them."""
    text = text[:MOST_CHARACTERS]
    if language == "en" or not any(map(str.isalpha, text)):
        return _of("en").polarity_scores(text)["compound"] if text.strip() else None
    if language not in _WORDS:
        return None
    shown = " ".join(char for char in text if char in _EMOJI)
    return _of(language).polarity_scores(f"{plain(text)} {shown}{'!' * min(text.count('!'), 3)}")["compound"]


@cache
def _of(language: str) -> SentimentIntensityAnalyzer:
    # VADER reads emoji as the words that describe them.
    names = {emoji: f"emoji{n}" for n, emoji in enumerate(_EMOJI)}
    shown = {names[emoji]: score for emoji, score in _EMOJI.items()}
    if language == "en":
        return SentimentIntensityAnalyzer(extra_lexicon=shown, emoji={**EMOJI, **names})
    words = {word: score for score, of_score in _WORDS[language].items() for word in of_score.split("|")}
    return SentimentIntensityAnalyzer({**words, **shown}, negations=_NEGATIONS[language].split("|"), emoji=names)
