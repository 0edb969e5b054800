"""What becomes of a send through WAHA, at socket level, and what is posted for each kind of content."""

from datetime import UTC, datetime
from typing import Any

import httpx
import orjson
import pytest
from pydantic import SecretStr

from db.core.settings import get_settings
from db.senders import SenderProvider
from domain.core.errors import ErrorCode
from domain.providers import waha_bodies, waha_calls
from domain.providers.base import (
    Accepted,
    Account,
    Cards,
    Content,
    Emoji,
    InDoubt,
    Interactive,
    Media,
    NotSent,
    Outcome,
    Outgoing,
    Place,
    Refused,
    TemplateContent,
    Text,
)
from domain.providers.reactions import Reaction
from domain.providers.waha import Hindered, Waha
from tests.domain.providers.serving import (
    Handler,
    answering,
    close_after_request,
    close_at_once,
    garbage,
    never_answer,
    reset_after_request,
    reset_at_once,
    serving,
)
from tests.running import free_port

MESSAGE = Outgoing("351910000111@c.us", "1.x", Text("Hello"))
NAMED = Outgoing("351910000111@c.us", "1.x", Text("Hello"), id="3EB0")


async def send_to(url: str, monkeypatch: pytest.MonkeyPatch, message: Outgoing = MESSAGE) -> Outcome:
    monkeypatch.setattr(get_settings(), "waha_url", url)
    return await Waha(Account(1, "", "", SenderProvider.WAHA, "clinic")).send(message)


@pytest.mark.parametrize(
    "handler",
    [
        pytest.param(close_at_once, id="accepted and closed"),
        pytest.param(reset_at_once, id="accepted and reset"),
        pytest.param(close_after_request, id="closed after the request"),
        pytest.param(reset_after_request, id="reset after the request"),
        pytest.param(never_answer, id="no answer in time"),
        pytest.param(garbage, id="no HTTP"),
        pytest.param(answering(201, b'{"id":"3E', length=500), id="answer cut short"),
        pytest.param(answering(302, b""), id="redirect"),
        pytest.param(answering(500, b'{"statusCode":500,"exception":{"message":"Evaluation failed"}}'), id="500"),
        pytest.param(answering(502, b"<html>Bad Gateway</html>"), id="502 HTML"),
        pytest.param(answering(503, b""), id="503 empty"),
        pytest.param(answering(400, b"Bad Request"), id="400 without words"),
    ],
)
async def test_a_connection_that_was_made_leaves_doubt(handler: Handler, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where we chose the id: that it was named says nothing of whether it left."""
    async with serving(handler) as url:
        assert isinstance(await send_to(url, monkeypatch), InDoubt)
        assert isinstance(await send_to(url, monkeypatch, NAMED), InDoubt)


async def test_no_connection_is_surely_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(await send_to(f"http://127.0.0.1:{free_port()}", monkeypatch), NotSent)
    assert isinstance(await send_to("http://no-such-host.invalid", monkeypatch), NotSent)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"id": "true_351910000111@c.us_3EB0"}, id="plain"),
        pytest.param({"id": "3EB0"}, id="bare"),
        pytest.param({"id": {"id": "3EB0", "_serialized": "true_351910000111@c.us_3EB0"}}, id="WEBJS"),
        pytest.param({"key": {"remoteJid": "351910000111@s.whatsapp.net", "fromMe": True, "id": "3EB0"}}, id="NOWEB"),
        pytest.param({"id": "true_1203@g.us_3EB0_351910000333@c.us"}, id="with a participant"),
    ],
)
async def test_the_id_is_found_wherever_the_engine_has_it(body: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(answering(201, orjson.dumps(body))) as url:
        assert await send_to(url, monkeypatch) == Accepted("clinic:3EB0")


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"[]", b'{"id":null}', b"<html>ok</html>"])
async def test_a_success_without_an_id_is_one_only_where_we_chose_it(
    body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(answering(201, body)) as url:
        assert await send_to(url, monkeypatch, NAMED) == Accepted("clinic:3EB0")
        assert isinstance(await send_to(url, monkeypatch), InDoubt)


_NOT_READY = {"error": "Session status is not as expected", "session": "clinic", "status": "STARTING", "expected": []}


@pytest.mark.parametrize(
    ("status", "body", "reaction", "words"),
    [
        (401, {"message": "Unauthorized", "statusCode": 401}, Reaction.PAUSE_SENDER, "WAHA_API_KEY"),
        (403, {"message": "Forbidden", "statusCode": 403}, Reaction.PAUSE_SENDER, "Forbidden"),
        (422, _NOT_READY, Reaction.PAUSE_SENDER, "the session is STARTING"),
        (404, {"message": "We didn't find a session with name 'clinic'."}, Reaction.PAUSE_SENDER, "didn't find"),
        (429, {"message": "Too Many Requests"}, Reaction.SLOW, "Too Many"),
        (400, {"message": ["chatId must be a string"], "error": "Bad Request"}, Reaction.FAIL, "Bad Request"),
        (404, {"message": "Chat not found"}, Reaction.FAIL, "Chat not found"),
        (413, {"message": "request entity too large"}, Reaction.FAIL, "too large"),
        (422, {"message": "The media could not be fetched", "error": "x"}, Reaction.FAIL, "could not be fetched"),
        (501, {"message": "Method is not implemented by 'WEBJS' engine."}, Reaction.FAIL, "not implemented"),
    ],
)
async def test_what_waha_refuses(
    status: int, body: Any, reaction: Reaction, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(answering(status, orjson.dumps(body))) as url:
        outcome = await send_to(url, monkeypatch)
    assert isinstance(outcome, Refused)
    assert (outcome.error.reaction, outcome.error.code) == (reaction, ErrorCode.WHATSAPP_API_ERROR)
    assert outcome.error.provider_code == status
    assert words in outcome.error.message


async def test_without_a_waha_a_message_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = await send_to("", monkeypatch)
    assert isinstance(outcome, Refused)
    assert "WAHA_URL" in outcome.error.message


def test_words_hold_what_postgresql_cannot_keep_no_longer() -> None:
    assert waha_calls.words(httpx.Response(500, json={"exception": {"message": "a\0b"}})) == "ab (HTTP 500)."
    assert waha_calls.words(httpx.Response(500, text="oops")) == "nothing that can be read (HTTP 500)."


# ---------------------------------------------------------------------------
# Bodies
# ---------------------------------------------------------------------------


def posted(content: Content, **given: Any) -> tuple[str, dict[str, Any]]:
    method, path, body = waha_bodies.request("clinic", Outgoing("+351910000111", "c", content, **given))
    assert (method == "PUT") is (path == "/api/reaction")
    assert body.pop("session") == "clinic"
    return path, body


def test_text_and_what_it_quotes() -> None:
    path, body = posted(Text("Olá"), reply_to="clinic:3EB1", id="3EB0")
    assert path == "/api/sendText"
    assert body == {
        "chatId": "351910000111@c.us",
        "text": "Olá",
        "linkPreview": True,
        "reply_to": "false_351910000111@c.us_3EB1",
        "id": "3EB0",
    }
    assert posted(Text("x"), reply_to="clinic:3EB1", quotes_own=True)[1]["reply_to"].startswith("true_")


def test_people_without_a_phone() -> None:
    assert waha_bodies.chat_of("123@lid") == "123@lid"
    with pytest.raises(Exception, match="business-scoped"):
        waha_bodies.chat_of("PT.408")


@pytest.mark.parametrize(
    ("media", "path", "file", "caption"),
    [
        (Media("IMAGE", link="https://x.example/a.png?s=1", caption="c"), "sendImage", "image/png", "c"),
        (Media("VIDEO", link="https://x.example/a"), "sendVideo", "video/mp4", None),
        (Media("DOCUMENT", link="https://x.example/1", filename="i.pdf"), "sendFile", "application/pdf", None),
        (Media("AUDIO", link="https://x.example/a.mp3"), "sendFile", "audio/mpeg", None),
        (Media("VOICE", link="https://x.example/1"), "sendVoice", "audio/ogg; codecs=opus", None),
        (Media("STICKER", link="https://x.example/1"), "sendImage", "image/webp", None),
    ],
)
def test_files(media: Media, path: str, file: str, caption: str | None) -> None:
    called, body = posted(media)
    assert (called, body["file"]["mimetype"], body["file"]["url"]) == (f"/api/{path}", file, media.link)
    assert body["file"].get("filename") == media.filename
    assert body.get("caption") == caption
    assert (body.get("convert") is False) is (media.kind == "VOICE")


def details(**given: Any) -> Any:
    return {"kind": "interactive", "header": None, "footer": None, "buttons": [], "sections": [], **given}


def test_buttons_become_lines() -> None:
    around = details(
        header={"format": "TEXT", "text": "Visit"},
        footer="Clinic",
        buttons=[
            {"type": "REPLY", "title": "Keep", "payload": "k"},
            {"type": "REPLY", "title": "Move", "payload": "m"},
        ],
    )
    path, body = posted(Interactive("Keep Friday?", around))
    assert path == "/api/sendText"
    assert body["text"] == "*Visit*\n\nKeep Friday?\n\n_Clinic_\n\n1. Keep\n2. Move"


def test_lists_links_phones_and_codes_become_lines() -> None:
    rows = [{"payload": "f10", "title": "10:00", "description": "Room 2"}, {"payload": "f11", "title": "11:00"}]
    around = details(
        buttons=[{"type": "LIST", "title": "Slots"}],
        sections=[{"title": "Friday", "rows": rows}, {"title": None, "rows": [{"payload": "s", "title": "Later"}]}],
    )
    assert posted(Interactive("Pick", around))[1]["text"] == ("Pick\n\nFriday\n1. 10:00 – Room 2\n2. 11:00\n3. Later")
    buttons = [
        {"type": "URL", "title": "Pay", "url": "https://x.example"},
        {"type": "PHONE", "title": "Call", "phone_number": "+351910000111"},
        {"type": "CODE", "title": "Copy", "code": "SUN25"},
    ]
    text = posted(Interactive("Pay", details(buttons=buttons)))[1]["text"]
    assert text == "Pay\n\nPay: https://x.example\nCall: +351910000111\nCopy: SUN25"


async def test_a_form_has_no_words(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Interactive("x", details(buttons=[{"type": "FLOW", "title": "Open", "flow_id": "1"}]))
    outcome = await send_to("http://127.0.0.1:1", monkeypatch, Outgoing("+351910000111", "c", form))
    assert isinstance(outcome, Refused)
    assert (outcome.error.code, outcome.error.reaction) == (ErrorCode.VALIDATION_ERROR, Reaction.FAIL)


def test_templates_leave_as_their_text_and_file() -> None:
    content = TemplateContent("visit", "pt_PT", "UTILITY", [{"type": "body"}], "Olá Rita", details(footer="Clinic"))  # pyright: ignore[reportArgumentType] - the column takes the word
    assert posted(content)[1]["text"] == "Olá Rita\n\n_Clinic_"
    picture = Media("IMAGE", link="https://x.example/a.png")
    path, body = posted(TemplateContent("visit", "pt_PT", "UTILITY", [], "Olá", None, picture))  # pyright: ignore[reportArgumentType] - as above
    assert (path, body["caption"], body["file"]["url"]) == ("/api/sendImage", "Olá", picture.link)


def test_places_cards_and_reactions() -> None:
    place = Place({"latitude": 41.15, "longitude": -8.61, "name": "Depot", "address": "Rua 5"})
    assert posted(place) == (
        "/api/sendLocation",
        {"chatId": "351910000111@c.us", "latitude": 41.15, "longitude": -8.61, "title": "Depot, Rua 5"},
    )
    card: Any = {"name": "Sá; Rita", "phone_numbers": ["+351910000111"], "emails": ["r@x.example"], "company": "A, B"}
    path, body = posted(Cards([card]))
    assert path == "/api/sendContactVcard"
    assert body["contacts"][0]["vcard"].split("\n") == [
        "BEGIN:VCARD",
        "VERSION:3.0",
        "FN:Sá\\; Rita",
        "N:;Sá\\; Rita;;;",
        "ORG:A\\, B;",
        "TEL;type=CELL;waid=351910000111:+351910000111",
        "EMAIL:r@x.example",
        "END:VCARD",
    ]
    path, body = posted(Emoji("clinic:3EB1", "👍"))
    assert (path, body) == ("/api/reaction", {"messageId": "false_351910000111@c.us_3EB1", "reaction": "👍"})
    assert posted(Emoji("clinic:3EB1", None))[1]["reaction"] == ""


async def test_a_reaction_needs_no_id(monkeypatch: pytest.MonkeyPatch) -> None:
    reaction = Outgoing("+351910000111", "7.abc", Emoji("clinic:3EB1", "👍"))
    async with serving(answering(200, b"")) as url:
        assert await send_to(url, monkeypatch, reaction) == Accepted("clinic:reaction-7.abc")


async def test_our_key_goes_along(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "waha_api_key", SecretStr("a-key"))
    monkeypatch.setattr(get_settings(), "waha_url", "http://waha:3000/")
    url, headers = waha_calls.address("/api/sendText")
    assert (url, headers["X-Api-Key"]) == ("http://waha:3000/api/sendText", "a-key")


async def look_up(told: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    async def ask(*_: object) -> Any:
        return told

    monkeypatch.setattr(Waha, "_ask", ask)
    return await Waha(Account(1, "", "", SenderProvider.WAHA, "clinic")).look_up(MESSAGE, datetime.now(UTC))


async def test_what_whatsapp_did_not_take_has_not_left_though_it_stands_in_the_chat(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ours = {"fromMe": True, "body": "Hello", "hasMedia": False, "timestamp": datetime.now(UTC).timestamp()}
    refused, taken = {**ours, "id": "true_351910000111@c.us_A", "ack": -1}, {**ours, "id": "true_351910000111@c.us_B"}
    assert len(await look_up([refused, taken], monkeypatch)) == 1
    assert await look_up([refused, {**taken, "fromMe": False}, {**ours, "ack": 1}, "?", None], monkeypatch) == []


@pytest.mark.parametrize("told", [{"messages": []}, "no", 7])
async def test_a_chat_that_cannot_be_read_leaves_it_in_doubt(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Hindered) as hindered:
        await look_up(told, monkeypatch)
    assert isinstance(hindered.value.outcome, NotSent)
