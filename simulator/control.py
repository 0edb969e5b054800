"""The control API under /_simulator/. Input that cannot be obeyed gets 400 and `{"error": sentence}`.

GET    /health                   pid, accepted, and how webhooks fare (pending, failures, the endpoint's latency)
GET    /settings                 all of them; PATCH changes those given, all or none
GET    /ledger                   messages; filters to, callback_data, phone_number_id, template, outcome, since
                                 (seconds); limit, offset
GET    /ledger/summary           counts over the same filters
GET    /receipts                 inbound messages the client marked as read, with or without typing
POST   /faults                   {"kind", "count": 1, "to", "phone_number_id", "code", "seconds"}: the next such sends,
                                 or all of them "for" so many seconds; kinds are in faults.py; GET lists what waits,
                                 DELETE drops it
POST   /inbound                  {"phone_number_id", "from" and/or "bsuid", "text"} or {"type", "content"}, with "name",
                                 "username", "context", "referral", "id", "timestamp"; a list writes many
GET    /chats                    the latest chats and the numbers there are; /chats/{number}/{person}: what was said
POST   /chats/{number}/{person}  somebody does what the page offers, alike for both providers: {"text", "reply_to"},
                                 {"press": button, "message_id"}, {"react"}, {"edit"}, {"revoke"}, {"picture"},
                                 {"media_id"}, {"stop_marketing"}
POST   /media?mime_type&filename the bytes of the body, as if somebody had sent them: answers {"id"}; kept 7 days
POST   /webhooks/replay          {"which": "last" | "all"}: the same bytes again
POST   /webhooks/raw             {"body", "signature": "good" | "bad" | "missing"}: once, now; answers what came back
POST   /handshake                shake hands now; answers {"verified", "problem"}
POST   /templates/{name}/status  {"status", "reason"}, and "language" and "waba_id" where not all are meant: sets it and
                                 tells it by webhook; in the same way /quality {"quality"}, /category {"category"}, and
                                 /pause (3 hours, then 6, then disabled)
POST   /preferences              {"phone_number_id", "from", "value": "stop" | "resume"}: in WhatsApp, about marketing
POST   /numbers/{id}             {"quality_rating", "throughput", "name_status", "verified_name"}: what GET tells of it
                                 from now on, with the webhooks that go with it; "upgrade_seconds" of 131057 before
                                 1,000/s
POST   /limit                    {"tier": "TIER_2K"}: the portfolio's; tells each account (business_capability_update)
POST   /account                  {"event", "waba_id", "state", "seconds"}: account_update, and the refusals that go with
                                 it; ACCOUNT_RESTRICTION (for `seconds`), ACCOUNT_VIOLATION, DISABLED_UPDATE ("state":
                                 DISABLE, REINSTATE, SCHEDULE_FOR_DISABLE), ACCOUNT_DELETED, PARTNER_REMOVED,
                                 ACCOUNT_OFFBOARDED, ACCOUNT_RECONNECTED
POST   /changes                  {"field", "value", "waba_id"}: any other news of an account, as it is
POST   /clock                    {"scale": 1, "jump": 0}: how fast time runs from here on, seconds it skips; GET
                                 tells {"now", "scale"}
*      /waha…                    the WAHA side: waha/commands.py
POST   /reset                    {"keep": ["settings", "templates"]}: everything else as at the start
"""

import dataclasses
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from simulator.cloud import Cloud
from simulator.commands import UNUSABLE, Commands, ControlError, known
from simulator.ledger import Outcome, Wanted, summary
from simulator.media import HEARD
from simulator.waha.server import Waha
from simulator.waha.sessions import code_png
from simulator.webhooks import signature
from simulator.wire import Json, ascii_json, is_array

_PAGE, _LARGEST_PAGE = 100, 10_000
_SIGNATURES = ("good", "bad", "missing")


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


@web.middleware
async def _explain(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except UNUSABLE as error:
        return _json({"error": str(error)}, 400)


async def _value(request: web.Request) -> object:
    raw = await request.read()
    if not raw:
        return {}
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ControlError(f"The body is not JSON: {error}.") from error


def _number(query: Mapping[str, str], name: str, default: float) -> float:
    try:
        return float(query.get(name, default))
    except ValueError as error:
        raise ControlError(f"{name} must be a number.") from error


def _wanted(query: Mapping[str, str]) -> Wanted:
    outcome = query.get("outcome", "")
    if outcome and outcome not in list(Outcome):
        raise ControlError(f"outcome is one of {', '.join(Outcome)}.")
    texts = {name: query.get(name, "") for name in ("to", "callback_data", "phone_number_id", "template")}
    return Wanted(**texts, outcome=outcome, since=_number(query, "since", 0))


async def _raw_body(request: web.Request) -> tuple[object, str]:
    """What is to be posted as it is, and how it is to be signed."""
    asked = known(await _value(request), "body", "signature")
    body, kind = asked.get("body"), asked.get("signature", "good")
    if body is None or kind not in _SIGNATURES:
        raise ControlError("body is an object or a string; signature is good, bad or missing.")
    return body, str(kind)


class Control:
    """Handlers over one Cloud and one Waha."""

    def __init__(self, cloud: Cloud, waha: Waha, commands: Commands) -> None:
        self._cloud = cloud
        self._waha = waha
        self._commands = commands

    def routes(self) -> list[web.RouteDef]:
        """What is served below /_simulator."""
        return [
            web.get("/health", self._health),
            web.get("/settings", self._settings),
            web.patch("/settings", self._act),
            web.get("/ledger", self._ledger),
            web.get("/ledger/summary", self._summary),
            web.get("/receipts", self._receipts),
            web.get("/faults", self._faults),
            web.delete("/faults", self._drop_faults),
            web.get("/clock", self._time),
            web.get("/waha", self._sessions),
            web.get("/chats", self._chats),
            web.get("/chats/{number}/{person}", self._chat),
            web.get("/media/{id}", self._file),
            web.get("/waha/{session}/code.png", self._code),
            web.post("/media", self._media),
            web.post("/webhooks/raw", self._raw),
            web.post("/waha/{session}/raw", self._raw_waha),
            web.post("/handshake", self._handshake),
            web.post("/{path:.+}", self._act),
        ]

    async def _act(self, request: web.Request) -> web.Response:
        path = request.match_info.get("path", "settings")
        answer = self._commands.act(path, await _value(request))
        if answer is None:
            raise ControlError(f"There is no {path}; see simulator/control.py.")
        return _json(answer)

    async def _health(self, _: web.Request) -> web.Response:
        return _json({"status": "ok", "pid": os.getpid(), "accepted": len(self._cloud.ledger), **self._webhooks()})

    def _webhooks(self) -> Json:
        delivery = self._cloud.delivery
        return {
            "webhooks": {
                "url": self._cloud.settings.webhook_url,
                "verified": bool(delivery.verified_url),
                "pending": delivery.pending(),
                "delivered": delivery.delivered,
                "updates": delivery.updates,
                "failures": delivery.failures,
                "dropped": delivery.dropped,
                "problem": delivery.problem or None,
                "latency": delivery.latencies.shown(),
            }
        }

    async def _settings(self, _: web.Request) -> web.Response:
        return _json(dataclasses.asdict(self._cloud.settings))

    async def _ledger(self, request: web.Request) -> web.Response:
        limit, offset = int(_number(request.query, "limit", _PAGE)), int(_number(request.query, "offset", 0))
        if not 1 <= limit <= _LARGEST_PAGE or offset < 0:
            raise ControlError(f"limit is 1 to {_LARGEST_PAGE} and offset not negative.")
        ledger, wanted = self._cloud.ledger, _wanted(request.query)
        if wanted == Wanted():
            total, rows = len(ledger), ledger.messages[offset : offset + limit]
        else:
            found = list(ledger.find(wanted))
            total, rows = len(found), found[offset : offset + limit]
        return _json({"total": total, "messages": [ledger.shown(message) for message in rows]})

    async def _summary(self, request: web.Request) -> web.Response:
        counts = summary(self._cloud.ledger.find(_wanted(request.query)))
        return _json({**counts, "refused": dict(self._cloud.refused), **self._webhooks()})

    async def _receipts(self, _: web.Request) -> web.Response:
        return _json({"receipts": list(self._cloud.receipts)})

    async def _faults(self, _: web.Request) -> web.Response:
        return _json(self._commands.faults())

    async def _drop_faults(self, _: web.Request) -> web.Response:
        self._cloud.faults.asked.clear()
        return _json(self._commands.faults())

    async def _time(self, _: web.Request) -> web.Response:
        return _json(self._commands.time())

    async def _sessions(self, _: web.Request) -> web.Response:
        sessions = [self._waha.sessions.told(each) for each in self._waha.sessions.by_name.values()]
        return _json({"sessions": sessions, "webhooks": self._waha.hooks.shown()})

    async def _chats(self, _: web.Request) -> web.Response:
        cloud, sessions = self._cloud, self._waha.sessions
        numbers = [{"number": each, "name": f"+{cloud.numbers.display(each)}"} for each in cloud.numbers.all()]
        told = [sessions.told(each) for each in sessions.by_name.values()]
        listed = [each.listed() for each in cloud.chats.all()[:_PAGE]]
        return _json({"chats": listed, "numbers": numbers, "sessions": told, "now": cloud.clock.now()})

    async def _chat(self, request: web.Request) -> web.Response:
        chat = self._cloud.chats.get(request.match_info["number"], request.match_info["person"])
        typing = chat is not None and chat.typing_until > self._cloud.clock.now()
        return _json({"entries": [each.shown() for each in chat.entries] if chat else [], "typing": typing})

    async def _file(self, request: web.Request) -> web.Response:
        held = self._cloud.media.get(request.match_info["id"])
        if held is None:
            raise web.HTTPNotFound
        # Whatever somebody uploaded must not run as a page of the simulator's.
        headers = {"Content-Type": held.mime_type, "Content-Security-Policy": "sandbox"}
        return web.Response(body=held.data, headers=headers)

    async def _code(self, request: web.Request) -> web.Response:
        session = self._waha.sessions.by_name.get(request.match_info["session"])
        if session is None or not session.code:
            raise web.HTTPNotFound
        return web.Response(body=code_png(session.code), content_type="image/png")

    async def _media(self, request: web.Request) -> web.Response:
        mime_type = request.query.get("mime_type", "")
        data = await request.read()
        if not data or "/" not in mime_type:
            raise ControlError("mime_type is needed, such as image/png, and the bytes as the body.")
        held = self._cloud.media.keep(data, mime_type, HEARD, filename=request.query.get("filename", ""))
        return _json({"id": held.id, "mime_type": mime_type, "sha256": held.sha256})

    async def _raw(self, request: web.Request) -> web.Response:
        """Post a body as it is, once; the reply tells what the endpoint said."""
        body, kind = await _raw_body(request)
        raw = body.encode() if isinstance(body, str) else ascii_json(body)
        secret = self._cloud.settings.app_secret
        signed = "" if kind == "missing" else signature(raw, secret if kind == "good" else f"not {secret}")
        answer = await self._cloud.delivery.post(raw, signed)
        return _json(dataclasses.asdict(answer))

    async def _raw_waha(self, request: web.Request) -> web.Response:
        """The same to each webhook of a session."""
        body, kind = await _raw_body(request)
        raw = body.encode() if isinstance(body, str) else orjson.dumps(body)
        session = self._waha.sessions.by_name.get(request.match_info["session"])
        if session is None:
            raise ControlError(f"There is no session {request.match_info['session']}.")
        hooks = session.config.get("webhooks")
        answers = [await self._waha.hooks.post(hook, raw, kind) for hook in (hooks if is_array(hooks) else [])]
        return _json({"answers": [{"status": status, "text": text} for status, text in answers]})

    async def _handshake(self, _: web.Request) -> web.Response:
        verified = await self._cloud.delivery.verify()
        return _json({"verified": verified, "problem": self._cloud.delivery.problem or None})


def control_app(cloud: Cloud, waha: Waha, commands: Commands) -> web.Application:
    """The control API as a sub-application."""
    app = web.Application(middlewares=[_explain], client_max_size=110_000_000)
    app.add_routes(Control(cloud, waha, commands).routes())
    return app
