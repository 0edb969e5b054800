"""API tokens that end with a password, and where they came from."""

import asyncio
from contextvars import Context

import pytest

from db.accounts import ApiToken, Role, Scope, User
from db.audit import AuditEntry
from db.core import connect
from db.core.transaction import transaction
from domain import accounts
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only
from tests.factories import unique

PASSWORD = factories.PASSWORD
BAD_TOKEN = (ErrorCode.AUTHENTICATION_ERROR, None, None)


async def signed_in(user: User) -> Viewer:
    pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    return await accounts.authenticate(pair.access_token, ip_address=unique("10."))


async def made_by(viewer: Viewer) -> ApiToken:
    return await accounts.create_api_token(viewer, name="t", scopes=[Scope.READ, Scope.ADMIN])


async def test_a_token_tells_where_and_in_which_session_it_was_made() -> None:
    user = await factories.user(role=Role.SALES)
    me = await signed_in(user)
    made = await made_by(me)
    [[listed]] = await accounts.api_tokens_of(me, [user.id])
    assert (listed.id, listed.ip_address, listed.session_id) == (made.id, me.ip_address, me.session_id)
    assert me.session_id is not None
    other = Viewer(user_id=(await factories.user(role=Role.MARKETER)).id, role=Role.MARKETER)
    for viewer, seen in ((me, [me.session_id]), (SYSTEM, [me.session_id]), (other, [])):
        found = await accounts.sessions_by_ids(viewer, [me.session_id])
        assert [session.id for session in found if session] == seen
    again = await made_by(await accounts.authenticate(made.token or "", ip_address="10.9.9.9"))
    assert (again.session_id, again.ip_address) == (None, "10.9.9.9"), "another token has made it"
    await accounts.delete_user_session(me, me.session_id)
    assert await accounts.sessions_by_ids(SYSTEM, [me.session_id]) == [None]
    await connect.execute("DELETE FROM user_session WHERE id = $1", me.session_id)
    assert (await ApiToken.get(id=made.id)).session_id is None, "tokens outlive what is known of their session"


@pytest.mark.parametrize("end", [None, False, True])
async def test_a_new_password_ends_api_tokens_where_that_is_asked_for(end: bool | None) -> None:
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.SALES)
    me = await signed_in(user)
    secret, others = (await made_by(me)).token or "", (await made_by(await signed_in(other))).token or ""
    asked = {} if end is None else {"end_api_tokens": end}
    await accounts.update_user(me, user.id, password="another-password", current_password=PASSWORD, **asked)
    assert await accounts.recheck(me) == me
    assert (await accounts.authenticate(others)).user_id == other.id
    noted = await AuditEntry.filter(actor_id=user.id, action="deleteApiToken").count()
    if end:
        assert await only(accounts.authenticate(secret)) == BAD_TOKEN
        assert noted == 1
    else:
        assert (await accounts.authenticate(secret)).user_id == user.id
        assert noted == 0


async def test_an_administrator_ends_all_tokens_of_a_user_and_nobody_else_does() -> None:
    user, colleague = await factories.user(role=Role.SALES), await factories.user(role=Role.MARKETER)
    secret = (await made_by(await signed_in(user))).token or ""
    denied = accounts.update_user(await signed_in(colleague), user.id, end_api_tokens=True)
    assert (await only(denied))[0] is ErrorCode.AUTHORIZATION_ERROR
    wrong = accounts.update_user(await signed_in(user), user.id, password="x" * 9, end_api_tokens=True)
    assert (await only(wrong))[1] == "currentPassword"
    assert (await accounts.authenticate(secret)).user_id == user.id, "what is refused ends nothing"
    await accounts.update_user(SYSTEM, user.id, password="another-password", end_api_tokens=True)
    assert await only(accounts.authenticate(secret)) == BAD_TOKEN


async def test_the_token_that_asks_is_the_one_that_stays() -> None:
    user = await factories.user(role=Role.SALES)
    me = await signed_in(user)
    mine, other = (await made_by(me)).token or "", (await made_by(me)).token or ""
    await accounts.update_user(await accounts.authenticate(mine), user.id, end_api_tokens=True)
    assert (await accounts.authenticate(mine)).user_id == user.id
    assert await only(accounts.authenticate(other)) == BAD_TOKEN


async def test_a_thief_makes_no_token_while_the_password_is_being_changed() -> None:
    """Their call has begun before the change, and waits for it."""
    user = await factories.user(role=Role.SALES)
    owner, thief = await signed_in(user), await signed_in(user)
    async with transaction():
        await accounts.update_user(
            owner, user.id, password="another-password", current_password=PASSWORD, end_api_tokens=True
        )
        stealing = asyncio.create_task(only(made_by(thief)), context=Context())
        async with asyncio.timeout(10):
            while not await connect.value("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - nothing tells when
                await asyncio.sleep(0.02)
    assert (await stealing)[0] is ErrorCode.AUTHENTICATION_ERROR
    assert not await ApiToken.filter(user_id=user.id).exists()


async def test_a_token_of_scope_admin_may_what_its_owner_may_now() -> None:
    user, other = await factories.user(), await factories.user(role=Role.VIEWER)
    secret = (await accounts.create_api_token(await signed_in(user), name="t", scopes=list(Scope))).token or ""
    before = await accounts.authenticate(secret)
    await accounts.update_user(SYSTEM, user.id, role=Role.VIEWER)
    after = await accounts.recheck(before)
    assert after is not None
    for viewer in (after, await accounts.authenticate(secret), await accounts.authenticate_admin(secret)):
        assert viewer.role is Role.VIEWER
        for doing in (
            accounts.update_user(viewer, other.id, name="x"),
            accounts.update_user(viewer, user.id, role=Role.ADMIN),
            accounts.create_user(viewer, email=f"{unique()}@example.com", password=PASSWORD, name="x"),
            accounts.delete_user(viewer, other.id),
            accounts.create_api_token(viewer, name="t", scopes=[Scope.READ], user_id=other.id),
        ):
            assert (await only(doing))[0] is ErrorCode.AUTHORIZATION_ERROR
        assert await accounts.api_tokens_of(viewer, [other.id]) == [[]]
    # Nor does a call that began while they were ADMIN make what ADMIN alone makes.
    late = accounts.create_api_token(before, name="t", scopes=[Scope.READ], user_id=other.id)
    assert (await only(late))[0] is ErrorCode.AUTHENTICATION_ERROR
    assert not await ApiToken.filter(user_id=other.id).exists()
