"""Files that cannot be handed over: the messages that carry them are tried some times, and nobody else waits."""

import pytest

from db.core import connect
from domain.core.errors import ErrorCode
from domain.messages import dispatch
from domain.providers import media
from domain.providers.base import Account, NotSent
from domain.providers.media import Stored
from domain.providers.reactions import ProviderError, Reaction
from tests import factories
from tests.domain.files.surroundings import uploaded
from tests.domain.messages.surroundings import a_message, state_of
from tests.running import Simulator
from workers import messages


class Uploads:
    """Answers every upload with the same, or fails."""

    def __init__(self, answer: ProviderError | NotSent | Exception) -> None:
        self.answer = answer
        self.count = 0

    async def __call__(self, account: Account, file: Stored) -> ProviderError | NotSent:
        self.count += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def dispatched(sender: int, message: int, times: int) -> tuple[str, int]:
    for _ in range(times):
        await connect.execute("UPDATE message SET due_at = now() WHERE id = $1 AND due_at IS NOT NULL", message)
        await messages.dispatch(sender)
    row = await connect.row("SELECT state, attempts FROM message WHERE id = $1", message)
    assert row is not None
    return row["state"], row["attempts"]


@pytest.mark.parametrize(
    "answer",
    [
        ProviderError(None, ErrorCode.WHATSAPP_API_ERROR, "HTTP 503", Reaction.RETRY),
        ProviderError(131053, ErrorCode.WHATSAPP_API_ERROR, "Media upload error", Reaction.UPLOAD_ANEW),
        KeyError("a fault of ours"),
    ],
)
async def test_what_is_refused_again_and_again_fails(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, answer: ProviderError | Exception
) -> None:
    monkeypatch.setattr(media, "upload", uploads := Uploads(answer))
    sender, file = await factories.sender(), await uploaded()
    message, other = await a_message(sender.id, type="IMAGE", media_id=file.id), await a_message(sender.id)
    assert await dispatched(sender.id, message, 1) == ("QUEUED", 1)
    assert await state_of(other) == "SENT"
    state, _ = await dispatched(sender.id, message, dispatch.MOST_ATTEMPTS + 1)
    assert (state, uploads.count) == ("FAILED", dispatch.MOST_ATTEMPTS)


async def test_while_whatsapp_is_away_it_waits_as_every_message_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "upload", Uploads(NotSent("Nobody listens.")))
    sender, file = await factories.sender(), await uploaded()
    message = await a_message(sender.id, type="IMAGE", media_id=file.id)
    assert await dispatched(sender.id, message, dispatch.MOST_ATTEMPTS + 1) == ("QUEUED", 0)
