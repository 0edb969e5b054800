"""Rights that end in one process of the API end in all others within five seconds, for sockets that are open there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio

from db.accounts import ApiToken, Role, Scope
from db.core import connect
from domain.core.tokens import digest
from graph.core.ids import encode
from tests import factories
from tests.canary import PASSWORD
from tests.listening import CURSORS, closing, event, now, of, receive, say, socket_of, subscribe
from tests.running import Api, Program, free_port

LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken user { id } } }"
CHANGE = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def elsewhere(api: Api, environment: dict[str, str]) -> AsyncIterator[Api]:
    """Another process of the same installation."""
    port = free_port()
    settings = {**environment, "API_PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    with Program.api(settings) as program:
        yield (other := Api(settings["PUBLIC_URL"], program))
        await other.close()


async def test_whoever_loses_their_rights_hears_no_more_in_another_process(api: Api, elsewhere: Api) -> None:
    contact = await factories.contact()
    endings: list[Callable[[dict[str, Any], str], Awaitable[Any]]] = [
        lambda pair, _: api.data(CHANGE, id=pair["user"]["id"], input={"role": "VIEWER"}),
        lambda pair, _: api.data(CHANGE, id=pair["user"]["id"], input={"active": False}),
        lambda pair, _: api.data("mutation ($t: String!) { logout(refreshToken: $t) }", t=pair["refreshToken"]),
        lambda pair, _: api.data("mutation ($id: ID!) { deleteUser(id: $id) }", id=pair["user"]["id"]),
        lambda _, secret: _delete_token(api, secret),
        lambda _, secret: connect.execute("UPDATE api_token SET expires_at = now() WHERE digest = $1", digest(secret)),
    ]
    async with AsyncExitStack() as open_sockets:
        sockets, ended = [], []
        for number, ending in enumerate([*endings, None]):
            user = await factories.user(role=Role.MARKETER)
            answer = await api.data(LOGIN, input={"email": user.email, "password": PASSWORD})
            secret = await factories.api_token(user, Scope.READ)
            token = secret if number in (4, 5) else answer["login"]["accessToken"]
            sockets.append(socket := await open_sockets.enter_async_context(socket_of(elsewhere, token)))
            await subscribe(socket, CURSORS, filter=of(contact), after=await now())
            if ending is not None:
                ended.append((ending, answer["login"], secret))
        await say(contact)
        for socket in sockets:
            await event(socket)
        for ending, pair, secret in ended:
            await ending(pair, secret)
        *gone, stays = sockets
        assert await asyncio.gather(*(closing(socket) for socket in gone)) == [4403] * len(endings)
        await say(contact)
        assert (await receive(stays))["type"] == "next"


async def _delete_token(api: Api, secret: str) -> None:
    token = await ApiToken.get(digest=digest(secret))
    await api.data("mutation ($id: ID!) { deleteApiToken(id: $id) }", id=encode("ApiToken", token.id))
