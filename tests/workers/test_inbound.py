"""From the door to the row: what is posted over HTTP is taken up by a worker, soon."""

import asyncio
import time

import orjson

from db.messages import Message
from domain import contacts
from domain.core.access import SYSTEM
from tests import factories
from tests.domain.inbound.posts import body, change, digits_of, message
from tests.graph.test_inbound import post, sign
from tests.running import Api, Program


async def test_a_posted_message_is_a_row_within_a_second(api: Api, worker: Program) -> None:
    sender = await factories.sender()
    number = factories.phone()
    took: list[float] = []
    for attempt in range(3):
        posted = message(digits_of(number), f"hello {attempt}")
        raw = orjson.dumps(body(change(sender, messages=[posted])))
        started = time.monotonic()
        assert (await post(api, raw, sign(raw))).status_code == 200
        while (row := await Message.get_or_none(provider_message_id=posted["id"])) is None:
            assert time.monotonic() - started < 10
            await asyncio.sleep(0.01)
        took.append(time.monotonic() - started)
    assert min(took) < 1
    assert (row.content, row.state) == ("hello 2", "RECEIVED")
    assert (await contacts.get(SYSTEM, row.contact_id)).name == number
