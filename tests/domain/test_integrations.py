"""Outside services as they are found: up, down, slow, refusing our key; and what they say of their limits."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import structlog
from aiohttp import web

from db.accounts import Role, Scope
from db.core import connect
from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain import health, senders
from domain.bot import endpoint, models
from domain.bot.endpoint import Standing
from domain.core.access import SYSTEM
from domain.core.errors import ErrorCode
from domain.health import HealthStatus, integrations
from domain.providers.base import Account
from domain.providers.cloud_numbers import standing_of
from tests import factories
from tests.callers import check_callers, only, token
from tests.domain.bot.model import answering, model
from tests.domain.providers.serving import serving
from tests.running import Simulator


@pytest.fixture(autouse=True)
async def nothing_said() -> AsyncIterator[None]:
    await shared_redis().delete("tidings:model:limits")
    await connect.execute("DELETE FROM model_usage")
    yield
    await shared_redis().delete("tidings:model:limits")


async def test_a_model_that_answers_is_well_and_tells_what_is_left_and_spent() -> None:
    async with model(answering()) as asked:
        before = await health.ask_language_model()
        assert (before.status, before.rate_limit_remaining, before.tokens_used_today) == (HealthStatus.HEALTHY, None, 0)
        asked.headers = {"x-ratelimit-limit-requests": "500", "x-ratelimit-remaining-requests": "499"}
        await models.ask([], [], [], language="en")
        found = await health.ask_language_model()
    assert (found.status, found.fault) == (HealthStatus.HEALTHY, None)
    assert found.response_time_ms is not None
    assert (found.rate_limit_remaining, found.tokens_used_today) == (499, 120)
    assert 0 < await shared_redis().ttl("tidings:model:limits") <= 60


async def test_without_a_model_nothing_is_wrong() -> None:
    found = await health.ask_language_model()
    assert (found.status, found.response_time_ms, found.fault) == (HealthStatus.HEALTHY, None, None)


def answer(status: int, body: Any = None) -> Any:
    async def listed() -> web.Response:
        return web.json_response(body, status=status)

    return listed


async def too_late() -> web.Response:
    await asyncio.sleep(30)
    return web.json_response({})


@pytest.mark.parametrize(
    ("listed", "fault"),
    [
        (answer(500), "The language model answers HTTP 500."),
        (answer(429), "The language model takes no more calls for now."),
        (answer(403), "The language model refuses our key."),
        (too_late, endpoint.SILENT),
    ],
)
async def test_what_is_wrong_with_it_is_said_and_degrades(
    monkeypatch: pytest.MonkeyPatch, listed: Any, fault: str
) -> None:
    monkeypatch.setattr(endpoint, "PROBE_SECONDS", 0.5)
    async with model() as asked:
        asked.listed = listed
        found = await health.ask_language_model()
    assert (found.status, found.fault) == (HealthStatus.DEGRADED, fault)


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"OPENAI_API_KEY": "wrong"}, "The language model refuses our key."),
        ({"OPENAI_BASE_URL": "http://127.0.0.1:9/v1"}, endpoint.SILENT),
    ],
)
async def test_a_key_that_is_refused_and_an_endpoint_that_is_not_there(given: dict[str, str], fault: str) -> None:
    async with model(**given):
        found = await health.ask_language_model()
    assert (found.status, found.fault) == (HealthStatus.DEGRADED, fault)


@pytest.mark.parametrize(
    ("status", "body", "offered"),
    [
        (200, {"data": [{"id": "b"}, {"id": "a"}, {"id": 7}, {}, None, {"id": "x\0"}]}, ("a", "b", "x")),
        (200, {"data": [{"id": "m" * 500}] * 500}, ("m" * 128,)),
        (200, {"data": None}, ()),
        (200, [1], ()),
        (404, None, ()),
    ],
)
async def test_what_it_offers_is_read_as_it_comes(status: int, body: Any, offered: tuple[str, ...]) -> None:
    async with model() as asked:
        asked.listed = answer(status, body)
        found = await endpoint.standing()
    assert (found.fault, found.models) == (None, offered)


@pytest.mark.parametrize("told", ["", "-1", "many", "1e3", "99999999999999", "²"])
async def test_limits_that_nobody_can_read_are_not_told(told: str) -> None:
    async with model(answering()) as asked:
        asked.headers = {"x-ratelimit-remaining-requests": told}
        assert await models.ask([], [], [], language="en") is not None
    assert await endpoint.limits() == endpoint.Limits()


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept from another test."""
    monkeypatch.setattr(integrations, "_whatsapp", integrations.kept(integrations.whatsapp_answers, late=False))
    monkeypatch.setattr(integrations, "_waha", integrations.kept(integrations.waha_answers, late=False))
    monkeypatch.setattr(integrations, "_language_model", integrations.kept(integrations.ask_model, late=Standing()))


async def found() -> dict[str, integrations.Integration]:
    return {each.name: each for each in await integrations.integrations(SYSTEM)}


async def test_services_that_answer_are_connected(anew: None, simulator: Simulator) -> None:
    default = await senders.update(SYSTEM, (await factories.sender()).id, is_default=True)
    assert default.phone_number_id
    headers = {"x-ratelimit-limit-requests": "500"}
    async with model(answering()) as asked:
        asked.headers = headers
        await models.ask([], [], [], language="en")
        services = await found()
    assert services["whatsapp_business_api"].connected
    assert services["whatsapp_business_api"].webhook_url is not None
    openai = services["openai"]
    assert (openai.connected, openai.models, openai.rate_limit) == (True, ("large", "small"), 500)


async def test_services_that_refuse_or_are_not_set_are_not(anew: None, simulator: Simulator) -> None:
    default = await senders.update(SYSTEM, (await factories.sender()).id, is_default=True)
    simulator.configure(number_refusals={default.phone_number_id: 190})
    try:
        services = await found()
    finally:
        simulator.configure(number_refusals={})
    assert not services["whatsapp_business_api"].connected
    assert services["openai"] == integrations.Integration("openai", connected=False)


async def test_a_model_that_refuses_our_key_is_not_connected(anew: None) -> None:
    async with model(OPENAI_API_KEY="wrong"):
        assert not (await found())["openai"].connected


async def test_they_are_for_admins() -> None:
    await check_callers(integrations.integrations, {Role.ADMIN}, Scope.ADMIN)
    assert (await only(integrations.integrations(token(Scope.ADMIN, sender_id=1))))[0] is ErrorCode.AUTHORIZATION_ERROR


async def test_the_id_of_a_request_goes_along_to_whoever_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """WhatsApp, WAHA and models are asked through one client."""
    heads: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serving(handler) as url:
        monkeypatch.setattr(get_settings(), "whatsapp_api_url", url)
        with structlog.contextvars.bound_contextvars(request_id="traced-9"):
            assert (await standing_of(Account(1, "106540352242922", "a-token")))[0] is None
        assert (await standing_of(Account(1, "106540352242922", "a-token")))[0] is None
    assert b"x-request-id: traced-9\r\n" in heads[0].lower()
    assert b"x-request-id" not in heads[1].lower()
