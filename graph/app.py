"""The API's process: GraphQL over HTTP and sockets, and what browsers and operators find around it."""

import asyncio
import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.types import ASGIApp

from db.core import connect
from db.core.redis import shared_redis
from db.core.settings import get_settings
from domain import VERSION, settings
from domain.core.errors import ErrorCode, Refusal
from domain.files import storage
from domain.health import system, watch
from domain.inbound import attend
from graph import files, health, inbound
from graph.core import export, graphiql, http, pages
from graph.core.callers import request_id_of
from graph.core.deprecation import DEPRECATION_HEADERS
from graph.core.errors import FAULT, refused
from graph.core.http import RATE_HEADERS
from graph.core.middleware import Requests
from graph.core.schema import Schema
from graph.core.sockets import Sockets
from graph.schema import schema as whole_schema

ROUTES: list[BaseRoute] = [*inbound.routes, *files.routes, *health.routes, *export.routes]
"""What rooms serve beside GraphQL, such as webhooks and health."""


def create_app(schema: Schema = whole_schema) -> ASGIApp:
    """The ASGI application; it reads the settings now and connects when it starts."""

    async def graphql(request: Request) -> Response:
        return graphiql.page() if graphiql.wanted(request) else await http.answer(request, schema)

    app = Starlette(
        routes=[
            Route("/", _root),
            Route("/graphql", graphql, methods=["GET", "POST"]),
            WebSocketRoute("/graphql", Sockets(schema)),
            *pages.routes(schema.as_str()),
            *graphiql.routes(),
            *ROUTES,
        ],
        middleware=[_cors()],
        exception_handlers={HTTPException: _http_error, Exception: _fault},
        lifespan=_lifespan,
    )
    # Around all of it, and not among its middleware: answers to faults of ours pass here too.
    return Requests(app)


@asynccontextmanager
async def _lifespan(_: Starlette) -> AsyncGenerator[None]:
    seconds = get_settings().api_statement_seconds
    async with connect.connected(application="tidings api", statement_seconds=seconds):
        # What was loaded until now stays: the collector would look through it again in the middle of every other query.
        gc.collect()
        gc.freeze()
        await asyncio.to_thread(storage.sweep_here)
        tasks = [asyncio.create_task(work()) for work in (settings.keep_reading, attend, watch)]
        tasks.append(asyncio.create_task(system.keep_noting(serves=True)))
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await shared_redis().aclose()
    shared_redis.cache_clear()


def _cors() -> Middleware:
    origins = get_settings().cors_origins
    return Middleware(
        CORSMiddleware,
        allow_origins=origins,
        # Tokens travel in headers, so credentials (cookies) matter only to origins that were listed by name.
        allow_credentials="*" not in origins,
        allow_methods=["GET", "POST", "PUT"],
        allow_headers=["Authorization", "Content-Type", "X-Admin-Token", "X-Request-ID"],
        expose_headers=["X-Request-ID", "Retry-After", *RATE_HEADERS, *DEPRECATION_HEADERS],
        max_age=600,
    )


async def _root(_: Request) -> Response:
    return JSONResponse(
        {
            "message": "Tidings: WhatsApp messaging over GraphQL.",
            "version": VERSION,
            "docs": "/docs",
            "graphql": "/graphql",
        }
    )


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = ErrorCode.NOT_FOUND if error.status_code == 404 else ErrorCode.VALIDATION_ERROR
    answer = refused(Refusal(code, error.detail), request_id_of(request))
    return JSONResponse(answer, error.status_code, error.headers)


async def _fault(request: Request, _error: Exception) -> Response:
    return JSONResponse(refused(FAULT, request_id_of(request)), 500)
