"""Media of the Cloud API: uploads, URLs of five minutes, expiry, refusals, links that lead nowhere (A6, F 24)."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from tests.simulator.conftest import serve

if TYPE_CHECKING:
    from tests.simulator.conftest import Rig, Started

NUMBER = "209900112233445"
ALICE = "+351910000111"
DAY = 86_400
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


async def upload(
    rig: Rig, data: bytes = PNG, mime_type: str = "image/png", product: str = "whatsapp"
) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData()
    form.add_field("messaging_product", product)
    form.add_field("type", mime_type)
    form.add_field("file", io.BytesIO(data), filename="a.png", content_type=mime_type)
    url, headers = f"{rig.url}/v24.0/{NUMBER}/media", {"Authorization": "Bearer token"}
    async with rig.http.post(url, data=form, headers=headers) as response:
        return response.status, await response.json()


async def fetched(rig: Rig, url: str, token: str = "token") -> tuple[int, bytes]:
    async with rig.http.get(url, headers={"Authorization": f"Bearer {token}"} if token else {}) as response:
        return response.status, await response.read()


async def test_upload_describe_fetch_send_delete(rig: Rig) -> None:
    status, reply = await upload(rig)
    assert (status, set(reply)) == (200, {"id"})
    _, shown = await rig.call("GET", reply["id"], phone_number_id=NUMBER)
    assert shown.pop("url").startswith(rig.url)
    assert shown == {
        "messaging_product": "whatsapp",
        "id": reply["id"],
        "mime_type": "image/png",
        "sha256": hashlib.sha256(PNG).hexdigest(),
        "file_size": len(PNG),
    }
    wamid = await rig.send(ALICE, type="image", image={"id": reply["id"], "caption": "door"})
    await rig.endpoint.until(lambda: "read" in rig.endpoint.words(wamid))
    assert await rig.code(ALICE, number="other", type="image", image={"id": reply["id"]}) == (400, 100)
    assert (await rig.call("GET", reply["id"], phone_number_id="other"))[0] == 400
    assert await rig.call("DELETE", reply["id"]) == (200, {"success": True})
    assert (await rig.call("DELETE", reply["id"]))[0] == 400
    assert await rig.code(ALICE, type="image", image={"id": reply["id"]}) == (400, 100)


async def test_a_url_wants_the_token_and_ends_after_five_minutes(rig: Rig) -> None:
    _, reply = await upload(rig)
    url = (await rig.call("GET", reply["id"]))[1]["url"]
    assert (await fetched(rig, url, token=""))[0] == 401
    assert await fetched(rig, url) == (200, PNG)
    await rig.control("POST", "clock", {"jump": 301})
    assert await fetched(rig, url) == (404, b"")
    again = (await rig.call("GET", reply["id"]))[1]["url"]
    assert await fetched(rig, again) == (200, PNG)


async def test_uploads_are_kept_thirty_days(rig: Rig) -> None:
    _, reply = await upload(rig)
    await rig.control("POST", "clock", {"jump": 29 * DAY})
    await rig.send(ALICE, type="image", image={"id": reply["id"]})
    await rig.control("POST", "clock", {"jump": 2 * DAY})
    assert await rig.code(ALICE, type="image", image={"id": reply["id"]}) == (400, 100)


async def test_what_people_send_is_kept_seven_days(rig: Rig) -> None:
    params = {"mime_type": "image/png"}
    async with rig.http.post(f"{rig.url}/_simulator/media", data=PNG, params=params) as response:
        held = await response.json()
    content = {"id": held["id"], "mime_type": "image/png", "sha256": held["sha256"]}
    await rig.hear(ALICE, type="image", content=content)
    [message] = await rig.endpoint.until(rig.endpoint.messages)
    url = (await rig.call("GET", message["image"]["id"]))[1]["url"]
    assert await fetched(rig, url) == (200, PNG)
    await rig.control("POST", "clock", {"jump": 8 * DAY})
    assert "url" not in (await rig.call("GET", message["image"]["id"]))[1]


@pytest.mark.parametrize(
    ("data", "mime_type", "code"),
    [
        (b"x", "image/tiff", 100),
        (b"x" * 5_000_001, "image/png", 131053),
        (b"x" * 16_000_001, "audio/ogg", 131053),
        (b"x" * 500_001, "image/webp", 131053),
        (b"", "image/png", 131053),
    ],
    ids=["type", "image", "audio", "sticker", "empty"],
)
async def test_files_of_wrong_type_or_size_are_refused(rig: Rig, data: bytes, mime_type: str, code: int) -> None:
    status, reply = await upload(rig, data, mime_type)
    assert (status, reply["error"]["code"]) == (400, code)


async def test_malformed_uploads(rig: Rig) -> None:
    assert (await upload(rig, product="sms"))[1]["error"]["code"] == 100
    assert (await rig.call("POST", f"{NUMBER}/media", {"file": "x"}))[1]["error"]["code"] == 100


async def test_links_are_fetched_after_acceptance_and_bad_ones_fail(start: Started) -> None:
    asked: list[str] = []

    async def file(request: web.Request) -> web.Response:
        asked.append(request.path)
        kind = {"/a.png": "image/png", "/page": "text/html"}.get(request.path)
        return web.Response(body=PNG, content_type=kind) if kind else web.Response(status=404)

    shop = web.Application()
    shop.router.add_get("/{path}", file)
    runner, url = await serve(shop)
    rig = await start()
    try:
        good = await rig.send(ALICE, type="image", image={"link": f"{url}/a.png"})
        await rig.endpoint.until(lambda: "read" in rig.endpoint.words(good))
        for bad in (f"{url}/page", f"{url}/none", "http://127.0.0.1:1/a.png", "https://cdn.ex.example/broken.png"):
            wamid = await rig.send(ALICE, type="image", image={"link": bad})
            await rig.endpoint.until(lambda wamid=wamid: rig.endpoint.words(wamid) == ["failed"])
            assert rig.endpoint.statuses()[-1]["errors"][0]["code"] == 131053
        await rig.send(ALICE, type="image", image={"link": f"{url}/a.png"})
        assert asked.count("/a.png") == 1, "a link is remembered for ten minutes"
        await rig.control("POST", "clock", {"jump": 601})
        later = await rig.send(ALICE, type="image", image={"link": f"{url}/a.png"})
        await rig.endpoint.until(lambda: "read" in rig.endpoint.words(later))
        assert asked.count("/a.png") == 2
    finally:
        await runner.cleanup()


async def test_media_in_a_templates_header_is_checked_too(rig: Rig) -> None:
    components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hi"}]
    await rig.template("pic", "", components=components)

    def sent(image: dict[str, str]) -> dict[str, Any]:
        header = {"type": "header", "parameters": [{"type": "image", "image": image}]}
        return {"type": "template", "template": {"name": "pic", "language": {"code": "en"}, "components": [header]}}

    assert await rig.code(ALICE, **sent({"id": "77"})) == (400, 100)
    wamid = await rig.send(ALICE, **sent({"link": "https://cdn.ex.example/broken.png"}))
    await rig.endpoint.until(lambda: rig.endpoint.words(wamid) == ["failed"])


async def test_voice_is_played(rig: Rig) -> None:
    _, reply = await upload(rig, b"OggS", "audio/ogg")
    voice = await rig.send(ALICE, type="audio", audio={"id": reply["id"], "voice": True})
    await rig.change(played_delay=0.0)
    await rig.endpoint.until(lambda: rig.endpoint.words(voice) == ["sent", "delivered", "read", "played"])
