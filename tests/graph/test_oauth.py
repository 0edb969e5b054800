"""Signing in through an outside identity provider that is certified, over HTTP."""

import secrets
from collections.abc import Iterator

import pytest

from db.accounts import Role, Scope, User, UserIdentity, UserSession
from db.audit import AuditEntry
from db.core.settings import OAuthProvider
from domain import accounts, settings
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from tests import factories
from tests.callers import only
from tests.identity.attempt import Attempt, code_of, someone
from tests.identity.running import REDIRECT, provider, signs_in

pytestmark = pytest.mark.timeout(300)  # the first to want the provider installs it

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="session")
def certified() -> Iterator[OAuthProvider]:
    with provider("certified") as running:
        yield running


@pytest.fixture(scope="session")
def reserved() -> Iterator[OAuthProvider]:
    with provider("reserved", userinfo=True) as running:
        yield running


@pytest.mark.parametrize("kind", ["certified", "reserved"])
async def test_somebody_new_of_an_allowed_domain_becomes_viewer_and_is_known_again(
    kind: str, request: pytest.FixtureRequest
) -> None:
    attempt, email = Attempt(request.getfixturevalue(kind)), someone()
    answer = await attempt.as_(email)
    assert answer.errors is None
    pair = answer.data["loginWithOAuth"]
    assert (pair["tokenType"], pair["user"]["email"], pair["user"]["role"]) == ("bearer", email, "VIEWER")
    assert pair["user"]["name"] == f"Person {email.partition('@')[0]}"
    viewer = await accounts.authenticate(pair["accessToken"])
    assert await attempt.told() == ["register", "linkIdentity", "signIn"]
    last = await AuditEntry.filter(ip_address=attempt.address).order_by("-id").first()
    assert last is not None
    assert (last.actor_id, last.changes) == (viewer.user_id, {"provider": [None, kind]})
    # Who they are there counts from now on, whatever their email is here.
    await accounts.update_user(SYSTEM, viewer.user_id or 0, email=someone("example.com"), role=Role.SALES)
    again = await Attempt(attempt.provider).as_(email)
    assert (await accounts.authenticate(again.data["loginWithOAuth"]["accessToken"])).user_id == viewer.user_id
    assert again.data["loginWithOAuth"]["user"]["role"] == "SALES"
    renewed = await accounts.refresh_tokens(ANONYMOUS, refresh_token=pair["refreshToken"])
    assert renewed.user.id == viewer.user_id
    # Nobody knows a password of theirs.
    assert not await UserIdentity.filter(subject=email).exclude(issuer=attempt.provider.issuer).exists()
    assert (await only(accounts.login(ANONYMOUS, email=renewed.user.email, password="")))[0] == "AUTHENTICATION_ERROR"


async def test_others_are_registered_only_where_registration_is_open(certified: OAuthProvider) -> None:
    email, before = someone("elsewhere.example"), await User.all().count()
    assert code_of(await Attempt(certified).as_(email)) == ("AUTHORIZATION_ERROR", None)
    assert await User.all().count() == before
    await settings.update(SYSTEM, {"features": {"open_registration": True}})
    try:
        answer = await Attempt(certified).as_(email)
    finally:
        await settings.update(SYSTEM, {"features": {"open_registration": None}})
    assert answer.data["loginWithOAuth"]["user"]["role"] == "VIEWER"


async def test_a_user_of_that_email_keeps_what_they_have(certified: OAuthProvider) -> None:
    user = await factories.user(role=Role.MARKETER)
    secret = await factories.api_token(user)
    attempt = Attempt(certified)
    answer = await attempt.as_(user.email.upper())
    assert answer.data["loginWithOAuth"]["user"] == {"email": user.email, "name": user.name, "role": "MARKETER"}
    assert await attempt.told() == ["linkIdentity", "signIn"]
    assert (await accounts.authenticate(secret)).user_id == user.id
    assert (await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)).user.id == user.id
    # An address that was theirs there, and is somebody else's now.
    other = Attempt(certified)
    assert code_of(await other.as_(f"somebody-else+{user.email}")) == ("AUTHENTICATION_ERROR", None)
    assert await other.told() == ["signInFailed"]
    await accounts.update_user(SYSTEM, user.id, active=False)
    off = Attempt(certified)
    assert code_of(await off.as_(user.email.upper())) == ("AUTHENTICATION_ERROR", None)
    assert not await UserSession.filter(user_id=user.id, ended_at=None).exists()


async def test_an_email_that_somebody_claims_signs_nobody_in_until_admin_confirms_it(
    certified: OAuthProvider,
) -> None:
    user, email = await factories.user(role=Role.SALES), someone()
    me = Viewer(user_id=user.id, role=Role.SALES)
    secret = (await accounts.create_api_token(me, name="t", scopes=[Scope.READ])).token or ""
    await accounts.update_user(me, user.id, email=email, current_password=PASSWORD)
    theirs = Attempt(certified)
    assert code_of(await theirs.as_(email)) == ("AUTHENTICATION_ERROR", None)
    assert await theirs.told() == ["signInFailed"]
    assert not await UserIdentity.filter(user_id=user.id).exists()
    assert (await accounts.authenticate(secret)).user_id == user.id, "nothing of theirs ends"
    await accounts.update_user(me, user.id, email=email, current_password=PASSWORD)
    assert code_of(await Attempt(certified).as_(email)) == ("AUTHENTICATION_ERROR", None), "nobody confirms their own"
    await accounts.update_user(SYSTEM, user.id, email=email, role=Role.SALES)
    assert code_of(await Attempt(certified).as_(email)) == ("AUTHENTICATION_ERROR", None), "nor does ADMIN by the way"
    await accounts.update_user(SYSTEM, user.id, email_claimed=False)
    last = await AuditEntry.filter(subject_type="User", subject_id=user.id).order_by("-id").first()
    assert last is not None
    assert (last.action, last.changes) == ("updateUser", {"emailClaimed": [True, False]})
    confirmed = (await Attempt(certified).as_(email)).data["loginWithOAuth"]
    assert (await accounts.authenticate(confirmed["accessToken"])).user_id == user.id


async def test_nobody_gets_in_by_what_they_had_before_an_email_was_another_persons(
    certified: OAuthProvider, reserved: OAuthProvider
) -> None:
    """Who links an identity, then writes the email of somebody else, waits for them in vain."""
    mallory, boss = someone(), someone()
    assert (await Attempt(reserved).as_(mallory)).errors is None
    user = await User.get(email=mallory)
    await accounts.update_user(SYSTEM, user.id, password=PASSWORD)
    pair = (await Attempt(reserved).as_(mallory)).data["loginWithOAuth"]
    me = await accounts.authenticate(pair["accessToken"])
    await accounts.update_user(me, user.id, email=boss, current_password=PASSWORD)
    for kind in (certified, reserved):
        assert code_of(await Attempt(kind).as_(boss)) == ("AUTHENTICATION_ERROR", None)
    await accounts.delete_user(SYSTEM, user.id)
    answer = (await Attempt(certified).as_(boss)).data["loginWithOAuth"]
    assert answer["user"]["email"] == boss, "once the account is gone, they have their own"
    assert (await User.get(email=boss)).id != user.id


async def test_an_email_that_is_not_verified_is_nobodys(certified: OAuthProvider) -> None:
    user, before = await factories.user(), await User.all().count()
    for login in (f"unverified.{user.email}", f"unverified.{someone()}"):
        attempt = Attempt(certified)
        assert code_of(await attempt.as_(login)) == ("AUTHENTICATION_ERROR", None)
        assert await attempt.told() == ["signInFailed"]
    assert not await UserIdentity.filter(user_id=user.id).exists()
    assert await User.all().count() == before


async def test_a_code_is_good_for_who_began_alone_and_once(certified: OAuthProvider) -> None:
    for other in (
        {"codeVerifier": secrets.token_urlsafe(48)},
        {"state": secrets.token_urlsafe(16)},
        {"redirectUri": f"{REDIRECT}/elsewhere"},
        {"code": "no-such-code"},
    ):
        attempt, email = Attempt(certified), someone()
        attempt.code = (await signs_in(await attempt.url(), email))["code"]
        assert code_of(await attempt.give(**other)) == ("AUTHENTICATION_ERROR", None), other
        assert not await User.exists(email=email)
        assert await attempt.told() == ["signInFailed"]
    attempt = Attempt(certified)
    assert (await attempt.as_(someone())).errors is None
    assert code_of(await attempt.give()) == ("AUTHENTICATION_ERROR", None)
