"""GET /csv/{token}: a list as CSV, streamed, by signed link."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from domain.core import export
from domain.core.errors import Refusal
from graph.core.callers import request_id_of
from graph.core.errors import refused

CSV_URL = (
    "All that match, on all pages, as CSV: a signed URL, good for one hour. Cells that a spreadsheet would take for "
    "formulas begin with an apostrophe; phone numbers stay as they are."
)


async def get(request: Request) -> Response:
    try:
        name, content = export.opened(request.path_params["token"])
    except Refusal as refusal:
        return JSONResponse(refused(refusal, request_id_of(request)), 403)
    headers = {"cache-control": "no-store", "content-disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(content, headers=headers, media_type="text/csv; charset=utf-8")


routes = [Route("/csv/{token}", get, methods=["GET"])]
