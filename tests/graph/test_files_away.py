"""Downloads and uploads while the bucket in which files lie is cut off, or away from the start."""

import pytest
from aiohttp import web
from httpx import RemoteProtocolError

from tests.domain.files import samples
from tests.graph.test_files import announce, in_a_bucket, put, uploaded
from tests.running import Api
from tests.s3 import S3, Gate, cut, overloaded

pytestmark = pytest.mark.timeout(300)  # the first to want S3 installs its server


@pytest.mark.parametrize("range", [None, "bytes=5-"])
async def test_a_download_that_the_bucket_cuts_off_is_seen_to_be_cut(
    api: Api, environment: dict[str, str], s3: S3, range: str | None
) -> None:
    content = samples.boxes(b"isom") + bytes(4_000_000)
    gate = Gate(s3)
    with gate.opened() as url:
        async with in_a_bucket(api, environment, s3.bucket(url)) as own:
            file = await uploaded(own, "film.mp4", content)

            async def half(request: web.Request) -> web.StreamResponse:
                """S3 is killed in the midst of its answer, and stays away."""
                start, end = (int(number) for number in request.headers["Range"].removeprefix("bytes=").split("-"))
                headers = {
                    "Content-Length": str(end - start + 1),
                    "Content-Range": f"bytes {start}-{end}/{len(content)}",
                    "ETag": '"x"',
                }
                answer = web.StreamResponse(status=206, headers=headers)
                await answer.prepare(request)
                await answer.write(content[:1_000_000])
                gate.trouble = cut
                assert request.transport is not None
                request.transport.abort()
                return answer

            gate.trouble = half
            headers = {"Range": range} if range else {}
            with pytest.raises(RemoteProtocolError):
                await own.http.get(file["url"], headers=headers)
            away = await own.http.get(file["url"])
            assert (away.status_code, away.headers["retry-after"]) == (503, "5")
            upload = await announce(own)
            assert (await put(own, upload)).status_code == 503
            gate.trouble = None
            assert (await own.http.get(file["url"], headers=headers)).content == content[5 if range else 0 :]
            assert (await put(own, upload)).status_code == 200


async def test_an_api_whose_bucket_is_away_serves_all_else_and_says_so(
    api: Api, environment: dict[str, str], s3: S3
) -> None:
    gate = Gate(s3)
    with gate.opened() as url:
        gate.trouble = overloaded
        async with in_a_bucket(api, environment, s3.bucket(url)) as own:
            found = (await own.data("{ health { status problems } }"))["health"]
            assert "The storage of files is asked too much." in found["problems"]
            assert found["status"] != "HEALTHY"
