"""GET /csv/{token}: a list as CSV, streamed, by signed link."""

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

CSV_URL = (
    "All that match, on all pages, as CSV: a signed URL, good for one hour, as long as the one who asked for it is "
    "signed in and may read it. Cells that a spreadsheet would take for formulas begin with an apostrophe; phone "
    "numbers stay as they are."
)
MOST_A_MINUTE = 30
"""Lists that an address may read: each is a whole one, and goes into the audit log for good."""


async def get(request: Request) -> Response:
    try:
        found = export.opened(request.path_params["token"])
        by = await _reader(found)
    except Refusal as refusal:
        return JSONResponse(refused(refusal, request_id_of(request)), 403)
    await rates.admit_list(by)
    await audit.note_export(stranger_of(request), found)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{found.name}.csv"'}
    return StreamingResponse(found.content, headers=headers, media_type="text/csv; charset=utf-8")


async def _reader(found: Export) -> Viewer:
    """Who was given the link, as they are now. Raises Refusal where they may not read the list any more."""
    by = await accounts.recheck(found.by) or ANONYMOUS
    found.access.check(by)
    return by


routes = [Route("/csv/{token}", limited("lists", MOST_A_MINUTE, get), methods=["GET"])]
