"""The control API under /_simulator/. Input that cannot be obeyed gets 400 and `{"error": sentence}`.

GET    /health                   pid, accepted, and how webhooks fare (pending, failures, the endpoint's latency)
GET    /settings                 all of them; PATCH changes those given, all or none
GET    /ledger                   messages; filters to, callback_data, phone_number_id, template, outcome, since
                                 (seconds); limit, offset
GET    /ledger/summary           counts over the same filters
GET    /receipts                 inbound messages the client marked as read, with or without typing
POST   /faults                   {"kind", "count": 1, "to", "phone_number_id", "code", "seconds"}: the next such sends;
                                 kinds are in faults.py; GET lists what waits, DELETE drops it
POST   /inbound                  {"phone_number_id", "from" and/or "bsuid", "text"} or {"type", "content"}, with "name",
                                 "username", "context", "referral", "id", "timestamp"; a list writes many
POST   /webhooks/replay          {"which": "last" | "all"}: the same bytes again
POST   /webhooks/raw             {"body", "signature": "good" | "bad" | "missing"}: once, now; answers what came back
POST   /templates/{name}/status  {"status", "language", "waba_id", "reason"}: sets it and tells it by webhook
POST   /handshake                shake hands now; answers {"verified", "problem"}
POST   /media?mime_type&filename the bytes of the body, as if somebody had sent them: answers {"id"}; kept 7 days
POST   /clock                    {"scale": 1, "jump": 0}: how fast time runs from here on, seconds it skips; GET
                                 tells {"now", "scale"}
*      /waha…                    the WAHA side: waha/control.py
POST   /reset                    {"keep": ["settings", "templates"]}: everything else as at the start
"""

import copy
import dataclasses
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import web

from simulator.cloud import Cloud
from simulator.faults import Fault, Kind
from simulator.inbound import InboundError, read_inbound
from simulator.ledger import Outcome, Wanted, summary
from simulator.media import HEARD
from simulator.settings import SettingError, change
from simulator.waha.control import WahaControl
from simulator.waha.server import Waha
from simulator.webhooks import signature
from simulator.wire import Json, ascii_json, is_array, is_object

_PAGE, _LARGEST_PAGE = 100, 10_000
_TEMPLATE_STATUSES = ("APPROVED", "REJECTED", "PAUSED", "DISABLED", "PENDING", "FLAGGED", "REINSTATED")


class ControlError(ValueError):
    """A control call that cannot be obeyed; the sentence says why."""


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


@web.middleware
async def _explain(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except (ControlError, SettingError, InboundError) as error:
        return _json({"error": str(error)}, 400)


async def _value(request: web.Request) -> object:
    raw = await request.read()
    if not raw:
        return {}
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ControlError(f"The body is not JSON: {error}.") from error


async def _object(request: web.Request, *known: str) -> Json:
    body = await _value(request)
    if not is_object(body):
        raise ControlError("The body must be a JSON object.")
    unknown = set(body) - set(known) if known else set[str]()
    if unknown:
        raise ControlError(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(known)}.")
    return body


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


class Control:
    """Handlers over one Cloud."""

    def __init__(self, cloud: Cloud, waha: Waha) -> None:
        self._cloud = cloud
        self._waha = waha
        self._at_start = copy.deepcopy(cloud.settings)

    def routes(self) -> list[web.RouteDef]:
        """What is served below /_simulator."""
        return [
            web.get("/health", self._health),
            web.get("/settings", self._settings),
            web.patch("/settings", self._change_settings),
            web.get("/ledger", self._ledger),
            web.get("/ledger/summary", self._summary),
            web.get("/receipts", self._receipts),
            web.get("/faults", self._faults),
            web.post("/faults", self._ask_fault),
            web.delete("/faults", self._drop_faults),
            web.post("/inbound", self._inbound),
            web.post("/webhooks/replay", self._replay),
            web.post("/webhooks/raw", self._raw),
            web.post("/templates/{name}/status", self._template_status),
            web.post("/handshake", self._handshake),
            web.post("/media", self._media),
            web.get("/clock", self._time),
            web.post("/clock", self._change_time),
            web.post("/reset", self._reset),
        ]

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

    async def _change_settings(self, request: web.Request) -> web.Response:
        self._apply(await _object(request))
        return _json(dataclasses.asdict(self._cloud.settings))

    def _apply(self, changes: Json) -> None:
        change(self._cloud.settings, changes)
        if "seed" in changes:
            self._cloud.random.seed(self._cloud.settings.seed)
        if {"webhook_url", "verify_token"} & set(changes):
            self._cloud.delivery.verified_url = ""

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
        return _json({"faults": [dataclasses.asdict(fault) for fault in self._cloud.faults.asked]})

    async def _ask_fault(self, request: web.Request) -> web.Response:
        body = await _object(request, *(each.name for each in dataclasses.fields(Fault)))
        kind = body.get("kind")
        if kind not in list(Kind):
            raise ControlError(f"kind is one of {', '.join(Kind)}.")
        wanted: dict[str, type | tuple[type, ...]] = {
            "count": int, "to": str, "phone_number_id": str, "code": int, "seconds": (int, float)
        }  # fmt: skip
        for name, types in wanted.items():
            if name in body and (not isinstance(body[name], types) or isinstance(body[name], bool)):
                raise ControlError(f"{name} is of the wrong type: {body[name]!r}.")
        if body.get("count", 1) < 1 or body.get("seconds", 0) < 0:
            raise ControlError("count must be at least 1 and seconds not negative.")
        body["kind"] = Kind(kind)
        self._cloud.faults.asked.append(Fault(**body))
        return await self._faults(request)

    async def _drop_faults(self, request: web.Request) -> web.Response:
        self._cloud.faults.asked.clear()
        return await self._faults(request)

    async def _inbound(self, request: web.Request) -> web.Response:
        body = await _value(request)
        asked = body if is_array(body) else [body]
        read = [read_inbound(each) for each in asked]
        return _json({"messages": [{"id": self._cloud.hear(each)} for each in read]})

    async def _replay(self, request: web.Request) -> web.Response:
        which = (await _object(request, "which")).get("which", "last")
        posted = list(self._cloud.delivery.posted)
        if which not in ("last", "all"):
            raise ControlError("which is last or all.")
        again = posted if which == "all" else posted[-1:]
        for body in again:
            self._cloud.delivery.repeat(body)
        return _json({"replayed": len(again)})

    async def _raw(self, request: web.Request) -> web.Response:
        """Post a body as it is, once; the reply tells what the endpoint said."""
        asked = await _object(request, "body", "signature")
        body, kind = asked.get("body"), asked.get("signature", "good")
        if body is None or kind not in ("good", "bad", "missing"):
            raise ControlError("body is an object or a string; signature is good, bad or missing.")
        raw = body.encode() if isinstance(body, str) else ascii_json(body)
        secret = self._cloud.settings.app_secret
        signed = "" if kind == "missing" else signature(raw, secret if kind == "good" else f"not {secret}")
        answer = await self._cloud.delivery.post(raw, signed)
        return _json(dataclasses.asdict(answer))

    async def _template_status(self, request: web.Request) -> web.Response:
        asked = await _object(request, "status", "language", "waba_id", "reason")
        name, status = request.match_info["name"], asked.get("status")
        if status not in _TEMPLATE_STATUSES:
            raise ControlError(f"status is one of {', '.join(_TEMPLATE_STATUSES)}.")
        where = str(asked.get("waba_id", "")), str(asked.get("language", ""))
        found = self._cloud.templates.named(name, *where)
        if not found:
            raise ControlError(f"There is no template {name}.")
        for template in found:
            template.status = status
            self._cloud.announce(template, str(asked.get("reason", "NONE")))
        return _json({"templates": [template.shown() for template in found]})

    async def _handshake(self, _: web.Request) -> web.Response:
        verified = await self._cloud.delivery.verify()
        return _json({"verified": verified, "problem": self._cloud.delivery.problem or None})

    async def _media(self, request: web.Request) -> web.Response:
        mime_type = request.query.get("mime_type", "")
        data = await request.read()
        if not data or "/" not in mime_type:
            raise ControlError("mime_type is needed, such as image/png, and the bytes as the body.")
        held = self._cloud.media.keep(data, mime_type, HEARD, filename=request.query.get("filename", ""))
        return _json({"id": held.id, "mime_type": mime_type, "sha256": held.sha256})

    async def _time(self, _: web.Request) -> web.Response:
        return _json({"now": self._cloud.clock.now(), "scale": self._cloud.clock.scale})

    async def _change_time(self, request: web.Request) -> web.Response:
        body = await _object(request, "scale", "jump")
        scale, jump = body.get("scale", self._cloud.clock.scale), body.get("jump", 0)
        if not isinstance(scale, int | float) or not isinstance(jump, int | float) or scale <= 0 or jump < 0:
            raise ControlError("scale is a number above 0, jump a number of seconds that is not negative.")
        self._cloud.clock.change(scale=float(scale), jump=float(jump))
        return await self._time(request)

    async def _reset(self, request: web.Request) -> web.Response:
        """Everything as at the start, but for what `keep` names."""
        keep = (await _object(request, "keep")).get("keep", [])
        if not is_array(keep) or not set(keep) <= {"settings", "templates"}:
            raise ControlError("keep is a list of settings, templates.")
        if "settings" not in keep:
            start, now = (orjson.loads(orjson.dumps(each)) for each in (self._at_start, self._cloud.settings))
            self._apply({name: value for name, value in start.items() if value != now[name]})
        self._cloud.reset(keep_templates="templates" in keep)
        self._waha.reset()
        return _json({"status": "ok"})


def control_app(cloud: Cloud, waha: Waha) -> web.Application:
    """The control API as a sub-application."""
    app = web.Application(middlewares=[_explain], client_max_size=110_000_000)
    app.add_routes(Control(cloud, waha).routes())
    app.add_routes(WahaControl(waha).routes())
    return app
