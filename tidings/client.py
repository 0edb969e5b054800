"""A client of our own GraphQL API, as anybody could write one: HTTP for operations, a socket for subscriptions."""

import json
from collections.abc import Generator
from typing import Any, cast

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tidings.trouble import Trouble

LOST = (OSError, WebSocketException)
"""What a cut socket raises: connect again and resume."""


class Refused(Trouble):
    """The API refused an operation; `codes` are those of its errors."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__("; ".join(str(error["message"]) for error in errors))
        self.codes = {str(error.get("extensions", {}).get("code")) for error in errors}


class Api:
    """One server; `url` is its GraphQL endpoint. A context manager, which closes its connections."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url = url
        self.token = token
        self._http = httpx.Client(timeout=60.0, trust_env=False)  # trust_env: no proxy between us and ourselves

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    @property
    def socket_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    def execute(self, document: str, **variables: Any) -> dict[str, Any]:
        """Run a query or mutation and give its data; raises Refused, and Trouble when the server is away."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        try:
            answer = self._http.post(self.url, json={"query": document, "variables": variables}, headers=headers)
        except httpx.TransportError as error:
            raise Trouble(f"{self.url} does not answer: {error!r}") from error
        try:
            body = cast("dict[str, Any]", answer.json())
        except ValueError:
            raise Trouble(f"{self.url} answered {answer.status_code}, and no JSON") from None
        if body.get("errors"):
            raise Refused(body["errors"])
        return body["data"]

    def sign_in(self, email: str, password: str) -> None:
        """Use this user's access token from now on."""
        document = """mutation ($email: String!, $password: String!) {
            login(input: { email: $email, password: $password }) { accessToken }
        }"""
        self.token = self.execute(document, email=email, password=password)["login"]["accessToken"]

    def open_socket(self) -> ClientConnection:
        """A socket that is signed in, in the protocol graphql-transport-ws."""
        socket = connect(
            self.socket_url, subprotocols=[Subprotocol("graphql-transport-ws")], proxy=None, open_timeout=5
        )
        payload = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        if json.loads(socket.recv(timeout=10))["type"] != "connection_ack":
            raise Trouble("the server did not acknowledge the socket")
        return socket


def subscribe(socket: ClientConnection, document: str, **variables: Any) -> Generator[dict[str, Any] | None]:
    """The data of each event, or None after 0.1 s without one; raises one of LOST when the socket is cut."""
    payload = {"query": document, "variables": variables}
    socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))
    while True:
        try:
            message = json.loads(socket.recv(timeout=0.1))
        except TimeoutError:
            yield None
            continue
        match message["type"]:
            case "next" if message["payload"].get("errors"):
                raise Refused(message["payload"]["errors"])
            case "next":
                yield message["payload"]["data"]
            case "error":
                raise Refused(message["payload"])
            case "ping":
                socket.send(json.dumps({"type": "pong"}))
            case "complete":
                return
            case _:
                pass
