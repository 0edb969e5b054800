"""Apollo Client, urql and graphql-ws against the real API: each signs in, asks, changes, listens, and loses nothing.

What happens to each: its token is refused, its session is ended, and its line is cut in mid-send until all is over.
Each sees the refusal, gets new tokens, and goes on after the last cursor that it saw.
"""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients.line import Line
from tests.clients.node import telling
from tests.clients.sending import PEOPLE, SEEN_BEFORE_THE_CUT, logged, over, prepared
from tests.running import Api, Program

pytestmark = pytest.mark.timeout(300)  # the first to want Node installs its packages


@pytest.mark.parametrize("script", ["graphql-ws.mjs", "urql.mjs", "apollo.mjs"])
async def test_it_goes_on_after_every_cut(script: str, api: Api, worker: Program, readers: None, node: Path) -> None:
    given = await prepared(api)
    told: list[dict[str, Any]] = []
    async with Line.to(urlsplit(api.url).port or 0) as line:
        given["ws"] = f"ws://127.0.0.1:{line.port}/graphql"
        async with asyncio.timeout(60), telling(node, script, given) as said:
            async for text in said:
                told.append(json.loads(text))
                if "event" in told[-1] and len(of("event", told)) == SEEN_BEFORE_THE_CUT:
                    line.cut()
                    await over(api, of("schedule", told)[0])
                    line.mend()
    assert of("signedIn", told) == ["ADMIN", "ADMIN"]
    assert of("senders", told)[0]
    assert of("queryRefused", told) == [4403 if script == "graphql-ws.mjs" else "AUTHENTICATION_ERROR"]
    assert of("socketRefused", told) == [4403]
    closed = of("closed", told)
    assert closed[:2] == [4403, 4403]
    assert set(closed[2:-1]) == {1006}
    assert closed[-1] == 1000
    assert of("refreshed", told) == [True]
    assert of("refreshRefused", told) == ["AUTHENTICATION_ERROR"]
    assert len(of("connected", told)) == 3
    assert of("event", told) == await logged(api, of("schedule", told)[0])
    assert len(of("event", told)) == 3 + 3 * PEOPLE
    if script == "apollo.mjs":
        [before], [after] = of("cachedBefore", told), of("cachedAfter", told)
        assert len(before) == PEOPLE
        assert set(before) != {"READ"}
        assert after == ["READ"] * PEOPLE


def of(what: str, told: list[dict[str, Any]]) -> list[Any]:
    return [each[what] for each in told if what in each]
