"""The Cloud API's HTTP, and the application that serves it beside WAHA's.

aiohttp.web rather than an ASGI server: the simulator shares two cores with what it is to load. A bare route costs it
35-38 µs of CPU a request, Starlette over uvicorn 41-47 µs (32 connections, both on uvloop), and the webhooks go out
through the same library.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from simulator import media_api
from simulator.accidents import Accepted, befall
from simulator.cloud import Cloud, Taken
from simulator.commands import Commands
from simulator.control import control_app
from simulator.errors import CloudError, error_body, http_status
from simulator.faults import Fault, Kind
from simulator.ledger import Message
from simulator.scripts import Script, Step
from simulator.waha.api import WahaApi
from simulator.waha.server import Waha
from simulator.wire import Json, is_object

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGE = 25
_PAGE_FILES = Path(__file__).parent / "page"
_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


class CloudApi:
    """Routes of the Cloud API over one Cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def routes(self) -> list[web.RouteDef]:
        """What the API serves; any version, any id."""
        return [
            web.post(r"/{version:v\d+\.\d+}/{node}/messages", self._guarded(self._messages)),
            web.post(r"/{version:v\d+\.\d+}/{node}/message_templates", self._guarded(self._create_template)),
            web.post(r"/{version:v\d+\.\d+}/{node}/unpause", self._guarded(self._unpause)),
            web.get(r"/{version:v\d+\.\d+}/{node}/message_templates", self._guarded(self._list_templates)),
            web.delete(r"/{version:v\d+\.\d+}/{node}/message_templates", self._guarded(self._delete_templates)),
            web.post(r"/{version:v\d+\.\d+}/{node}/media", self._guarded(self._upload)),
            web.post(r"/{version:v\d+\.\d+}/{app}/uploads", self._guarded(self._begin_example)),
            web.post(r"/{version:v\d+\.\d+}/{session:upload:.+}", self._guarded(self._take_example)),
            web.delete(r"/{version:v\d+\.\d+}/{node}", self._guarded(self._delete_media)),
            web.get("/_media/{secret}", self._guarded(self._download)),
            web.get(r"/{version:v\d+\.\d+}/{node}/phone_numbers", self._guarded(self._phone_numbers)),
            web.get(r"/{version:v\d+\.\d+}/{node}", self._guarded(self._node)),
            web.post(r"/{version:v\d+\.\d+}/{node}", self._guarded(self._edit_template)),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        """Ask for a token, and turn a CloudError into the body of A5."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            try:
                self._authorise(request)
                return await handler(request)
            except CloudError as error:
                self._cloud.refused[str(error.code)] += 1
                return _json(error_body(error), http_status(error.code))

        return guarded

    def _authorise(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() not in ("bearer", "oauth") or not token:
            raise CloudError(190, "An access token is required to request this resource.")
        expired = self._cloud.settings.expired_tokens
        if expired and (token in expired or "*" in expired):
            raise CloudError(190, "Error validating access token: the session has expired.")

    async def _body(self, request: web.Request) -> Json:
        try:
            body = orjson.loads(await request.read())
        except orjson.JSONDecodeError as error:
            raise CloudError(100, "The body is not JSON.") from error
        if not is_object(body):
            raise CloudError(100, "The body is not a JSON object.")
        return body

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        phone_number_id, body = request.match_info["node"], await self._body(request)
        settings = self._cloud.settings
        if settings.latency or settings.latency_jitter:
            await asyncio.sleep(settings.latency + self._cloud.random.random() * settings.latency_jitter)
        if "status" in body:
            return self._mark_read(phone_number_id, body)
        taken = self._cloud.check(phone_number_id, body)
        if taken.fault is None:
            message = self._cloud.accept(taken)
            return _json(self._accepted(taken, message))
        return await self._faulty(request, taken, taken.fault)

    async def _faulty(self, request: web.Request, taken: Taken, fault: Fault) -> web.StreamResponse:
        if fault.kind is Kind.REFUSE:
            raise CloudError(fault.code)

        def accept() -> Accepted:
            message = self._cloud.accept(taken, first_told=fault.kind is Kind.STATUS_FIRST)
            return Accepted(_json(self._accepted(taken, message)), lambda: self._cloud.tell_first(message))

        return await befall(request, fault, self._cloud.settings.slow_seconds, accept)

    def _accepted(self, taken: Taken, message: Message) -> Json:
        """The reply to a send (A5): a BSUID answers with user_id and no wa_id; message_status with templates only."""
        identity = {"user_id": message.to} if message.by_bsuid else {"wa_id": message.person}
        shown: Json = {"id": self._cloud.ledger.wamid(message)}
        if taken.template is not None:
            shown["message_status"] = "held_for_quality_assessment" if taken.held else "accepted"
        return {"messaging_product": "whatsapp", "contacts": [{"input": message.to, **identity}], "messages": [shown]}

    def _mark_read(self, phone_number_id: str, body: Json) -> web.Response:
        """Read receipt, and typing with it (A4)."""
        message_id, typing = body.get("message_id"), body.get("typing_indicator")
        if body.get("status") != "read" or not isinstance(message_id, str) or not message_id:
            raise CloudError(131009, "status is read, and message_id names an inbound message.")
        self._cloud.receipts.append(
            {"phone_number_id": phone_number_id, "message_id": message_id, "typing": typing is not None}
        )
        chats = self._cloud.chats
        if person := chats.who_wrote(phone_number_id, message_id):
            chats.read(phone_number_id, person, message_id)
            if typing is not None:
                chats.types(phone_number_id, person, self._cloud.clock.now())
        return _json({"success": True})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        return _json(await media_api.upload(self._cloud, request))

    async def _begin_example(self, request: web.Request) -> web.StreamResponse:
        return _json(media_api.begin_example(self._cloud, request))

    async def _take_example(self, request: web.Request) -> web.StreamResponse:
        return _json(await media_api.take_example(self._cloud, request))

    async def _delete_media(self, request: web.Request) -> web.StreamResponse:
        return _json(media_api.delete(self._cloud, request))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        return media_api.download(self._cloud, request)

    async def _create_template(self, request: web.Request) -> web.StreamResponse:
        template = self._cloud.templates.create(request.match_info["node"], await self._body(request))
        self._cloud.review_later(template)
        return _json({"id": template.id, "status": template.status, "category": template.category})

    async def _edit_template(self, request: web.Request) -> web.StreamResponse:
        template = self._cloud.templates.by_id(request.match_info["node"])
        if template is None:
            raise CloudError(100, f"Object with ID '{request.match_info['node']}' does not exist.", 33)
        self._cloud.templates.edit(template, await self._body(request))
        self._cloud.review_later(template)
        return _json({"success": True})

    async def _unpause(self, request: web.Request) -> web.StreamResponse:
        template = self._cloud.templates.by_id(request.match_info["node"])
        if template is None or template.status != "PAUSED":
            raise CloudError(100, "Only a paused template can be unpaused.", 33)
        if template.disliked:
            raise CloudError(100, "A pause for low quality ends by itself.")
        self._cloud.unpause(template)
        return _json({"success": True})

    async def _list_templates(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        found = [
            template
            for template in self._cloud.templates.of_waba(request.match_info["node"])
            if query.get("status", "").upper() in ("", template.status) and query.get("name", "") in template.name
        ]
        limit, after = query.get("limit", str(_PAGE)), query.get("after", "0")
        if not limit.isdecimal() or not after.isdecimal() or int(limit) < 1:
            raise CloudError(100, "limit and after must be numbers.")
        start, stop = int(after), int(after) + int(limit)
        rows = [_only(_fields(request), each.shown()) for each in found[start:stop]]
        paging: Json = {"cursors": {"before": str(start), "after": str(stop)}} if rows else {}
        if stop < len(found):
            paging["next"] = str(request.url.update_query({"after": str(stop)}))
        return _json({"data": rows, "paging": paging})

    async def _delete_templates(self, request: web.Request) -> web.StreamResponse:
        name, template_id = request.query.get("name", ""), request.query.get("hsm_id", "")
        found = [
            template
            for template in self._cloud.templates.named(name, request.match_info["node"])
            if template_id in ("", template.id)
        ]
        if not found:
            raise CloudError(100, f"Message template {name!r} was not found.", 2593002)
        for template in found:
            self._cloud.templates.remove(template)
        return _json({"success": True})

    async def _node(self, request: web.Request) -> web.StreamResponse:
        """A template, where the id is one; else what Meta tells about a phone number (A8)."""
        node = request.match_info["node"]
        template = self._cloud.templates.by_id(node)
        if template is not None:
            return _json(_only(_fields(request), template.shown()))
        media = media_api.describe(self._cloud, request)
        if media is not None:
            return _json(media)
        self._cloud.numbers.used.setdefault(node, node)
        wanted = _fields(request) or {"display_phone_number", "verified_name", "quality_rating"}
        answer = _json(_only(wanted, self._cloud.accounts.shown(node)))
        if used := self._cloud.settings.app_usage:
            answer.headers["X-App-Usage"] = orjson.dumps({"call_count": used}).decode()
        return answer

    async def _phone_numbers(self, request: web.Request) -> web.StreamResponse:
        numbers = self._cloud.numbers
        mine = [each for each in numbers.all() if numbers.waba_id(each) == request.match_info["node"]]
        wanted = _fields(request)
        return _json({"data": [_only(wanted, self._cloud.accounts.shown(each)) for each in mine], "paging": {}})


def _fields(request: web.Request) -> set[str]:
    """The fields a GET asks for; empty: all that it tells unasked."""
    return {name.strip() for name in request.query.get("fields", "").split(",") if name.strip()}


def _only(wanted: set[str], full: Json) -> Json:
    return {name: value for name, value in full.items() if name in wanted or name == "id"} if wanted else full


async def _page(request: web.Request) -> web.StreamResponse:
    """Files of ours and nothing from elsewhere: a page on which one writes as a customer."""
    file = _PAGE_FILES / request.match_info.get("name", "index.html")
    return web.FileResponse(file, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})


async def _not_found(request: web.Request) -> web.StreamResponse:
    return _json(error_body(CloudError(100, f"Unknown path components: {request.path}", 0)), 404)


def make_app(cloud: Cloud, script: Sequence[Step] = ()) -> web.Application:
    """The simulator as an application, with what is to happen; its loops live and die with it."""
    waha = Waha(cloud)
    commands = Commands(cloud, waha)
    app = web.Application(client_max_size=110_000_000)
    app.add_routes(CloudApi(cloud).routes())
    app.add_routes(WahaApi(waha).routes())
    app.router.add_get("/", _page)
    app.router.add_get("/_simulator/page/{name:page\\.(?:css|js)}", _page)
    app.add_subapp("/_simulator/", control_app(cloud, waha, commands))
    app.router.add_route("*", "/{rest:.*}", _not_found)

    async def running(_: web.Application) -> AsyncIterator[None]:
        await waha.hooks.open()
        Script(script, cloud, commands)
        loops = [asyncio.create_task(each) for each in (cloud.delivery.run(), cloud.timers.run())]
        yield
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        await waha.hooks.close()

    app.cleanup_ctx.append(running)
    return app
