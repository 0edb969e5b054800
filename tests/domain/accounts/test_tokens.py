"""API tokens and sessions: whose they are, and what they open."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from db.accounts import ApiToken, Role, Scope, User, UserSession
from db.audit import AuditEntry
from db.core import connect
from db.core.settings import get_settings
from domain import accounts
from domain.core import tokens
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import only, token
from tests.factories import unique
from tests.statements import statements

PASSWORD = "correct-horse-battery"
BAD_TOKEN = (ErrorCode.AUTHENTICATION_ERROR, None, None)
READ = [Scope.READ]


def signed_in(user: User) -> Viewer:
    return Viewer(user_id=user.id, role=user.role)


async def secret_of(user: User, *scopes: Scope) -> str:
    made = await accounts.create_api_token(signed_in(user), name="t", scopes=scopes or READ)
    assert made.token is not None
    return made.token


async def test_a_token_is_shown_once_and_kept_hashed() -> None:
    user = await factories.user(role=Role.VIEWER)
    made = await accounts.create_api_token(signed_in(user), name=" CI ", scopes=[Scope.READ, Scope.FILES, Scope.READ])
    assert made.token is not None
    assert made.token.startswith("tdg_")
    assert len(made.token) == 47
    stored = await ApiToken.get(id=made.id)
    assert (stored.name, stored.token, stored.scopes) == ("CI", None, ["READ", "FILES"])
    assert stored.prefix == made.token[: len(stored.prefix)]
    assert stored.digest == tokens.digest(made.token)
    assert stored.expires_at is not None
    assert abs(stored.expires_at - datetime.now(UTC) - timedelta(days=30)) < timedelta(minutes=1)
    forever = await accounts.create_api_token(signed_in(user), name="CI", scopes=READ, expires_in_days=None)
    assert forever.expires_at is None
    viewer = await accounts.authenticate(made.token, ip_address="1.1.1.1")
    assert (viewer.user_id, viewer.role, viewer.scopes) == (user.id, Role.VIEWER, frozenset({Scope.READ, Scope.FILES}))
    assert (viewer.token_id, viewer.session_id, viewer.ip_address) == (made.id, None, "1.1.1.1")


async def test_what_the_database_holds_of_tokens_opens_nothing() -> None:
    user = await factories.user(role=Role.ADMIN)
    await secret_of(user, *Scope)
    await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    held = await connect.rows(
        "SELECT digest AS text FROM api_token WHERE user_id = $1 UNION ALL SELECT 'tdg_' || digest FROM api_token"
        " WHERE user_id = $1 UNION ALL SELECT prefix FROM api_token WHERE user_id = $1 UNION ALL SELECT r.digest"
        " FROM refresh_token r JOIN user_session s ON s.id = r.session_id WHERE s.user_id = $1 UNION ALL"
        " SELECT password_hash FROM user_account WHERE id = $1",
        user.id,
    )
    assert len(held) == 5
    for row in held:
        for doing in (
            accounts.authenticate(row["text"]),
            accounts.authenticate_admin(row["text"]),
            accounts.refresh_tokens(ANONYMOUS, refresh_token=row["text"]),
            accounts.login(ANONYMOUS, email=user.email, password=row["text"]),
        ):
            assert (await only(doing))[0] is ErrorCode.AUTHENTICATION_ERROR


async def test_a_user_has_at_most_fifty_tokens_however_many_come_at_once() -> None:
    user = await factories.user()
    for _ in range(49):
        await secret_of(user)
    outcomes = await asyncio.gather(*(secret_of(user) for _ in range(4)), return_exceptions=True)
    assert sum(isinstance(outcome, str) for outcome in outcomes) == 1
    assert await ApiToken.filter(user_id=user.id).count() == accounts.MOST_TOKENS == 50
    assert await only(secret_of(user)) == (ErrorCode.VALIDATION_ERROR, "userId", "too_many")
    [token] = await ApiToken.filter(user_id=user.id).limit(1)
    await accounts.delete_api_token(signed_in(user), token.id)
    await secret_of(user)


async def test_a_token_bound_to_a_sender() -> None:
    user, sender = await factories.user(), await factories.sender()
    made = await accounts.create_api_token(signed_in(user), name="t", scopes=READ, sender_id=sender.id)
    assert (await accounts.authenticate(made.token or "")).sender_id == sender.id
    [entry] = await AuditEntry.filter(action="createApiToken", subject_id=made.id)
    assert entry.changes["sender"] == [None, sender.id]
    await connect.execute("UPDATE sender SET deleted_at = now() WHERE id = $1", sender.id)
    assert await only(accounts.authenticate(made.token or "")) == BAD_TOKEN
    doing = accounts.create_api_token(signed_in(user), name="t", scopes=READ, sender_id=sender.id)
    assert await only(doing) == (ErrorCode.NOT_FOUND, "senderId", None)


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"name": ""}, "name", "required"),
        ({"name": "x" * 101}, "name", "too_long"),
        ({"scopes": []}, "scopes", "required"),
        ({"expires_in_days": 0}, "expiresInDays", "out_of_range"),
        ({"expires_in_days": 3651}, "expiresInDays", "out_of_range"),
    ],
)
async def test_what_is_wrong_with_a_token_is_told_by_field(given: dict[str, object], field: str, reason: str) -> None:
    user = await factories.user()
    values = {"name": "t", "scopes": READ, **given}
    doing = accounts.create_api_token(signed_in(user), **values)  # pyright: ignore[reportArgumentType]
    assert await only(doing) == (ErrorCode.VALIDATION_ERROR, field, reason)
    assert not await ApiToken.filter(user_id=user.id).exists()


async def test_only_admin_makes_tokens_for_others_and_no_token_gives_what_it_lacks() -> None:
    marketer, other = await factories.user(role=Role.MARKETER), await factories.user(role=Role.VIEWER)
    doing = accounts.create_api_token(signed_in(marketer), name="t", scopes=READ, user_id=other.id)
    assert (await only(doing))[:2] == (ErrorCode.AUTHORIZATION_ERROR, "userId")
    assert (await accounts.create_api_token(SYSTEM, name="t", scopes=READ, user_id=other.id)).user_id == other.id
    assert (await only(accounts.create_api_token(SYSTEM, name="t", scopes=READ)))[1:] == ("userId", "required")
    assert (await only(accounts.create_api_token(SYSTEM, name="t", scopes=READ, user_id=2**40)))[:2] == (
        ErrorCode.NOT_FOUND,
        "userId",
    )
    admin_alone = token(Scope.ADMIN, role=Role.VIEWER, user_id=other.id)
    doing = accounts.create_api_token(admin_alone, name="t", scopes=[Scope.ADMIN, Scope.SENDERS])
    assert (await only(doing))[:2] == (ErrorCode.AUTHORIZATION_ERROR, "scopes")
    assert await ApiToken.filter(user_id__in=[marketer.id, other.id]).count() == 1


async def test_a_token_ends_with_the_one_that_made_it_at_the_latest() -> None:
    user = await factories.user()
    maker = await accounts.create_api_token(signed_in(user), name="t", scopes=[Scope.ADMIN], expires_in_days=1)
    by = await accounts.authenticate(maker.token or "")
    assert maker.expires_at is not None
    for days in (None, 30, 2):
        made = await accounts.create_api_token(by, name="t", scopes=[Scope.ADMIN], expires_in_days=days)
        assert made.expires_at is not None
        assert made.expires_at <= maker.expires_at
        again = await accounts.authenticate(made.token or "")
        of_that = await accounts.create_api_token(again, name="t", scopes=[Scope.ADMIN], expires_in_days=None)
        assert of_that.expires_at is not None
        assert of_that.expires_at <= maker.expires_at
    forever = await accounts.create_api_token(signed_in(user), name="t", scopes=[Scope.ADMIN], expires_in_days=None)
    by = await accounts.authenticate(forever.token or "")
    made = await accounts.create_api_token(by, name="t", scopes=[Scope.ADMIN], expires_in_days=None)
    assert made.expires_at is None
    pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    signed = await accounts.authenticate(pair.access_token)
    made = await accounts.create_api_token(signed, name="t", scopes=READ, expires_in_days=None)
    assert made.expires_at is None, "an access token is no token of that kind"


async def test_a_token_ends_when_it_is_revoked_expired_or_its_owner_is_off() -> None:
    user = await factories.user()
    secret = await secret_of(user)
    viewer = await accounts.authenticate(secret)
    assert await accounts.recheck(viewer) == viewer
    await accounts.update_user(SYSTEM, user.id, active=False)
    assert await only(accounts.authenticate(secret)) == BAD_TOKEN
    assert await accounts.recheck(viewer) is None
    await accounts.update_user(SYSTEM, user.id, active=True)
    await connect.execute("UPDATE api_token SET expires_at = now() WHERE id = $1", viewer.token_id)
    assert await only(accounts.authenticate(secret)) == BAD_TOKEN
    await connect.execute("UPDATE api_token SET expires_at = NULL WHERE id = $1", viewer.token_id)
    assert (await accounts.authenticate(secret)).token_id == viewer.token_id
    assert viewer.token_id is not None
    assert await accounts.delete_api_token(signed_in(user), viewer.token_id) == viewer.token_id
    assert await only(accounts.authenticate(secret)) == BAD_TOKEN
    assert await accounts.recheck(viewer) is None


async def test_the_last_use_of_a_token_is_noted_at_most_once_a_minute() -> None:
    user = await factories.user()
    secret = await secret_of(user)
    await accounts.authenticate(secret)
    first = await ApiToken.get(user_id=user.id)
    assert first.last_used_at is not None
    await accounts.authenticate(secret)
    assert (await ApiToken.get(user_id=user.id)).last_used_at == first.last_used_at
    await connect.execute("UPDATE api_token SET last_used_at = now() - interval '61 s' WHERE id = $1", first.id)
    await accounts.authenticate(secret)
    again = await ApiToken.get(user_id=user.id)
    assert again.last_used_at is not None
    assert again.last_used_at > first.last_used_at


async def test_x_admin_token_takes_the_one_of_the_settings_and_tokens_of_scope_admin(
    environment: dict[str, str],
) -> None:
    viewer = await accounts.authenticate_admin(environment["ADMIN_TOKEN"], ip_address="1.1.1.1")
    assert viewer == Viewer(role=Role.ADMIN, admin_token=True, ip_address="1.1.1.1")
    user = await factories.user()
    assert (await accounts.authenticate_admin(await secret_of(user, Scope.ADMIN))).user_id == user.id
    assert (await only(accounts.authenticate_admin(await secret_of(user))))[0] is ErrorCode.AUTHORIZATION_ERROR
    pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    assert (await only(accounts.authenticate_admin(pair.access_token)))[0] is ErrorCode.AUTHORIZATION_ERROR
    for wrong in ("", "x", environment["ADMIN_TOKEN"][:-1], environment["ADMIN_TOKEN"] + "x", "\ud800"):
        assert await only(accounts.authenticate_admin(wrong)) == BAD_TOKEN


async def test_where_no_admin_token_is_set_the_header_takes_api_tokens_alone(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "admin_token", SecretStr(""))
    for wrong in (environment["ADMIN_TOKEN"], "", " "):
        assert await only(accounts.authenticate_admin(wrong)) == BAD_TOKEN
    user = await factories.user()
    secret = await secret_of(user, Scope.ADMIN)
    assert (await accounts.authenticate_admin(secret)).user_id == user.id
    [token] = await ApiToken.filter(user_id=user.id)
    assert token.last_used_at is not None
    await connect.execute("UPDATE api_token SET expires_at = now() WHERE id = $1", token.id)
    assert await only(accounts.authenticate_admin(secret)) == BAD_TOKEN


async def test_tokens_and_sessions_show_to_their_user_and_to_admin() -> None:
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.MARKETER)
    for _ in range(2):
        await secret_of(user)
        await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    newest = await ApiToken.filter(user_id=user.id).order_by("-id").first()
    assert newest is not None
    last = await UserSession.filter(user_id=user.id).order_by("-last_used_at").first()
    assert last is not None
    for viewer in (signed_in(user), SYSTEM, token(Scope.ADMIN, Scope.READ, role=Role.SALES, user_id=user.id)):
        [nothing, listed] = await accounts.api_tokens_of(viewer, [other.id, user.id])
        assert (nothing, [row.id for row in listed]) == ([], [newest.id, newest.id - 1])
        [listed] = await accounts.sessions_of(viewer, [user.id])
        assert (len(listed), listed[0].id) == (2, last.id)
    for viewer in (signed_in(other), token(Scope.READ, user_id=user.id), token(*Scope, sender_id=1, user_id=user.id)):
        assert await accounts.api_tokens_of(viewer, [user.id]) == [[]]
        assert await accounts.sessions_of(viewer, [user.id]) == [[]]
        assert await only(accounts.get_api_token(viewer, newest.id)) == (ErrorCode.NOT_FOUND, "id", None)
        assert await only(accounts.get_session(viewer, last.id)) == (ErrorCode.NOT_FOUND, "id", None)


async def test_a_session_is_ended_by_its_user_or_admin() -> None:
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.MARKETER)
    for by in (signed_in(user), SYSTEM):
        pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
        session_id = (await accounts.authenticate(pair.access_token)).session_id
        assert session_id is not None
        doing = accounts.delete_user_session(signed_in(other), session_id)
        assert await only(doing) == (ErrorCode.NOT_FOUND, "id", None)
        assert (await accounts.authenticate(pair.access_token)).known
        assert await accounts.delete_user_session(by, session_id) == session_id
        assert await only(accounts.authenticate(pair.access_token)) == BAD_TOKEN
        assert await only(accounts.delete_user_session(by, session_id)) == (ErrorCode.NOT_FOUND, "id", None)
    assert await accounts.sessions_of(SYSTEM, [user.id]) == [[]]


async def test_a_token_is_revoked_by_its_user_or_admin() -> None:
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.MARKETER)
    viewer = await accounts.authenticate(await secret_of(user))
    assert viewer.token_id is not None
    doing = accounts.delete_api_token(signed_in(other), viewer.token_id)
    assert await only(doing) == (ErrorCode.NOT_FOUND, "id", None)
    assert await accounts.delete_api_token(SYSTEM, viewer.token_id) == viewer.token_id
    assert not await ApiToken.filter(user_id=user.id).exists()


async def test_many_callers_are_looked_at_again_in_two_statements() -> None:
    users = [await factories.user(role=Role.SALES, password=PASSWORD) for _ in range(3)]
    callers = [await accounts.authenticate(await secret_of(user)) for user in users]
    for user in users:
        signed = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
        callers.append(await accounts.authenticate(signed.access_token))
    await accounts.update_user(SYSTEM, users[0].id, role=Role.VIEWER)
    await accounts.update_user(SYSTEM, users[1].id, active=False)
    with statements() as asked:
        now = await accounts.recheck_all({*callers, ANONYMOUS, SYSTEM})
    assert len(asked) == 2
    assert [viewer and viewer.role for viewer in map(now.get, callers)] == [Role.VIEWER, None, Role.SALES] * 2
    assert (now[ANONYMOUS], now[SYSTEM]) == (ANONYMOUS, SYSTEM)


async def test_what_is_done_with_admin_token_says_so(environment: dict[str, str]) -> None:
    user = await factories.user(role=Role.SALES)
    viewer = await accounts.authenticate_admin(environment["ADMIN_TOKEN"], ip_address=unique("10."))
    await accounts.update_user(viewer, user.id, role=Role.VIEWER)
    [entry] = await AuditEntry.filter(ip_address=viewer.ip_address)
    assert (entry.actor_id, entry.token_id) == (None, None)
    assert entry.changes == {"role": ["SALES", "VIEWER"], "by": [None, "ADMIN_TOKEN"]}
    assert environment["ADMIN_TOKEN"] not in str(dict(entry))
    await accounts.update_user(SYSTEM, user.id, role=Role.SALES)
    last = await AuditEntry.filter(subject_type="User", subject_id=user.id).order_by("-id").first()
    assert last is not None
    assert last.changes == {"role": ["VIEWER", "SALES"]}, "the system itself is somebody else"


async def test_wrong_admin_tokens_are_told_once_for_each_address() -> None:
    address = unique("10.")
    for guess in ("x", "tdg_x", "y" * 40):
        await only(accounts.authenticate_admin(guess, ip_address=address))
    [entry] = await AuditEntry.filter(ip_address=address)
    assert (entry.action, entry.changes) == ("signInRefused", {"reason": [None, "wrong_admin_token"]})
