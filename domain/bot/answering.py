"""Answering: what the bot makes of what a contact said: words of its own, or a call for a person."""

import asyncio
import time
import unicodedata
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from db.conversations import EscalationReason
from db.messages import MessageAuthor
from domain import settings
from domain.bot import feelings, languages, models, moods, turns
from domain.bot.knowledge.finding import as_sources, search_all
from domain.bot.knowledge.passages import Found
from domain.bot.turns import MOST_ANSWERS, MOST_ATTEMPTS, Call, Reply, Said, Turn, Verdict
from domain.core.errors import utf16
from domain.core.words import is_seen, unturned
from domain.settings import Settings

log = structlog.get_logger()

PASSAGES = 5
"""That a model is shown."""
MOST_ASKED = 8000
"""Characters of a burst that are looked at, the last."""
UPSET = -0.5
"""Mood of a burst from which on a person is called; -1 is the worst."""
_RENEW_SECONDS = turns.LEASE / 3
_NOTE = 300
"""Characters of what was said that stand in the note of an escalation."""

_Made = list[tuple[Turn, Verdict]]


async def answer(taken: Sequence[Turn]) -> None:
    """Makes the answers of claimed turns, and queues each as it is due. One that fails is taken again, some times."""
    try:
        await _say(await _held(taken, _verdicts(taken)))
    except asyncio.CancelledError:
        # The worker stops: another one shall not wait for the leases to run out.
        await turns.give_back(taken)
        raise
    except Exception as error:
        if len(taken) == 1:
            log.error("turn_failed", conversation_id=taken[0].conversation_id, error=repr(error))
            await _hold(taken, 2 ** taken[0].attempts)
            return
        log.warning("turns_not_answered", turns=len(taken), exc_info=True)
        # A bad one keeps no other; and what was ended already is not there any more.
        for turn in taken:
            await answer([turn])


async def _held(taken: Sequence[Turn], making: Coroutine[Any, Any, _Made]) -> _Made:
    """What is made of turns, which stay claimed meanwhile, however long a model takes; nothing once none is ours."""
    task = asyncio.create_task(making)
    try:
        while not (await asyncio.wait([task], timeout=_RENEW_SECONDS))[0]:
            if not await _hold(taken, turns.LEASE):
                return []
        return task.result()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _hold(taken: Sequence[Turn], seconds: float) -> bool:
    """Keeps turns from others for so many seconds from now on; whether one is ours still, as far as can be told."""
    try:
        return await turns.give_back(taken, seconds=seconds) > 0
    except Exception:
        # The lease that they have outlasts a renewal or two; a model's answer is worth more than this one.
        log.warning("turns_not_held", turns=len(taken), exc_info=True)
        return True


async def _say(made: Sequence[tuple[Turn, Verdict]]) -> None:
    left = sorted(made, key=lambda each: each[0].due)
    while left:
        await asyncio.sleep(max(0.0, left[0][0].due - time.monotonic()))
        now = time.monotonic()
        due = [each for each in left if each[0].due <= now]
        if due:
            await turns.settle(due)
        left = left[len(due) :]


@dataclass(frozen=True, slots=True)
class Composed:
    """What the bot would say to a question; text is None where it is not sure enough."""

    text: str | None
    confidence: float
    model: str | None = None
    tokens: int = 0
    sources: Sequence[dict[str, Any]] = ()
    """Of an answer what it leans on, else what was found: {"file_id", "passage", "score"}, the best first."""
    mood: float | None = None
    """As a model sees it."""
    person: bool = False
    """A model says that a person is needed."""


async def compose(
    question: str,
    *,
    said: Sequence[Said] = (),
    before: Sequence[Said] = (),
    id: int | None = None,
    language: str = "en",
) -> Composed:
    """The answer to a question from the knowledge, in a conversation or none: a model's, else the best passage."""
    given = await settings.current()
    [found] = await _found([(question, id)], given)
    return await _composed(question, found, given, said, before, language)


async def _found(asked: Sequence[tuple[str, int | None]], given: Settings) -> list[list[Found]]:
    return await search_all(asked, most=PASSAGES) if given.features.rag_enabled else [[] for _ in asked]


async def _composed(
    question: str, found: Sequence[Found], given: Settings, said: Sequence[Said], before: Sequence[Said], language: str
) -> Composed:
    sources = as_sources(found)
    least = given.bot.escalation_threshold
    if models.is_set():
        asked = said or [Said(0, MessageAuthor.CONTACT, question)]
        told = await models.ask(asked, before, [each.text for each in found], language=language)
        if told is not None:
            text = _fit(told.text or "", given)
            sure = bool(text) and told.confidence >= least
            return Composed(
                text if sure else None,
                told.confidence if text else 0.0,
                told.model,
                told.tokens,
                [sources[n] for n in told.sources] if sure else sources,
                told.mood,
                told.escalate,
            )
    if not found:
        return Composed(None, 0.0)
    sure = found[0].score >= least
    return Composed(
        _fit(found[0].text, given) if sure else None, found[0].score, sources=sources[:1] if sure else sources
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a turn asks, where the question itself does not say what is to be done."""

    turn: Turn
    question: str
    language: str


async def _verdicts(taken: Sequence[Turn]) -> _Made:
    """Of all of them together: passages are looked for at once."""
    given = await settings.current()
    looked = [(turn, _look(turn, given)) for turn in taken]
    asked = [each for _, each in looked if isinstance(each, _Asked)]
    found = await _found([(each.question, each.turn.conversation_id) for each in asked], given) if asked else []
    made = await asyncio.gather(*(_conclude(*each, given) for each in zip(asked, found, strict=True)))
    concluded = iter(made)
    return [(turn, next(concluded) if isinstance(each, _Asked) else each) for turn, each in looked]


def _look(turn: Turn, given: Settings) -> _Asked | Verdict:
    said = turn.said
    if not said:
        # All of it was taken back, or deleted, meanwhile.
        return None
    calls = given.features.auto_escalation
    if turn.attempts > MOST_ATTEMPTS:
        return Call(EscalationReason.LOW_CONFIDENCE, "The bot failed to make an answer.") if calls else None
    if turn.answered >= MOST_ANSWERS:
        words = f"The bot has answered {turn.answered} times within an hour; the contact may be a bot, too."
        return Call(EscalationReason.TOO_MANY_ANSWERS, words) if calls else None
    question = "\n".join(each.text for each in said if each.text)[-MOST_ASKED:]
    detected = languages.detect(question) or turn.language
    language = (detected if given.features.multilingual_support else None) or given.bot.language
    if not question:
        return _unclear(turn, language, given)
    if calls and languages.asks_for_person(question):
        return Call(EscalationReason.REQUESTED, f"The contact asks for a person: {_cut(question)}")
    if calls and given.features.sentiment_analysis and (feelings.rate(question, detected) or 0) <= UPSET:
        return Call(EscalationReason.BAD_MOOD, f"The contact is upset: {_cut(question)}")
    return _Asked(turn, question, language)


async def _conclude(asked: _Asked, found: Sequence[Found], given: Settings) -> Verdict:
    turn, question, language = asked.turn, asked.question, asked.language
    said, calls = turn.said, given.features.auto_escalation
    before = await turns.history(turn, given.limits.max_conversation_length) if models.is_set() else []
    made = await _composed(question, found, given, said, before, language)
    if made.mood is not None and given.features.sentiment_analysis:
        await moods.keep([each.id for each in said], [made.mood] * len(said), instead=True)
    if calls and made.person:
        return Call(EscalationReason.REQUESTED, f"The model asks for a person: {_cut(question)}")
    if calls and given.features.sentiment_analysis and (made.mood or 0) <= UPSET:
        return Call(EscalationReason.BAD_MOOD, f"The contact is upset: {_cut(question)}")
    if made.text is not None:
        return Reply(made.text, made.confidence, made.model, made.tokens, made.sources, milliseconds=_since(turn.begun))
    if calls and made.confidence > 0:
        words = f"The bot is sure by {made.confidence:.2f}, and {given.bot.escalation_threshold:g} is asked for."
        return Call(EscalationReason.LOW_CONFIDENCE, f"{words} {_cut(question)}")
    return _unclear(turn, language, given)


def _unclear(turn: Turn, language: str, given: Settings) -> Verdict:
    """What understood nothing: the bot asks once to say it in other words, then calls a person."""
    if not turn.misunderstood:
        words = languages.rephrase(language, given.bot.language)
        return Reply(words, 0.0, understood=False, milliseconds=_since(turn.begun))
    if given.features.auto_escalation:
        return Call(EscalationReason.MISUNDERSTOOD, "The bot has understood nothing twice.")
    return None


def _since(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)


def _fit(text: str, given: Settings) -> str:
    """What WhatsApp takes: without control characters and marks that turn a text round, and not too long; nothing of
    what nobody would see."""
    kept = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs"))
    kept = unturned(kept).strip()
    if not is_seen(kept):
        return ""
    most = given.limits.max_message_length
    if utf16(kept) <= most:
        return kept
    units = kept.encode("utf-16-le")[: 2 * (most - 1)]
    return units.decode("utf-16-le", "ignore").rstrip() + "…"


def _cut(text: str) -> str:
    return text if len(text) <= _NOTE else f"{text[: _NOTE - 1]}…"
