"""Uploading and fetching media (A6)."""

from aiohttp import web

from simulator.cloud import Cloud
from simulator.errors import CloudError
from simulator.media import KINDS, UPLOADED, Held, kind_of, plain_type
from simulator.wire import Json

_TYPES = sorted(each for _, types in KINDS.values() for each in types)


async def upload(cloud: Cloud, request: web.Request) -> Json:
    """Keep a file for a number; its type must be one of WhatsApp's, and it not too large for its kind."""
    if not request.content_type.startswith("multipart/"):
        raise CloudError(100, "(#100) The parameter file is required.")
    form = await request.post()
    file, said = form.get("file"), str(form.get("type", ""))
    if form.get("messaging_product") != "whatsapp":
        raise CloudError(100, "(#100) The parameter messaging_product is required and must be whatsapp.")
    if not isinstance(file, web.FileField):
        raise CloudError(100, "(#100) The parameter file is required.")
    mime_type = file.content_type if kind_of(file.content_type) else said
    kind = kind_of(mime_type)
    if not kind:
        raise CloudError(
            100,
            f"Param file must be a file with one of the following types: {', '.join(_TYPES)}. Received {mime_type}.",
        )
    data = file.file.read()
    most = KINDS[kind][0]
    if not data or len(data) > most:
        raise CloudError(
            131053, f"A file of type {plain_type(mime_type)} must have 1 to {most} bytes, not {len(data)}."
        )
    held = cloud.media.keep(
        data, mime_type, UPLOADED, filename=file.filename, phone_number_id=request.match_info["node"]
    )
    return {"id": held.id}


def begin_example(cloud: Cloud, request: web.Request) -> Json:
    """Announce the example of a template's header (Meta's resumable upload)."""
    length, mime_type = request.query.get("file_length", ""), request.query.get("file_type", "")
    if not length.isdecimal() or not mime_type:
        raise CloudError(100, "file_length and file_type are required.")
    return {"id": f"upload:{length}:{plain_type(mime_type)}"}


async def take_example(cloud: Cloud, request: web.Request) -> Json:
    """Take its bytes, in one piece; the handle that a template names."""
    _, length, mime_type = request.match_info["session"].split(":", 2)
    data = await request.read()
    if request.headers.get("file_offset") != "0" or len(data) != int(length):
        raise CloudError(100, f"{length} bytes from offset 0 were announced, not {len(data)}.")
    return {"h": f"4::{cloud.media.keep(data, mime_type, UPLOADED).id}"}


def _found(cloud: Cloud, request: web.Request) -> Held | None:
    held = cloud.media.get(request.match_info["node"])
    number = request.query.get("phone_number_id", "")
    if held is not None and number and held.phone_number_id and number != held.phone_number_id:
        raise CloudError(100, f"Object with ID '{held.id}' does not exist for phone number {number}.", 33)
    return held


def describe(cloud: Cloud, request: web.Request) -> Json | None:
    """What is known of a file, with a URL that holds for five minutes; None where the node is no file."""
    held = _found(cloud, request)
    if held is None:
        return None
    return {
        "messaging_product": "whatsapp",
        "id": held.id,
        "url": f"{request.scheme}://{request.host}/_media/{cloud.media.link(held)}",
        "mime_type": held.mime_type,
        "sha256": held.sha256,
        "file_size": len(held.data),
    }


def delete(cloud: Cloud, request: web.Request) -> Json:
    """Forget a file."""
    held = _found(cloud, request)
    if held is None:
        raise CloudError(100, f"Object with ID '{request.match_info['node']}' does not exist.", 33)
    cloud.media.drop(held.id)
    return {"success": True}


def download(cloud: Cloud, request: web.Request) -> web.Response:
    """The bytes behind a URL; 404 once it has ended."""
    held = cloud.media.behind(request.match_info["secret"])
    if held is None:
        return web.Response(status=404)
    return web.Response(body=held.data, headers={"Content-Type": held.mime_type})
