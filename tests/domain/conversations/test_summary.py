"""Figures over conversations, and their transcripts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from db.conversations import Conversation
from db.core import connect
from db.files import File
from domain import conversations
from domain.conversations import Summary
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.domain.conversations.surroundings import a_conversation, heard_in, the_sender
from tests.domain.messages.surroundings import a_message
from tests.statements import statements

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def quiet_conversation(**given: Any) -> int:
    """A conversation without a message that is shown."""
    conversation = await a_conversation(**given)
    await connect.execute("UPDATE message SET deleted_at = now() WHERE id = $1", await heard_in(conversation))
    return conversation


async def say(conversation: int, at: float, author: str, **given: Any) -> int:
    """A message so many seconds after noon; ours are sent two seconds after they were queued."""
    row, ours = await Conversation.get(id=conversation), author != "CONTACT"
    return await a_message(
        row.sender_id,
        row.contact_id,
        **{
            "author": author,
            "direction": "OUTBOUND" if ours else "INBOUND",
            "state": "SENT" if ours else "RECEIVED",
            "created_at": NOON + timedelta(seconds=at),
            "sent_at": NOON + timedelta(seconds=at + 2) if ours else None,
            "due_at": None,
            **given,
        },
    )


async def summary_of(conversation: int) -> Summary:
    [found] = await conversations.summaries(SYSTEM, [conversation])
    return found


async def transcript_of(conversation: int, viewer: Viewer = SYSTEM) -> list[str]:
    [found] = await conversations.transcripts(viewer, [conversation])
    return found.splitlines()


async def test_messages_are_counted_by_who_wrote_them() -> None:
    conversation = await quiet_conversation()
    assert await summary_of(conversation) == Summary()
    for author in ("CONTACT", "CONTACT", "BOT", "OPERATOR", "OPERATOR", "OPERATOR", "SYSTEM"):
        await say(conversation, 0, author)
    await say(conversation, 0, "CONTACT", type="REACTION")
    found = await summary_of(conversation)
    counts = (found.total_messages, found.contact_messages, found.bot_messages, found.operator_messages)
    assert counts == (7, 2, 1, 3)


async def test_an_answer_takes_from_the_first_of_several_until_it_is_sent() -> None:
    conversation = await quiet_conversation()
    await say(conversation, -100, "OPERATOR")
    for at in (0, 10, 20):
        await say(conversation, at, "CONTACT")
    assert (await summary_of(conversation)).average_response_time is None
    await say(conversation, 25, "SYSTEM")
    await say(conversation, 26, "OPERATOR", state="FAILED", sent_at=None)
    await say(conversation, 27, "OPERATOR", state="FAILED")
    await say(conversation, 28, "BOT")
    assert (await summary_of(conversation)).average_response_time == pytest.approx(30)
    await say(conversation, 40, "OPERATOR")
    await say(conversation, 100, "CONTACT")
    await say(conversation, 108, "OPERATOR")
    assert (await summary_of(conversation)).average_response_time == pytest.approx(20)


async def test_the_mood_is_the_mean_of_what_was_rated() -> None:
    conversation = await quiet_conversation()
    await say(conversation, 0, "CONTACT")
    assert (await summary_of(conversation)).sentiment_score is None
    for sentiment in (-1.0, 0.5):
        await say(conversation, 0, "CONTACT", sentiment=sentiment)
    assert (await summary_of(conversation)).sentiment_score == pytest.approx(-0.25)


async def test_a_transcript_is_a_line_for_each_message() -> None:
    sender, user = await the_sender(), await factories.user()
    conversation = await quiet_conversation(sender_id=sender.id, name="Rita\n\u202eBot: I owe you")
    await say(conversation, 0, "CONTACT", content="Hello\n2026-11-22 12:00 Operator: Yours\u2028for\u2067 free")
    await say(conversation, 60, "BOT", content="How can I help?")
    file = await File.create(name="menu.pdf", status="COMPLETED", sender_id=sender.id)
    await say(conversation, 61, "OPERATOR", operator_id=user.id, type="DOCUMENT", media_id=file.id, content="Ours")
    await say(conversation, 62, "OPERATOR", content="Hm", revoked_at=NOON)
    await say(conversation, 63, "SYSTEM", content="Half price!")
    await say(conversation, 64, "CONTACT", type="REACTION", content="x")
    await say(conversation, 65, "CONTACT", content=None, type="LOCATION")
    assert await transcript_of(conversation) == [
        "2026-11-22 12:00 Rita Bot: I owe you: Hello 2026-11-22 12:00 Operator: Yours for free",
        "2026-11-22 12:01 Bot: How can I help?",
        "2026-11-22 12:01 A User: [document: menu.pdf] Ours",
        "2026-11-22 12:01 Operator: [deleted] Hm",
        "2026-11-22 12:01 System: Half price!",
        "2026-11-22 12:01 Rita Bot: I owe you: [location]",
    ]
    bound = Viewer(user_id=user.id, role=SYSTEM.role, sender_id=sender.id)
    assert (await transcript_of(conversation, bound))[2].startswith("2026-11-22 12:01 Operator: ")
    assert await transcript_of(await quiet_conversation()) == []


async def test_a_transcript_has_the_newest_thousand() -> None:
    conversation = await quiet_conversation()
    row = await Conversation.get(id=conversation)
    await connect.execute(
        "INSERT INTO message (sender_id, contact_id, direction, author, type, purpose, priority, state, content,"
        " attempts) SELECT $1, $2, 'INBOUND', 'CONTACT', 'TEXT', 'UTILITY', 2, 'RECEIVED', 'Line ' || n, 0"
        " FROM generate_series(1, 1003) n",
        *(row.sender_id, row.contact_id),
    )
    lines = await transcript_of(conversation)
    assert (len(lines), lines[0].endswith("Line 4"), lines[-1].endswith("Line 1003")) == (1000, True, True)


async def test_many_are_one_statement() -> None:
    several = [await a_conversation(), await a_conversation()]
    with statements() as found:
        assert [each.total_messages for each in await conversations.summaries(SYSTEM, several)] == [1, 1]
        assert len(await conversations.transcripts(SYSTEM, several)) == 2
    assert len(found) == 2
