"""The control API of the WAHA side, under /_simulator/waha.

GET  /waha                    sessions, with the code that is shown and until when, and how webhooks fare
POST /waha/{session}/scan     {"phone", "name"}: somebody scans the code
POST /waha/{session}/expire   the code that is shown gives way to the next
POST /waha/{session}/drop     {"status": "FAILED", "seconds": 0}: it falls out of WORKING, and is back after `seconds`
POST /waha/{session}/unlink   the phone throws the link away: FAILED until a logout
POST /waha/{session}/engine   {"engine": "NOWEB" | "GOWS" | "WEBJS"}: what it answers like from now on
POST /waha/{session}/inbound  what somebody writes, or a list: {"from" (or "lid"), "text"}, with "type" (text, image,
                              video, audio, voice, document, sticker, location, vcard, reaction, edit, revoke), "name",
                              "hidden" (…@lid that leads to no phone), "id", "reply_to", "timestamp", "media_id" (or
                              "media"), "message_id" (of the message reacted to, edited or revoked), "emoji",
                              "latitude", "longitude", "title", "vcards", "from_me" (typed on the business's own phone)
POST /waha/{session}/raw      {"body", "signature": "good" | "bad" | "missing"}: to each of its webhooks, once, now
"""

import orjson
from aiohttp import web

from simulator.inbound import InboundError
from simulator.people import digits
from simulator.waha.people import write
from simulator.waha.server import Waha
from simulator.waha.sessions import ENGINES, Session, Status
from simulator.wire import Json, is_array, is_object


def _json(body: object) -> web.Response:
    return web.Response(body=orjson.dumps(body), content_type="application/json")


async def _value(request: web.Request) -> object:
    try:
        return orjson.loads(await request.read() or b"{}")
    except orjson.JSONDecodeError as error:
        raise InboundError(f"The body is not JSON: {error}.") from error


class WahaControl:
    """Handlers over one Waha."""

    def __init__(self, waha: Waha) -> None:
        self._waha = waha

    def routes(self) -> list[web.RouteDef]:
        """What is served below /_simulator."""
        return [
            web.get("/waha", self._all),
            web.post("/waha/{session}/inbound", self._inbound),
            web.post("/waha/{session}/raw", self._raw),
            web.post("/waha/{session}/{verb}", self._drive),
        ]

    def _session(self, request: web.Request) -> Session:
        name = request.match_info["session"]
        session = self._waha.sessions.by_name.get(name)
        if session is None:
            raise InboundError(f"There is no session {name}.")
        return session

    def _shown(self, session: Session) -> Json:
        code = {"code": session.code or None, "code_expires": session.code_expires if session.code else None}
        return {**session.shown(), **code, "account": session.account}

    async def _all(self, _: web.Request) -> web.Response:
        sessions = [self._shown(each) for each in self._waha.sessions.by_name.values()]
        return _json({"sessions": sessions, "webhooks": self._waha.hooks.shown()})

    async def _drive(self, request: web.Request) -> web.Response:
        session, sessions = self._session(request), self._waha.sessions
        body = await _value(request)
        if not is_object(body):
            raise InboundError("The body must be a JSON object.")
        match request.match_info["verb"]:
            case "scan":
                if session.status is not Status.SCAN_QR_CODE:
                    raise InboundError(f"There is no code to scan: the session is {session.status}.")
                sessions.scan(session, digits(str(body.get("phone", ""))), str(body.get("name", "Simulated business")))
            case "expire":
                if session.status is not Status.SCAN_QR_CODE:
                    raise InboundError(f"No code is shown: the session is {session.status}.")
                sessions.rotate(session)
            case "drop":
                status, seconds = body.get("status", "FAILED"), body.get("seconds", 0)
                if status not in list(Status) or status == "WORKING" or not isinstance(seconds, int | float):
                    raise InboundError(f"status is one of {', '.join(Status)} but WORKING, seconds a number.")
                sessions.drop(session, Status(status), float(seconds))
            case "unlink":
                sessions.unlink(session)
            case "engine":
                if body.get("engine") not in ENGINES:
                    raise InboundError(f"engine is one of {', '.join(ENGINES)}.")
                session.engine = str(body["engine"])
            case verb:
                raise InboundError(f"There is no {verb}; see simulator/waha/control.py.")
        return _json(self._shown(session))

    async def _inbound(self, request: web.Request) -> web.Response:
        session, body = self._session(request), await _value(request)
        asked = body if is_array(body) else [body]
        return _json({"messages": [{"id": write(self._waha, session, each)} for each in asked]})

    async def _raw(self, request: web.Request) -> web.Response:
        session, asked = self._session(request), await _value(request)
        body = asked.get("body") if is_object(asked) else None
        kind = asked.get("signature", "good") if is_object(asked) else ""
        if body is None or kind not in ("good", "bad", "missing"):
            raise InboundError("body is an object or a string; signature is good, bad or missing.")
        raw = body.encode() if isinstance(body, str) else orjson.dumps(body)
        hooks = session.config.get("webhooks")
        answers = [await self._waha.hooks.post(hook, raw, str(kind)) for hook in (hooks if is_array(hooks) else [])]
        return _json({"answers": [{"status": status, "text": text} for status, text in answers]})
