"""The first user, and the last ADMIN: rules that must hold however many try at once."""

import asyncio

import pytest

from db.accounts import Role, User, UserSession
from db.core import connect
from db.core.settings import get_settings
from domain import accounts, settings
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode, Refusal
from tests.callers import only, refused
from tests.factories import user

pytestmark = pytest.mark.usefixtures("empty_database")
PASSWORD = "correct-horse-battery"


async def test_only_the_first_registers_and_becomes_admin() -> None:
    async def register(name: str) -> accounts.AuthTokens | Refusal:
        try:
            return await accounts.register(ANONYMOUS, email=f"{name}@example.com", password=PASSWORD, name=name)
        except Refusal as refusal:
            return refusal

    outcomes = await asyncio.gather(*(register(f"u{n}") for n in range(6)))
    [tokens] = [outcome for outcome in outcomes if isinstance(outcome, accounts.AuthTokens)]
    assert tokens.user.role is Role.ADMIN
    assert (await accounts.authenticate(tokens.access_token)).user_id == tokens.user.id
    assert {outcome.code for outcome in outcomes if isinstance(outcome, Refusal)} == {ErrorCode.AUTHORIZATION_ERROR}
    assert await User.all().count() == 1
    assert await UserSession.all().count() == 1
    assert await accounts.create_first_admin(SYSTEM, email="x@example.com", password=PASSWORD, name="X") is None


async def test_nobody_registers_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(get_settings(), "environment", "production")
    registering = accounts.register(ANONYMOUS, email="first@example.com", password=PASSWORD, name="First")
    assert await only(registering) == (ErrorCode.AUTHORIZATION_ERROR, None, None)
    assert await User.all().count() == 0
    assert (
        await accounts.create_first_admin(SYSTEM, email="first@example.com", password=PASSWORD, name="First")
        is not None
    )


async def test_where_registration_is_open_the_first_becomes_admin_and_all_others_viewers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await settings.update(SYSTEM, {"features": {"open_registration": True}})

    async def register(name: str) -> accounts.AuthTokens:
        return await accounts.register(ANONYMOUS, email=f"{name}@example.com", password=PASSWORD, name=name)

    made = await asyncio.gather(*(register(f"u{n}") for n in range(4)))
    assert sorted(tokens.user.role for tokens in made) == [Role.ADMIN, *[Role.VIEWER] * 3]
    monkeypatch.setattr(get_settings(), "environment", "production")
    later = await register("later")
    assert (await accounts.authenticate(later.access_token)).role is Role.VIEWER
    assert await only(register("LATER")) == (ErrorCode.DUPLICATE_RESOURCE, "email", "already_exists")
    found = await refused(accounts.register(ANONYMOUS, email="nobody", password="1234567", name=" "))
    assert {field for _, field, _ in found} == {"email", "password", "name"}
    # Another process has switched it off: that is in force at once.
    await connect.execute("DELETE FROM setting_section")
    assert await only(register("much-later")) == (ErrorCode.AUTHORIZATION_ERROR, None, None)
    assert await User.all().count() == 5


async def test_registering_is_checked_like_creating() -> None:
    found = await refused(accounts.register(ANONYMOUS, email="nobody", password="1234567", name=" "))
    assert {(field, reason) for _, field, reason in found} == {
        ("email", "invalid_format"),
        ("password", "too_short"),
        ("name", "required"),
    }
    assert await User.all().count() == 0


async def test_the_last_active_admin_stays_one() -> None:
    last, off, marketer = await user(), await user(), await user(role=Role.MARKETER)
    await accounts.update_user(SYSTEM, off.id, active=False)
    itself = Viewer(user_id=last.id, role=Role.ADMIN)
    assert await only(accounts.update_user(itself, last.id, role=Role.VIEWER)) == (
        ErrorCode.INVALID_STATE,
        "role",
        "last_admin",
    )
    assert (await only(accounts.update_user(itself, last.id, active=False)))[1:] == ("active", "last_admin")
    assert (await only(accounts.delete_user(SYSTEM, last.id)))[1:] == ("id", "last_admin")
    assert await User.filter(id=last.id, role=Role.ADMIN, active=True).exists()
    await accounts.delete_user(itself, marketer.id)
    await accounts.delete_user(itself, off.id)
    assert await User.all().count() == 1


async def test_two_admins_cannot_end_each_other_at_once() -> None:
    for end in (
        lambda id: accounts.update_user(SYSTEM, id, role=Role.VIEWER),
        lambda id: accounts.update_user(SYSTEM, id, active=False),
        lambda id: accounts.delete_user(SYSTEM, id),
    ):
        while await User.filter(role=Role.ADMIN, active=True).count() < 3:
            await user()
        admins = [admin.id for admin in await User.filter(role=Role.ADMIN, active=True)]
        outcomes = await asyncio.gather(*map(end, admins), return_exceptions=True)
        assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 1
        assert await User.filter(role=Role.ADMIN, active=True).count() == 1
