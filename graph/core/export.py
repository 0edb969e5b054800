"""GET /csv/{token}: a list as CSV, streamed, by signed link."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from domain import accounts, audit, rates
from domain.core import export
from domain.core.access import ANONYMOUS, Viewer
from domain.core.errors import Refusal
from domain.core.export import Export
from graph.core.callers import request_id_of, stranger_of
from graph.core.errors import refused
from graph.core.http import limited
from graph.core.wire import ABORT

log = structlog.get_logger()

CSV_URL = (
    "All that match, on all pages, as CSV: a signed URL, good for one hour, as long as the one who asked for it is "
    "signed in and may read it. Cells that a spreadsheet would take for formulas begin with an apostrophe; phone "
    "numbers stay as they are."
)
MOST_A_MINUTE = 30
"""Lists that an address may read: each is a whole one, and goes into the audit log for good."""

RECHECK_SECONDS = 4.0
"""From one look at the rights of who reads to the next, as for sockets."""


async def get(request: Request) -> Response:
    try:
        found = export.opened(request.path_params["token"])
        by = await _reader(found)
    except Refusal as refusal:
        return JSONResponse(refused(refusal, request_id_of(request)), 403)
    await rates.admit_list(by)
    await audit.note_export(stranger_of(request), found)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{found.name}.csv"'}
    cut = request.scope["extensions"][ABORT]
    return StreamingResponse(_while_allowed(found, cut), headers=headers, media_type="text/csv; charset=utf-8")


async def _while_allowed(found: Export, cut: Callable[[], None]) -> AsyncGenerator[bytes]:
    """The list, until who was given the link may not read it any more: who reads slowly would read on for hours."""
    looked = time.monotonic()
    async with aclosing(found.content) as content:
        async for block in content:
            if time.monotonic() - looked > RECHECK_SECONDS:
                try:
                    await _reader(found)
                except Refusal:
                    log.warning("list_cut", list=found.name)
                    cut()  # A part of it is not to look like the whole.
                    return
                looked = time.monotonic()
            yield block


async def _reader(found: Export) -> Viewer:
    """Who was given the link, as they are now. Raises Refusal where they may not read the list any more."""
    by = await accounts.recheck(found.by) or ANONYMOUS
    found.access.check(by)
    return by


routes = [Route("/csv/{token}", limited("lists", MOST_A_MINUTE, get), methods=["GET"])]
