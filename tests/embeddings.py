"""An endpoint for embeddings that stands for a real one: what it says of a text is always the same.

A text is the sum of its words, each in a direction of its own but for its ending; words of one line of MEANINGS share
one. That is enough to find what was said in other words, and is no measure of what a real model finds.
"""

import asyncio
import hashlib
import math
import random
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from aiohttp import web

SIZE = 256
MEANINGS = [
    "plane aeroplane airline flight fly",
    "price cost charge euros pay much fee rate",
    "giftcard giftcards gift voucher",
    "parcel package box order delivery deliver delivered shipping",
    "refund money reimbursed back",
    "deposit bail security",
    "address located find exactly street where",
    "borrow lend replacement loan",
    "bike bicycle ebike bycicle bikes bicycles",
    "broken damaged damage crack",
]
_LITTLE = """a an and are as at be by can do does for from get how i if in is it me my no not of on or so that the there
this to up was we what when which who will with you your"""


class Endpoint:
    """POST /v1/embeddings, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.answer: web.Response | None = None
        """What it answers in place of embeddings, while that is set."""
        self.pause = 0.0
        """Seconds before each answer."""

    async def embed(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.asked.append(asked)
        self.keys.append(request.headers.get("authorization"))
        await asyncio.sleep(self.pause)
        if self.answer is not None:
            return web.Response(status=self.answer.status, body=self.answer.body)
        found = [{"index": index, "embedding": vector(text)} for index, text in enumerate(asked["input"])]
        # In no order of its own: the index says which is which.
        return web.json_response({"data": found[::-1], "model": asked["model"]})


@asynccontextmanager
async def endpoint() -> AsyncIterator[Endpoint]:
    """Serves until the block ends."""
    serving = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/embeddings", serving.embed)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    serving.url = f"http://{host}:{port}/v1"
    try:
        yield serving
    finally:
        await runner.cleanup()


def vector(text: str) -> list[float]:
    """What a text means: of length one, and near to those of texts with the same words."""
    usual = _direction("")
    sums = [0.3 * each for each in usual]
    for word in re.findall(r"\w+", text.lower()):
        if word not in _LITTLE.split():
            for at, each in enumerate(_direction(_meaning(word))):
                sums[at] += each
    length = math.sqrt(sum(each * each for each in sums))
    return [each / length for each in sums]


@cache
def _meaning(word: str) -> str:
    return next((line for line in MEANINGS if word in line.split()), word[:5])


@cache
def _direction(meaning: str) -> Sequence[float]:
    seed = int.from_bytes(hashlib.sha256(meaning.encode()).digest()[:8])
    chance = random.Random(seed)
    found = [chance.gauss(0, 1) for _ in range(SIZE)]
    length = math.sqrt(sum(each * each for each in found))
    return [each / length for each in found]
