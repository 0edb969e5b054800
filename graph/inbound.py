"""Webhooks in: where WhatsApp's Cloud API shakes hands and posts, and WAHA posts."""

from collections.abc import Mapping
from typing import Any

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from db.core.connect import TRANSIENT
from db.senders import SenderProvider
from domain import inbound
from domain.core import traffic
from domain.rates import holder_of
from graph.core import bodies, http
from graph.core.callers import stranger_of

log = structlog.get_logger()

_PATHS = ("/webhooks/whatsapp", "/webhook", "/v1/webhooks/whatsapp")


async def handshake(request: Request) -> Response:
    """Answers the challenge of whom we gave the verify token."""
    query = request.query_params
    challenge = query.get("hub.challenge")
    if challenge is None or not inbound.is_subscription(query.get("hub.mode", ""), query.get("hub.verify_token", "")):
        return _answer(403, {"detail": "Verification failed"})
    return PlainTextResponse(challenge, headers={"X-Content-Type-Options": "nosniff"})


async def post(request: Request) -> Response:
    """Takes what the Cloud API posts."""
    return await _take(request, SenderProvider.CLOUD_API, "x-hub-signature-256")


async def post_of_waha(request: Request) -> Response:
    """Takes what WAHA posts."""
    return await _take(request, SenderProvider.WAHA, "x-webhook-hmac")


async def _take(request: Request, provider: SenderProvider, header: str) -> Response:
    """Keeps what was posted and answers at once; the work comes after. 503 makes the sender post it again."""
    signatures = request.headers.getlist(header)
    signature = "".join(signatures)
    if len(signatures) > 1 or not inbound.is_signed(provider, signature):
        return _answer(401, {"detail": "Invalid signature"})
    try:
        body = await bodies.strangers.read(request, holder_of(stranger_of(request)), inbound.MOST_BYTES)
    except bodies.Crowded:
        return _answer(503, {"detail": "Too much at once, post it again"}, http.RETRY_AFTER)
    except bodies.TooLarge:
        return _answer(413, {"detail": f"A post may have {inbound.MOST_BYTES} bytes"})
    except TimeoutError:
        return Response(status_code=408, headers={"connection": "close"})
    except ClientDisconnect:
        return Response(status_code=400)
    if not inbound.is_genuine(provider, body, signature):
        return _answer(401, {"detail": "Invalid signature"})
    return await _keep(body, provider)


async def _keep(body: bytes, provider: SenderProvider) -> Response:
    try:
        await inbound.keep(body, provider)
    except TRANSIENT as error:
        traffic.refuse_webhook()
        log.warning("webhook_not_kept", error=repr(error))
        return _answer(503, {"detail": "Not kept, post it again"}, http.RETRY_AFTER)
    except Exception:
        traffic.refuse_webhook()
        raise
    return _answer(200, {"status": "received", "message_id": _message_id(body), "response_queued": False})


def _message_id(body: bytes) -> str | None:
    """WhatsApp's id of the first message that was posted, for those who look at the answer; WhatsApp does not."""
    if b'"messages":' not in body:
        return None
    try:
        match orjson.loads(body):
            case {"entry": [{"changes": [{"value": {"messages": [{"id": str(message_id)}, *_]}}, *_]}, *_]}:
                return message_id
            case _:
                return None
    except orjson.JSONDecodeError:
        return None


def _answer(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, media_type="application/json")


routes = [
    *(Route(path, handshake, methods=["GET"]) for path in _PATHS),
    *(Route(path, post, methods=["POST"]) for path in _PATHS),
    Route("/webhooks/waha", post_of_waha, methods=["POST"]),
]
