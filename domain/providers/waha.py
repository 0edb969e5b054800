"""WAHA, a gateway to WhatsApp Web (wire facts, part D): sending, and what its answers mean.

201 is not delivery. What WAHA explains with a status below 500 it has not sent. Anything else after a connection was
made may have been sent, its 500 too, which says only that something broke in the midst. An answer without an id is a
success where we chose the id ourselves, and else a doubt: without an id no ack would ever find the message, while in
doubt it is looked up in the chat before anything is sent again.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote

import aiohttp
import httpx
import orjson

from domain.core.errors import ErrorCode, Refusal
from domain.providers.base import (
    Accepted,
    Account,
    Emoji,
    InDoubt,
    NotSent,
    Outcome,
    Outgoing,
    Refused,
    client,
    unanswered,
)
from domain.providers.reactions import ProviderError, Reaction
from domain.providers.waha_bodies import chat_of, key, request, whole_id, words_of
from domain.providers.waha_calls import Json, address, answer, call, readable, words

_SKEW = 10.0
"""Seconds by which WAHA's clock may differ from ours; it gives whole ones."""
_LOOKED_THROUGH = 100
"""Messages of a chat, the newest, among which one in doubt is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a number is on WhatsApp: its chat, which may be spelled otherwise, and its LID where that is told."""

    chat: str | None
    lid: str | None = None


class Hindered(Exception):
    """A message cannot leave yet, or ever, for what WAHA says when it is asked beforehand."""

    def __init__(self, outcome: NotSent | Refused) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


class Waha:
    """A sender's way to WhatsApp through its session at WAHA."""

    def __init__(self, account: Account) -> None:
        self.session = account.session

    async def send(self, message: Outgoing) -> Outcome:
        """Posts once and says what became of it; it never raises for what WAHA or the network does."""
        try:
            method, path, body = request(self.session, message)
            url, headers = address(path)
        except Refusal as refusal:
            return Refused(ProviderError(None, refusal.code, refusal.message))
        try:
            response = await client().request(method, url, content=orjson.dumps(body), headers=headers)
        except (httpx.HTTPError, aiohttp.ClientError, OSError) as error:
            return unanswered(error)
        return self._answered(message, response)

    def _answered(self, message: Outgoing, response: httpx.Response) -> Outcome:
        if response.is_success:
            named = _id_in(readable(response)) or message.id
            if named is not None:
                return Accepted(key(self.session, named))
            if isinstance(message.content, Emoji):
                # Some engines answer a reaction with no message; nothing is ever told of it either.
                return Accepted(key(self.session, f"reaction-{message.callback}"[:200]))
            return InDoubt(f"HTTP {response.status_code} without an id")
        refused = refusal_of(response)
        return InDoubt(words(response)) if refused is None else Refused(refused)

    async def mark_read(self, provider_message_id: str, address: str, *, typing: bool = False) -> None:
        """Shows that their message was read, and that somebody types. Raises Refusal WHATSAPP_API_ERROR."""
        chat = chat_of(address)
        seen = [whole_id(provider_message_id, chat, own=False)]
        answer(await call("POST", "/api/sendSeen", {"session": self.session, "chatId": chat, "messageIds": seen}))
        # WAHA tells when they type in chats alone that one has asked for, until its next start. Not all engines can.
        await call("POST", f"/api/{quote(self.session)}/presence/{quote(chat)}/subscribe")
        if typing:
            answer(await call("POST", "/api/startTyping", {"session": self.session, "chatId": chat}))

    async def stop_typing(self, address: str) -> None:
        """Shows that nobody types any more. Raises Refusal WHATSAPP_API_ERROR."""
        answer(await call("POST", "/api/stopTyping", {"session": self.session, "chatId": chat_of(address)}))

    async def find(self, phone: str) -> Found:
        """Asks whether a number is on WhatsApp, before the first contact. Raises Hindered."""
        query = {"session": self.session, "phone": phone.removeprefix("+")}
        match await self._ask("/api/contacts/check-exists", query):
            case {"numberExists": True, "chatId": str(chat)} if "@" in chat:
                return Found(chat, await self._lid_of(chat))
            case {"numberExists": False}:
                return Found(None)
            case _:
                raise Hindered(NotSent("WAHA does not say whether the number is on WhatsApp."))

    async def _lid_of(self, chat: str) -> str | None:
        """By what somebody may write who hides their number; that it is not told matters to nobody yet."""
        try:
            told = await self._ask(f"/api/{quote(self.session)}/lids/pn/{quote(chat.partition('@')[0])}")
        except Hindered:
            return None
        match told:
            case {"lid": str(lid)} if lid.endswith("@lid"):
                return lid
            case _:
                return None

    async def new_message_id(self) -> str | None:
        """An id to send under, known before the send; None from engines that choose it themselves. Raises Hindered."""
        try:
            told = await self._ask(f"/api/{quote(self.session)}/new-message-id")
        except Hindered as hindered:
            match hindered.outcome:
                case Refused(error) if error.reaction is Reaction.FAIL:
                    return None
                case _:
                    raise
        match told:
            case {"id": str(id)} if id:
                return id
            case _:
                return None

    async def look_up(self, message: Outgoing, since: datetime) -> list[str]:
        """What our messages in this chat are called that may be this one, newest first; by its id where it has one.

        Else by its text, written since then or a little before. Raises Hindered; where WAHA keeps no chats, for good.
        """
        path = f"/api/{quote(self.session)}/chats/{quote(chat_of(message.to))}/messages"
        try:
            told = await self._ask(path, {"limit": str(_LOOKED_THROUGH), "downloadMedia": "false"})
        except Hindered as hindered:
            match hindered.outcome:
                case Refused(error) if error.reaction is Reaction.FAIL:
                    unknown = f"It may have been sent, and WAHA keeps no chats to look it up in: {error.message}"
                    raise Hindered(Refused(replace(error, message=unknown))) from hindered
                case _:
                    raise
        if not isinstance(told, list):
            raise Hindered(NotSent("WAHA does not say what is in the chat."))
        ours = [each for each in cast("list[Any]", told) if _has_left(each)]
        if message.id is None:
            begun = since.timestamp() - _SKEW
            ours = [each for each in ours if _is_like(each, message) and _seconds(each) >= begun]
        keys = [key(self.session, str(_id_in(each))) for each in ours]
        return keys if message.id is None else [each for each in keys if each == key(self.session, message.id)]

    async def _ask(self, path: str, query: dict[str, str] | None = None) -> Any:
        """What WAHA answers. Raises Hindered."""
        try:
            response = await call("GET", path, query=query)
        except Refusal as refusal:
            raise Hindered(NotSent(refusal.message)) from refusal
        told = readable(response)
        if response.is_success and told is not None:
            return told
        refused = refusal_of(response)
        raise Hindered(NotSent(words(response)) if refused is None else Refused(refused))


def refusal_of(response: httpx.Response) -> ProviderError | None:
    """What an answer refuses, by its status, and what that asks for; None where it may have been done all the same."""
    told = readable(response)
    match response.status_code, told:
        case (401 | 403, _):
            reaction = Reaction.PAUSE_SENDER
        case (422, {"session": _, "status": _}):
            # The session is not connected: it is halted, and what WAHA tells of it next is its status.
            reaction = Reaction.PAUSE_SENDER
        case (404, {"message": str(said)}) if "session" in said.lower():
            reaction = Reaction.PAUSE_SENDER
        case (429, _):
            reaction = Reaction.SLOW
        case (400 | 404 | 405 | 413 | 415 | 422 | 501, dict()):
            reaction = Reaction.FAIL
        case _:
            return None
    return ProviderError(response.status_code, ErrorCode.WHATSAPP_API_ERROR, words(response), reaction)


def _id_in(told: Any) -> str | None:
    """The id of a message, wherever this engine has it."""
    match told:
        case {"id": str(id)} | {"id": {"_serialized": str(id)}} | {"key": {"id": str(id)}} if id:
            return id
        case _:
            return None


def _has_left(told: Any) -> bool:
    """Whether this is a message of ours; one that WhatsApp did not take (ack -1) stands in the chat as well."""
    match told:
        case {"fromMe": True, "ack": -1}:
            return False
        case {"fromMe": True}:
            return _id_in(told) is not None
        case _:
            return False


def _is_like(told: Json, message: Outgoing) -> bool:
    return told.get("body") == words_of(message.content) and bool(told.get("hasMedia")) is (message.media is not None)


def _seconds(told: Json) -> float:
    match told:
        case {"timestamp": int() | float() as at}:
            return float(at)
        case _:
            return 0.0
