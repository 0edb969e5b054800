"""Links to lists: good as long as the one they were given to, and theirs alone."""

import base64
import json
from collections.abc import Awaitable, Callable

import pytest

from db.accounts import ApiToken, Role, Scope, User, UserSession
from db.audit import AuditEntry
from db.core import connect
from domain import accounts, campaigns
from domain.core.access import SYSTEM, Viewer
from tests import factories
from tests.conftest import PASSWORD
from tests.drafts import draft
from tests.listening import now, receive, socket_of, subscribe
from tests.running import Api

AUDIT = "{ auditEntries { csvUrl } }"
TOLD = """subscription ($after: String) {
  campaignEvents(after: $after) { campaign { id recipients(first: 0) { csvUrl } } }
}"""


def given_to(url: str) -> list[int | None]:
    """Whom a link names: user, session, token."""
    written = url.rpartition("/")[2].partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)))["by"]


async def demoted(user: User) -> None:
    await accounts.update_user(SYSTEM, user.id, role=Role.SALES)


async def switched_off(user: User) -> None:
    await accounts.update_user(SYSTEM, user.id, active=False)


async def signed_out(user: User) -> None:
    session = await UserSession.get(user_id=user.id)
    await accounts.delete_user_session(Viewer(user_id=user.id, role=Role.ADMIN, session_id=session.id), session.id)


async def token_deleted(user: User) -> None:
    token = await ApiToken.get(user_id=user.id)
    await accounts.delete_api_token(SYSTEM, token.id)


async def token_ended(user: User) -> None:
    await connect.execute("UPDATE api_token SET expires_at = now() WHERE user_id = $1", user.id)


@pytest.mark.parametrize(
    ("by_token", "happens"),
    [
        (False, demoted),
        (False, switched_off),
        (False, signed_out),
        (True, demoted),
        (True, switched_off),
        (True, token_deleted),
        (True, token_ended),
    ],
)
async def test_a_link_ends_with_the_rights_it_was_given_by(
    api: Api, by_token: bool, happens: Callable[[User], Awaitable[None]]
) -> None:
    user = await factories.user(password=PASSWORD)
    secret = await (factories.api_token(user, Scope.ADMIN) if by_token else api.sign_in(user.email, PASSWORD))
    url = (await api.gql(AUDIT, token=secret))["data"]["auditEntries"]["csvUrl"]
    assert (await api.http.get(url)).status_code == 200
    read = AuditEntry.filter(actor_id=user.id, action="csvExport")
    assert await read.count() == 1
    await happens(user)
    refused = await api.http.get(url)
    assert refused.status_code == 403
    assert refused.json()["errors"][0]["extensions"]["code"] in ("AUTHENTICATION_ERROR", "AUTHORIZATION_ERROR")
    assert await read.count() == 1


async def test_a_link_that_was_given_to_the_admin_token_holds(api: Api, environment: dict[str, str]) -> None:
    headers = {"X-Admin-Token": environment["ADMIN_TOKEN"]}
    answer = await api.http.post("/graphql", json={"query": AUDIT}, headers=headers)
    url = answer.json()["data"]["auditEntries"]["csvUrl"]
    assert given_to(url) == [None, None, None]
    assert (await api.http.get(url)).status_code == 200


async def test_two_subscribers_who_ask_alike_are_each_given_their_own_link(api: Api) -> None:
    users = [await factories.user(role=Role.MARKETER) for _ in range(2)]
    campaign, after = await draft(), await now()
    await campaigns.put_stats(SYSTEM, campaign.id, sent=1)
    secrets = [await factories.api_token(user, Scope.READ, Scope.CAMPAIGNS) for user in users]
    async with socket_of(api, secrets[0]) as one, socket_of(api, secrets[1]) as other:
        for socket in (one, other):
            await subscribe(socket, TOLD, after=after)
        told = [(await receive(socket))["payload"] for socket in (one, other)]
    links = [payload["data"]["campaignEvents"]["campaign"]["recipients"]["csvUrl"] for payload in told]
    assert [given_to(link)[0] for link in links] == [user.id for user in users]
