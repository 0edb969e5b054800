"""WAHA's HTTP: sessions, codes, sends, look-ups (D1-D3)."""

import asyncio
import base64
import binascii
import dataclasses
import hmac
import time
from collections.abc import Awaitable, Callable

import orjson
from aiohttp import web

from simulator.accidents import Accepted, befall
from simulator.faults import Kind
from simulator.media import HEARD
from simulator.people import digits
from simulator.waha.hooks import VERSION
from simulator.waha.notes import Note, answer
from simulator.waha.server import Asked, Waha
from simulator.waha.sessions import Session, Status, code_png
from simulator.wire import Json, is_array, is_object

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_NAMES = {400: "Bad Request", 404: "Not Found", 422: "Unprocessable Entity"}
_LOOK = 0.02
_FILES = {"sendImage": "image", "sendFile": "document", "sendVoice": "voice", "sendVideo": "video"}


class WahaError(Exception):
    """WAHA says no."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


def _refused(status: int, message: str | list[str]) -> WahaError:
    return WahaError(status, {"message": message, "error": _NAMES[status], "statusCode": status})


def _json(body: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def _crashed(request: web.Request, message: str) -> web.Response:
    """An exception that WAHA did not handle."""
    shown: Json = {
        "statusCode": 500,
        "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "exception": {"name": "Error", "message": message, "stack": f"Error: {message}\n    at Session.send"},
        "request": {"path": request.path, "method": request.method, "query": dict(request.query)},
        "version": {"version": VERSION, "engine": "NOWEB", "tier": "PLUS"},
    }
    return _json(shown, 500)


class WahaApi:
    """Routes of WAHA over one Waha."""

    def __init__(self, waha: Waha) -> None:
        self._waha = waha

    def routes(self) -> list[web.RouteDef]:
        """What the API serves."""
        listed: list[tuple[str, str, Handler]] = [
            ("POST", "/api/sessions", self._create),
            ("GET", "/api/sessions", self._list),
            ("GET", "/api/sessions/{session}", self._get),
            ("PUT", "/api/sessions/{session}", self._put),
            ("DELETE", "/api/sessions/{session}", self._delete),
            ("GET", "/api/sessions/{session}/me", self._me),
            ("POST", "/api/sessions/{session}/{verb:start|stop|restart|logout}", self._drive),
            ("GET", "/api/{session}/auth/qr", self._code),
            ("POST", "/api/{session}/auth/request-code", self._pairing_code),
            ("GET", "/api/{session}/new-message-id", self._new_id),
            ("POST", "/api/{session}/presence", self._presence),
            ("POST", "/api/{session}/presence/{chat}/subscribe", self._subscribe),
            ("GET", "/api/{session}/lids", self._lids),
            ("GET", "/api/{session}/lids/pn/{phone}", self._lid_of_phone),
            ("GET", "/api/{session}/lids/{lid}", self._phone_of_lid),
            ("GET", "/api/{session}/chats/{chat}/messages", self._history),
            ("GET", "/api/{session}/chats/{chat}/messages/{id}", self._message),
            ("GET", "/api/files/{name}", self._download),
            ("GET", "/api/contacts/check-exists", self._check_exists),
            ("POST", "/api/sendSeen", self._seen),
            ("POST", "/api/{verb:startTyping|stopTyping}", self._typing),
            ("PUT", "/api/reaction", self._reaction),
            ("GET", "/api/server/version", self._version),
            ("GET", "/ping", self._ping),
        ]
        listed += [
            ("POST", f"/api/{name}", self._send) for name in ("sendText", "sendLocation", "sendContactVcard", *_FILES)
        ]
        return [web.route(method, path, self._guarded(handler)) for method, path, handler in listed]

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self._waha.url = f"{request.scheme}://{request.host}"
            key = request.headers.get("X-Api-Key", "")
            if request.path != "/ping" and not hmac.compare_digest(
                key.encode(), self._waha.settings.waha_api_key.encode()
            ):
                return _json({"message": "Unauthorized", "statusCode": 401}, 401)
            try:
                return await handler(request)
            except WahaError as error:
                return _json(error.body, error.status)

        return guarded

    # What a request names

    async def _body(self, request: web.Request, *needed: str) -> Json:
        try:
            body = orjson.loads(await request.read() or b"{}")
        except orjson.JSONDecodeError as error:
            raise _refused(400, str(error)) from error
        if not is_object(body):
            raise _refused(400, "The body must be an object.")
        missing = [f"{name} must be a string" for name in needed if not isinstance(body.get(name), str)]
        if missing:
            raise _refused(400, missing)
        return body

    def _session(self, name: str) -> Session:
        session = self._waha.sessions.by_name.get(name)
        if session is None:
            raise _refused(404, f"We didn't find a session with name '{name}'.")
        return session

    async def _ready(self, name: str, *expected: Status) -> Session:
        """The session once it is as expected; it is waited for a little, then 422."""
        session = self._session(name)
        expected = expected or (Status.WORKING,)
        until = time.monotonic() + self._waha.settings.waha_patience
        while session.status not in expected:
            if time.monotonic() >= until:
                words = [each.value for each in expected]
                body: Json = {
                    "error": "Session status is not as expected. Try again later or restart the session",
                    "session": name,
                    "status": session.status.value,
                    "expected": words,
                }
                raise WahaError(422, body)
            await asyncio.sleep(_LOOK)
        self._waha.used(session)
        return session

    # Sessions

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await self._body(request)
        name, config = body.get("name", "default"), body.get("config", {})
        if not isinstance(name, str) or not is_object(config):
            raise _refused(400, ["name must be a string", "config must be an object"])
        if name in self._waha.sessions.by_name:
            raise _refused(422, f"Session '{name}' already exists. Use PUT to update it.")
        session = self._waha.sessions.create(name, config)
        if body.get("start", True):
            self._waha.sessions.start(session)
        return _json(session.shown(), 201)

    async def _list(self, request: web.Request) -> web.StreamResponse:
        everyone = request.query.get("all") == "true"
        sessions = self._waha.sessions.by_name.values()
        return _json([each.shown() for each in sessions if everyone or each.status is not Status.STOPPED])

    async def _get(self, request: web.Request) -> web.StreamResponse:
        return _json(self._session(request.match_info["session"]).shown())

    async def _put(self, request: web.Request) -> web.StreamResponse:
        session, body = self._session(request.match_info["session"]), await self._body(request)
        config = body.get("config", {})
        if not is_object(config):
            raise _refused(400, ["config must be an object"])
        session.config = config
        if session.status is not Status.STOPPED:
            self._waha.sessions.stop(session)
            self._waha.sessions.start(session)
        return _json(session.shown())

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        session = self._waha.sessions.by_name.pop(request.match_info["session"], None)
        if session is not None:
            self._waha.sessions.stop(session)
        return _json({})

    async def _drive(self, request: web.Request) -> web.StreamResponse:
        session, sessions = self._session(request.match_info["session"]), self._waha.sessions
        match request.match_info["verb"]:
            case "start":
                sessions.start(session)
            case "stop":
                sessions.stop(session)
            case "restart":
                sessions.stop(session)
                sessions.start(session)
            case _:
                sessions.logout(session)
        return _json(session.shown(), 201)

    async def _me(self, request: web.Request) -> web.StreamResponse:
        return _json(self._session(request.match_info["session"]).me)

    async def _code(self, request: web.Request) -> web.StreamResponse:
        session = await self._ready(request.match_info["session"], Status.SCAN_QR_CODE)
        if request.query.get("format") == "raw":
            return _json({"value": session.code})
        picture = code_png(session.code)
        if "application/json" in request.headers.get("Accept", ""):
            return _json({"mimetype": "image/png", "data": base64.b64encode(picture).decode()})
        return web.Response(body=picture, content_type="image/png")

    async def _pairing_code(self, request: web.Request) -> web.StreamResponse:
        body = await self._body(request, "phoneNumber")
        session = await self._ready(request.match_info["session"], Status.SCAN_QR_CODE)
        letters = base64.b32encode(f"{session.code}{digits(body['phoneNumber'])}".encode()[-5:]).decode()
        return _json({"code": f"{letters[:4]}-{letters[4:8]}"}, 201)

    # Sends

    async def _send(self, request: web.Request) -> web.StreamResponse:
        verb = request.path.rpartition("/")[2]
        body = await self._body(request, "session", "chatId", *(["text"] if verb == "sendText" else []))
        session = await self._ready(body["session"])
        settings = self._waha.settings
        if settings.latency:
            await asyncio.sleep(settings.latency)
        asked = self._asked(verb, session, body)
        if asked.media and not asked.media.pop("kept", False):
            fetched = await self._waha.fetched(asked.media)
            if fetched is None:
                return _crashed(request, f"fetch failed: {asked.media['url']}")
            asked = dataclasses.replace(asked, media=fetched)
        fault = self._waha.fault(asked)
        if fault is None:
            return self._answered(session, self._waha.accept(asked, None))
        if fault.kind is Kind.REFUSE:
            return _crashed(request, f"the engine says {fault.code}")

        def accept() -> Accepted:
            note = self._waha.accept(asked, fault)
            return Accepted(self._answered(session, note), lambda: self._waha.acknowledge_first(session, note))

        return await befall(request, fault, settings.slow_seconds, accept)

    def _answered(self, session: Session, note: Note) -> web.Response:
        return _json(answer(note, self._waha.me(session), session.engine), 201)

    def _asked(self, verb: str, session: Session, body: Json) -> Asked:
        chat = str(body["chatId"]).replace("@s.whatsapp.net", "@c.us")
        if "@" not in chat:
            chat = f"{digits(chat)}@c.us"
        given = body.get("id") if session.engine != "WEBJS" else ""
        replied = body.get("reply_to")
        reply_to = {"id": str(replied).rpartition("_")[2]} if replied else None
        asked: Json = {"session": session, "chat": chat, "id": str(given or ""), "reply_to": reply_to}
        match verb:
            case "sendText":
                return Asked(**asked, kind="text", body=body["text"])
            case "sendLocation":
                if not all(isinstance(body.get(name), int | float) for name in ("latitude", "longitude")):
                    raise _refused(400, ["latitude must be a number", "longitude must be a number"])
                place = {name: body.get(name) for name in ("latitude", "longitude", "title")}
                return Asked(**asked, kind="location", body=str(body.get("title") or ""), extra={"location": place})
            case "sendContactVcard":
                cards = body.get("contacts")
                if not is_array(cards) or not cards:
                    raise _refused(400, ["contacts must be an array"])
                return Asked(**asked, kind="vcard", body="", extra={"vCards": cards})
            case _:
                return Asked(
                    **asked, kind=_FILES[verb], body=str(body.get("caption") or ""), media=self._file(body.get("file"))
                )

    def _file(self, file: object) -> Json:
        """What a send says about its file; base64 that is none is refused, what is some is kept for look-ups."""
        if (
            not is_object(file)
            or not isinstance(file.get("mimetype"), str)
            or not (file.get("url") or file.get("data"))
        ):
            raise _refused(400, ["file must be an object with mimetype, and url or data"])
        name = str(file.get("filename") or "")
        if file.get("url"):
            return {"url": str(file["url"]), "mimetype": file["mimetype"], "filename": name or None, "error": None}
        try:
            data = base64.b64decode(str(file["data"]), validate=True)
        except binascii.Error as error:
            raise _refused(400, ["file.data must be base64"]) from error
        return {**self._waha.file(self._waha.media.keep(data, file["mimetype"], HEARD, filename=name)), "kept": True}

    async def _reaction(self, request: web.Request) -> web.StreamResponse:
        body = await self._body(request, "session", "messageId", "reaction")
        session = await self._ready(body["session"])
        note = self._waha.react(session, body["messageId"], body["reaction"])
        return self._answered(session, note)

    async def _seen(self, request: web.Request) -> web.StreamResponse:
        body = await self._body(request, "session", "chatId")
        session = await self._ready(body["session"])
        ids = body.get("messageIds")
        for message_id in ids if is_array(ids) else [None]:
            self._waha.receipt(session, body["chatId"], message_id, typing=False)
        return _json({"result": True}, 201)

    async def _typing(self, request: web.Request) -> web.StreamResponse:
        body = await self._body(request, "session", "chatId")
        session = await self._ready(body["session"])
        if request.match_info["verb"] == "startTyping":
            self._waha.receipt(session, body["chatId"], None, typing=True)
        else:
            self._waha.stops_typing(session, body["chatId"])
        return _json({"result": True}, 201)

    async def _new_id(self, request: web.Request) -> web.StreamResponse:
        session = await self._ready(request.match_info["session"])
        if session.engine == "WEBJS":
            message = "Method is not implemented by 'WEBJS' engine."
            return _json({"message": message, "error": "Not Implemented", "statusCode": 501}, 501)
        return _json({"id": self._waha.new_id()})

    # Look-ups

    async def _presence(self, request: web.Request) -> web.StreamResponse:
        await self._body(request, "presence")
        await self._ready(request.match_info["session"])
        return _json({"success": True}, 201)

    async def _subscribe(self, request: web.Request) -> web.StreamResponse:
        (await self._ready(request.match_info["session"])).watched.add(request.match_info["chat"])
        return _json({"result": True}, 201)

    async def _check_exists(self, request: web.Request) -> web.StreamResponse:
        await self._ready(request.query.get("session", "default"))
        chat = self._waha.exists(request.query.get("phone", ""))
        return _json({"numberExists": True, "chatId": chat} if chat else {"numberExists": False})

    async def _lids(self, request: web.Request) -> web.StreamResponse:
        await self._ready(request.match_info["session"])
        return _json([{"lid": lid, "pn": f"{phone}@c.us"} for lid, phone in self._waha.lids().items()])

    async def _phone_of_lid(self, request: web.Request) -> web.StreamResponse:
        await self._ready(request.match_info["session"])
        lid = request.match_info["lid"]
        lid = lid if lid.endswith("@lid") else f"{lid}@lid"
        phone = self._waha.phone(lid)
        return _json({"lid": lid, "pn": f"{phone}@c.us" if phone else None})

    async def _lid_of_phone(self, request: web.Request) -> web.StreamResponse:
        await self._ready(request.match_info["session"])
        chat = self._waha.exists(request.match_info["phone"].partition("@")[0])
        asked = f"{digits(request.match_info['phone'].partition('@')[0])}@c.us"
        return _json({"lid": self._waha.lid(chat.partition("@")[0]) if chat else None, "pn": chat or asked})

    async def _history(self, request: web.Request) -> web.StreamResponse:
        session = await self._ready(request.match_info["session"])
        chat, limit, offset = (
            request.match_info["chat"],
            request.query.get("limit", "10"),
            request.query.get("offset", "0"),
        )
        if not limit.isdecimal() or not offset.isdecimal():
            raise _refused(400, ["limit must be a number"])
        found = [each for each in reversed(session.notes.values()) if each.chat == chat]
        shown = found[int(offset) : int(offset) + int(limit)]
        return _json([self._waha.payload(session, each) for each in shown])

    async def _message(self, request: web.Request) -> web.StreamResponse:
        session = await self._ready(request.match_info["session"])
        note = session.notes.get(request.match_info["id"].rpartition("_")[2])
        if note is None or note.chat != request.match_info["chat"]:
            raise _refused(404, "Message not found")
        return _json(self._waha.payload(session, note))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        held = self._waha.media.get(request.match_info["name"].partition(".")[0])
        if held is None:
            raise _refused(404, "File not found")
        return web.Response(body=held.data, headers={"Content-Type": held.mime_type})

    async def _version(self, _: web.Request) -> web.StreamResponse:
        return _json({"version": VERSION, "engine": self._waha.settings.waha_engine, "tier": "PLUS"})

    async def _ping(self, _: web.Request) -> web.StreamResponse:
        return _json({"message": "pong"})
