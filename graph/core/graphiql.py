"""GraphiQL for browsers, from files of our own: nothing is loaded from elsewhere."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from db.core.settings import get_settings

STATIC = Path(__file__).parents[1] / "static"

# GraphiQL's editor sets styles on elements, and its style sheet carries its fonts and icons within it.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def wanted(request: Request) -> bool:
    """Whether a browser asks for the page, and not for an answer to a query."""
    shows = request.method == "GET" and "query" not in request.query_params
    return shows and bool(get_settings().graphiql) and "text/html" in request.headers.get("accept", "")


def page() -> Response:
    return FileResponse(
        STATIC / "graphiql" / "index.html",
        headers={"content-security-policy": _POLICY, "cache-control": "no-cache"},
    )


def routes() -> list[BaseRoute]:
    """The page's files; none where GraphiQL is off."""
    return [Mount("/static", StaticFiles(directory=STATIC))] if get_settings().graphiql else []
