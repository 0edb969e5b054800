"""gql, the client for Python, against the real API: aiohttp for queries and mutations, websockets for events."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

import pytest
from gql import Client, GraphQLRequest
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportConnectionFailed, TransportQueryError
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError
from websockets import ConnectionClosed

from graph.schema import schema
from tests.clients.line import Line
from tests.clients.sending import PEOPLE, SEEN_BEFORE_THE_CUT, logged, over, own, prepared, shown, told
from tests.running import Api, Program

STALE = "a.stale.token"


class Account:
    """A program's sign-in: asks over HTTP, and gets new tokens when the old ones are refused."""

    def __init__(self, url: str, email: str, password: str) -> None:
        self.url, self.email, self.password = url, email, password
        self.access = self.refresh = ""
        self.renewals: list[str] = []

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.access}"} if self.access else {}
        async with Client(transport=AIOHTTPTransport(self.url, headers=headers)) as session:
            return await session.execute(GraphQLRequest(document, variable_values=variables))

    async def sign_in(self) -> None:
        self.access = ""
        found = (await self.ask(own("sign-in"), email=self.email, password=self.password))["login"]
        self.access, self.refresh = found["accessToken"], found["refreshToken"]

    async def renew(self) -> None:
        self.access = ""
        try:
            found = (await self.ask(own("refresh"), refreshToken=self.refresh))["refreshTokens"]
        except TransportQueryError as refused:
            self.renewals.append(code_of(refused))
            await self.sign_in()
        else:
            self.renewals.append("refreshed")
            self.access, self.refresh = found["accessToken"], found["refreshToken"]


def code_of(refused: TransportQueryError) -> str:
    [error] = refused.errors or []
    return error["extensions"]["code"]


def close_of(cut: TransportConnectionFailed) -> int | None:
    """The code of the frame that closed the socket; None where it ended without one."""
    closed = cut.__cause__
    return closed.rcvd.code if isinstance(closed, ConnectionClosed) and closed.rcvd else None


def socket(url: str, access: str) -> Client:
    transport = WebsocketsTransport(
        url, init_payload={"Authorization": f"Bearer {access}"}, connect_args={"proxy": None}
    )
    return Client(transport=transport)


async def watch(
    url: str, account: Account, closes: list[int | None], connected: Callable[[], Awaitable[object]], **variables: Any
) -> AsyncGenerator[dict[str, Any]]:
    """Events, each once, however often the socket is refused or cut."""
    while True:
        try:
            async with socket(url, account.access) as session:
                await connected()
                request = GraphQLRequest(shown("08-watch"), variable_values=dict(variables))
                async for data in session.subscribe(request):
                    event = data["messageEvents"]
                    variables["after"] = event["cursor"]
                    yield event
        except TransportConnectionFailed as cut:
            closes.append(close_of(cut))
            if closes[-1] == 4403:
                await account.renew()
            await asyncio.sleep(0.05)


async def test_it_goes_on_after_every_cut(api: Api, worker: Program, readers: None) -> None:
    given = await prepared(api)
    account = Account(given["http"], given["email"], given["password"])
    await account.sign_in()
    assert (await account.ask(shown("02-senders")))["senders"]["edges"]
    after = (await account.ask(own("newest")))["events"]["pageInfo"]["endCursor"]
    schedule = (await account.ask(shown("07-create-schedule"), **given["schedule"]))["createSchedule"]["id"]

    account.access = STALE
    with pytest.raises(TransportQueryError) as caught:
        await account.ask(shown("02-senders"))
    assert code_of(caught.value) == "AUTHENTICATION_ERROR"

    steps = [
        lambda: account.ask(own("sign-out"), refreshToken=account.refresh),
        lambda: account.ask(own("send-now"), id=schedule),
    ]

    async def connected() -> None:
        if steps:
            await steps.pop(0)()

    seen: list[dict[str, Any]] = []
    closes: list[int | None] = []
    async with Line.to(urlsplit(api.url).port or 0) as line, asyncio.timeout(60):
        url = f"ws://127.0.0.1:{line.port}/graphql"
        async with aclosing(watch(url, account, closes, connected, scheduleId=schedule, after=after)) as events:
            async for event in events:
                seen.append(told(event["cursor"], event))
                if len(seen) == SEEN_BEFORE_THE_CUT:
                    line.cut()
                    await over(api, schedule)
                    line.mend()
                if len(seen) == 3 + 3 * PEOPLE:
                    break
    assert closes[:2] == [4403, 4403]
    assert set(closes[2:]) == {None}
    assert account.renewals == ["refreshed", "AUTHENTICATION_ERROR"]
    assert seen == await logged(api, schedule)


async def test_it_reads_the_schema_from_the_api_and_finds_mistakes_before_it_asks(api: Api) -> None:
    client = Client(transport=AIOHTTPTransport(f"{api.url}/graphql"), fetch_schema_from_transport=True)
    async with client as session:
        assert (await session.execute(GraphQLRequest(shown("13-health"))))["health"]["status"]
        with pytest.raises(GraphQLError, match="Cannot query field 'nonsense' on type 'Query'"):
            await session.execute(GraphQLRequest("{ nonsense }"))
    assert client.schema is not None
    assert set(client.schema.type_map) == set(schema._schema.type_map)  # pyright: ignore[reportPrivateUsage]
