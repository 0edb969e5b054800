"""A small schema that uses all of the face's ground, served for real."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import httpx
import strawberry
import uvicorn
from strawberry.scalars import JSON

from db import contacts as rows
from db.accounts import Role, Scope
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from domain import accounts
from domain.core.access import SYSTEM, Viewer, allow, public
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text
from graph.app import create_app
from graph.core import nodes
from graph.core.context import Info
from graph.core.enums import OrderDirection
from graph.core.fields import arg, column, computed, mutation, query, subscription
from graph.core.inputs import given, optional, required
from graph.core.nodes import Node, NodeQuery, node
from graph.core.paging import After, Before, Connection, First, Last, Offset, page_request
from graph.core.scalars import PhoneNumber
from graph.core.schema import Schema
from graph.core.wire import HttpProtocol, SocketProtocol
from graph.schema import merged


@allow()
async def get(viewer: Viewer, id: int) -> rows.Contact:
    if (found := await rows.Contact.get_or_none(id=id)) is None:
        raise not_found("contact")
    return found


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[rows.Contact | None]:
    batches.append(ids)
    found = await rows.Contact.in_bulk(ids, "id")
    return [found.get(id) for id in ids]


batches: list[list[int]] = []


@allow()
async def find(viewer: Viewer, *, page: PageRequest, search: str | None = None) -> Page[rows.Contact]:
    where = Where()
    if search:
        where.add("contact.name ILIKE {}", f"%{search}%")
    return await fetch_page(rows.Contact, where, Order("contact.name", "text"), page)


@allow(Role.ADMIN, Role.MARKETER, scope=Scope.CONTACTS)
async def rename(viewer: Viewer, contact_id: int, *, name: str, company: str = "", **changes: object) -> rows.Contact:
    check = Checks()
    with check():
        name = text(name, "name", most=20)
    with check():
        company = text(company, "company", most=5, least=0)
    check.done()
    return await get(viewer, contact_id)


@public
async def enter(viewer: Viewer, *, secret: str) -> bool:
    if secret != "right":
        raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "Wrong.")
    return True


@public
async def greet(viewer: Viewer) -> str:
    return "hello"


@allow()
async def count(viewer: Viewer, to: int) -> None: ...


_served = nodes._getters.get("Contact")  # pyright: ignore[reportPrivateUsage]


@node(rows.Contact, get=get, description="A person.")
class Contact(Node):
    name: str = column("Full name.")
    company: str | None = column("Company.")
    created_at: datetime = column("When the contact was made.")

    @computed("The same person again.", graphql_type="Contact | None", cost=7)
    @staticmethod
    async def twin(info: Info, row: strawberry.Parent[rows.Contact]) -> rows.Contact | None:
        return await info.context.load(by_ids, row.id)


if _served:
    # Ids of contacts lead to them as they are served, but where the toy is tested.
    nodes._getters["Contact"] = _served  # pyright: ignore[reportPrivateUsage]


@strawberry.input(description="A new name.")
class RenameInput:
    id: strawberry.ID = required("Which contact.")
    name: str = required("1 to 20 characters.")
    company: str | None = optional("At most 5 characters.")
    phone_number: PhoneNumber | None = optional("A number.")
    at: datetime | None = optional("When.")
    direction: OrderDirection | None = optional("Which way.")
    counts: list[int] | None = optional("Numbers.")
    attributes: JSON | None = optional("Anything.")


@strawberry.type
class ToyQuery:
    @query(greet, description="A greeting.")
    async def hello(self, info: Info) -> str:
        return await greet(info.context.viewer)

    @query(find, description="Contacts.", graphql_type=Connection[Contact])
    async def contacts(
        self,
        info: Info,
        search: Annotated[str | None, arg("Part of the name.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        offset: Offset = None,
    ) -> Page[rows.Contact]:
        page = page_request(first, after, last, before, offset)
        return await find(info.context.viewer, page=page, search=search)

    @query(greet, description="Fails.")
    async def broken(self, info: Info) -> str | None:
        raise RuntimeError("a secret of ours")


@strawberry.type
class ToyMutation:
    @mutation(rename, description="Renames.", graphql_type=Contact)
    async def rename(self, info: Info, input: Annotated[RenameInput, arg("What to change.")]) -> rows.Contact:
        changes = given(input)
        del changes["id"]
        return await rename(info.context.viewer, 0, **changes)

    @mutation(enter, description="Takes a secret.")
    async def enter(self, info: Info, secret: Annotated[str, arg("The secret.")]) -> bool:
        return await enter(info.context.viewer, secret=secret)


@strawberry.type
class ToySubscription:
    @subscription(count, description="Numbers.")
    async def numbers(
        self,
        info: Info,
        to: Annotated[int, arg("The last one.")],
        width: Annotated[int, arg("Size of each, in characters.")] = 1,
    ) -> AsyncGenerator[str, None]:
        await count(info.context.viewer, to)
        counting.add(to)
        try:
            for number in range(to):
                yield str(number).rjust(width)
                await asyncio.sleep(0)
        finally:
            counting.discard(to)


counting: set[int] = set()
"""Subscriptions that are running."""

schema = Schema(
    merged("Query", (NodeQuery, ToyQuery), "Everything that can be read."),
    merged("Mutation", (ToyMutation,), "Everything that can be changed."),
    merged("Subscription", (ToySubscription,), "Everything that can be watched."),
)


@asynccontextmanager
async def serving() -> AsyncIterator[str]:
    """The toy's API on a free port; its address."""
    app = create_app(schema)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=0,
            log_config=None,
            http=HttpProtocol,
            ws=SocketProtocol,
            ws_max_size=256 * 1024,
            lifespan="off",
        )
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells no other way
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await task


@dataclass
class Toy:
    url: str
    http: httpx.AsyncClient
    tokens: dict[Role, str]

    async def post(self, query: str, role: Role | None = Role.ADMIN, **variables: Any) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        answer = await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return answer.json()


async def token(role: Role, *scopes: Scope) -> str:
    """An API token of a new user of this role."""
    user = await accounts.create_user(
        SYSTEM, email=f"{secrets.token_hex(6)}@example.com", password="correct-horse-battery", name="A User", role=role
    )
    owner = Viewer(user_id=user.id, role=role)
    made = await accounts.create_api_token(owner, name="a token", scopes=scopes or list(Scope))
    assert made.token is not None
    return made.token
