"""What every answer carries for browsers, and that none of them can be made to act for somebody else."""

from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message

from db.accounts import Role
from graph.core import middleware
from tests import factories
from tests.canary import PASSWORD
from tests.running import Api

ANSWERS = [
    *("/", "/docs", "/graphql", "/schema.graphql", "/health", "/health/live", "/health/detailed", "/metrics", "/stats"),
    *("/files/1", "/csv/x", "/webhooks/whatsapp", "/not/there", "/static/not-there.js"),
]


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
async def test_every_answer_keeps_browsers_careful(api: Api, path: str, accept: str) -> None:
    answer = await api.http.get(path, headers={"Accept": accept, "Origin": "https://theirs.example"})
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-credentials" not in answer.headers, "any origin may ask, so none with credentials"


async def test_in_production_browsers_are_told_to_keep_to_https(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    for production in (True, False):
        settings = type("Settings", (), {"production": production})
        monkeypatch.setattr(middleware, "get_settings", lambda settings=settings: settings)
        scope: Any = {"type": "http", "method": "GET", "path": "/", "headers": []}
        await middleware.Requests(PlainTextResponse("well"))(scope, receive, send)
    secured, plain = (dict(message["headers"]) for message in sent if message["type"] == "http.response.start")
    assert secured[b"strict-transport-security"] == b"max-age=31536000; includeSubDomains"
    assert b"strict-transport-security" not in plain


async def test_a_browser_holds_nothing_that_another_page_could_use(api: Api) -> None:
    """Signing in sets no cookie, and no cookie signs in: what a page of others makes a browser send is a stranger's."""
    user = await factories.user(role=Role.ADMIN)
    document = "mutation ($input: LoginInput!) { login(input: $input) { accessToken refreshToken } }"
    given = {"query": document, "variables": {"input": {"email": user.email, "password": PASSWORD}}}
    answer = await api.http.post("/graphql", json=given)
    assert "set-cookie" not in answer.headers
    pair = answer.json()["data"]["login"]
    for name in ("Authorization", "accessToken", "token", "X-Admin-Token"):
        cookies = f"{name}=Bearer {pair['accessToken']}; refreshToken={pair['refreshToken']}"
        answer = await api.http.post("/graphql", json={"query": "{ me { id } }"}, headers={"Cookie": cookies})
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == ["AUTHENTICATION_ERROR"]


@pytest.mark.parametrize("type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_what_a_form_of_another_page_can_post_is_no_operation(api: Api, type: str) -> None:
    """Browsers ask before they send JSON elsewhere, and these they send at once."""
    name = factories.unique("forged")
    body = '{"query": "mutation { createGroup(input: { name: \\"NAME\\" }) { id } }"}'.replace("NAME", name)
    headers = {"Content-Type": type, "Authorization": f"Bearer {api.tokens[Role.ADMIN]}"}
    answer = await api.http.post("/graphql", content=body, headers=headers)
    assert answer.status_code in (400, 415)
    found = await api.data("query ($s: String) { groups(filter: { search: $s }) { totalCount } }", s=name)
    assert found == {"groups": {"totalCount": 0}}
