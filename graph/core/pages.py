"""What is read about the API: the documentation, the schema, and OpenAPI of what stands beside it."""

import base64
import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from db.core.settings import get_settings
from domain import VERSION
from graph.core.graphiql import STATIC

SITE = STATIC / "docs"
_OPENAPI = STATIC / "openapi.json"
_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def routes(sdl: str) -> list[BaseRoute]:
    """None where introspection is off: whoever hides the schema hides what tells of it, too."""
    if not get_settings().introspection:
        return []
    document = described()

    async def schema(_: Request) -> Response:
        return PlainTextResponse(sdl)

    async def openapi(_: Request) -> Response:
        return JSONResponse(document)

    built = (SITE / "index.html").is_file()
    return [
        Route("/schema.graphql", schema),
        Route("/openapi.json", openapi),
        Route("/redoc", _to("/docs/reference/queries/" if built else "/schema.graphql")),
        Mount("/docs", _Site(directory=SITE, html=True)) if built else Route("/docs", _to("/graphql")),
    ]


def described() -> dict[str, Any]:
    """What stands beside GraphQL, as OpenAPI 3.1."""
    document: dict[str, Any] = json.loads(_OPENAPI.read_text())
    document["info"]["version"] = VERSION
    return document


def _to(path: str) -> Callable[[Request], Awaitable[Response]]:
    async def there(_: Request) -> Response:
        return RedirectResponse(path)

    return there


class _Site(StaticFiles):
    """Built pages, each with a policy that lets run what stands in it, and nothing else."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        answer = await super().get_response(path, scope)
        if isinstance(answer, FileResponse) and str(answer.path).endswith(".html"):
            answer.headers["content-security-policy"] = _policy(Path(answer.path))
        return answer


@lru_cache(maxsize=200)
def _policy(page: Path) -> str:
    digests = [hashlib.sha256(script.encode()).digest() for script in _INLINE.findall(page.read_text())]
    ours = " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self' {ours}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
