"""What the generated operations go over: HTTP with tries and tokens, and sockets that resume."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any, Self, cast

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from tidings_sdk import wire
from tidings_sdk.errors import TidingsError


class AsyncConnection:
    """A client of one server."""

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        refresh_token: str | None = None,
        on_tokens: Callable[[str | None, str | None], None] | None = None,
        tries: int = 3,
        wait: float = 1,
        timeout: float = 30,
    ) -> None:
        """token: of the API, or of somebody who signed in, whose refresh_token renews it once it has run out.

        on_tokens is told of every new pair, access and refresh, and of two None once there are none.
        tries: in all; wait: seconds before the second, doubling after that; timeout: seconds that one may take.
        """
        self.url = wire.endpoint(url)
        self.token, self.refresh_token, self.on_tokens = token, refresh_token, on_tokens
        self.tries, self.wait = tries, wait
        self.http = httpx.AsyncClient(timeout=timeout)
        self._renewing = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self.http.aclose()

    async def execute(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """An operation of your own: its data. A mutation is tried again only if surely not done, or harmless."""
        body = {"query": query, "operationName": operation_name, "variables": wire.prepared(operation_name, variables)}
        harmless = wire.is_harmless(operation_name, query)
        anonymous = operation_name in wire.ANONYMOUS
        for tried in range(1, self.tries + 1):
            token = None if anonymous else self.token
            try:
                data = await self._post(body, token)
            except TidingsError as error:
                if error.code == "AUTHENTICATION_ERROR" and not anonymous and self.refresh_token:
                    await self._renew(token)
                    data = await self._post(body, self.token)
                elif tried == self.tries:
                    raise
                else:
                    await asyncio.sleep(wire.again(error, harmless, tried, self.wait))
                    continue
            if anonymous:
                self._keep(next(iter(data.values())))
            return data
        raise ValueError("tries must be 1 or more")

    def get_data(self, response: dict[str, Any]) -> dict[str, Any]:
        return response

    async def newest_cursor(self) -> str | None:
        """Where the event log ends now; None while it is empty. Read it before you read what events will change."""
        return (await self.execute(wire.NEWEST))["events"]["pageInfo"]["endCursor"]

    async def execute_ws(
        self, query: str, operation_name: str | None = None, variables: dict[str, Any] | None = None
    ) -> AsyncIterator[dict[str, Any]]:
        """A subscription to one field that takes $after and selects cursor.

        Events from `after` on, or from now on: none is lost and none comes twice, however often the socket is cut.
        Raises CURSOR_EXPIRED when the log no longer reaches back: read anew what you show, then go on from now.
        """
        given = wire.prepared(operation_name, variables)
        if given.get("after") is None:
            given["after"] = await self.newest_cursor()
        payload = {"query": query, "operationName": operation_name, "variables": given}
        tried, was_there = 0, False
        while True:
            token = self.token
            try:
                async with self._socket() as socket:
                    await self._subscribe(socket, payload, token)
                    was_there = True
                    while (data := await self._next(socket)) is not None:
                        tried = 0
                        given["after"] = next(iter(data.values()))["cursor"]
                        yield data
                    return
            except ConnectionClosed as cut:
                error = wire.closed(cut.rcvd.code if cut.rcvd else 1006, cut.rcvd.reason if cut.rcvd else "")
            except (OSError, WebSocketException) as cut:
                error = TidingsError(f"No socket: {cut!r}")
            except TidingsError as refused:
                error = refused
            tried += 1
            if error.code == "AUTHENTICATION_ERROR" and self.refresh_token and tried == 1:
                await self._renew(token)
            elif tried >= self.tries and not (was_there and error.code == "NETWORK_ERROR"):
                raise error
            else:
                await asyncio.sleep(wire.again(error, True, min(tried, 9), self.wait))

    def _socket(self) -> connect:
        # Signs of life are the socket's own: a peer that is silent for 20 s is gone.
        address = f"ws{self.url.removeprefix('http')}"
        return connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], ping_interval=15, ping_timeout=5)

    async def _subscribe(self, socket: ClientConnection, payload: dict[str, Any], token: str | None) -> None:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        await socket.send(json.dumps({"type": "connection_init", "payload": given}))
        while json.loads(await socket.recv())["type"] != "connection_ack":
            pass
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))

    async def _next(self, socket: ClientConnection) -> dict[str, Any] | None:
        """The data of the next event; None once there will be none."""
        while True:
            frame = json.loads(await socket.recv())
            if frame["type"] == "ping":
                await socket.send(json.dumps({"type": "pong"}))
            elif frame["type"] == "complete":
                return None
            elif frame["type"] == "error":
                raise TidingsError.refused(frame["payload"])
            elif frame["type"] == "next":
                if frame["payload"].get("errors"):
                    raise TidingsError.refused(frame["payload"]["errors"])
                return frame["payload"]["data"]

    async def _post(self, body: dict[str, Any], token: str | None) -> dict[str, Any]:
        headers = {"Accept": "application/graphql-response+json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            return wire.read(await self.http.post(self.url, json=body, headers=headers))
        except httpx.TransportError as error:
            raise wire.unanswered(error) from error

    async def _renew(self, refused: str | None) -> None:
        """Gets another token than the one that was refused; nothing to do when somebody did meanwhile."""
        async with self._renewing:
            if refused != self.token or not self.refresh_token:
                return
            try:
                query = "mutation RefreshTokens($refreshToken: String!) { refreshTokens(refreshToken: $refreshToken)"
                query += " { accessToken refreshToken } }"
                await self.execute(query, "RefreshTokens", {"refreshToken": self.refresh_token})
            except TidingsError as error:
                if error.code == "AUTHENTICATION_ERROR":
                    self._keep(None)
                raise

    def _keep(self, tokens: object) -> None:
        """The pair that a sign-in answered with, or none after the sign-out."""
        found = cast("dict[str, str]", tokens) if isinstance(tokens, dict) else {}
        self.token, self.refresh_token = found.get("accessToken"), found.get("refreshToken")
        if self.on_tokens is not None:
            self.on_tokens(self.token, self.refresh_token)
