"""Users: who may see and change whom."""

import asyncio
from typing import Any

import pytest

from db.accounts import ApiToken, Role, Scope, User, UserSession
from db.core import connect
from db.core.paging import PageRequest
from db.leads import Lead, LeadActivity, LeadActivityType
from domain import accounts, leads
from domain.accounts import UserOrder, users
from domain.core.access import ANONYMOUS, SYSTEM, Viewer
from domain.core.errors import ErrorCode
from domain.core.passwords import hash_password
from tests import factories
from tests.callers import check_callers, only, refused, token
from tests.factories import unique

PASSWORD = "correct-horse-battery"
EVERYONE = set(Role)


def signed_in(user: User) -> Viewer:
    return Viewer(user_id=user.id, role=user.role)


async def found(viewer: Viewer = SYSTEM, **criteria: Any) -> list[int]:
    page = await accounts.find(viewer, page=PageRequest(), **criteria)
    return [user.id for user in page.rows]


async def test_me_is_the_caller_or_the_owner_of_the_token() -> None:
    user = await factories.user(role=Role.VIEWER)
    assert (await accounts.me(signed_in(user))).id == user.id
    assert (await accounts.me(token(Scope.READ, user_id=user.id))).id == user.id
    assert (await only(accounts.me(SYSTEM)))[0] is ErrorCode.NOT_FOUND
    assert (await only(accounts.me(ANONYMOUS)))[0] is ErrorCode.AUTHENTICATION_ERROR


async def test_create_user() -> None:
    email = f"{unique('New')}@Example.com"
    user = await accounts.create_user(SYSTEM, email=f" {email} ", password=PASSWORD, name=" Ann ", role=Role.SALES)
    stored = await User.get(id=user.id)
    assert (stored.email, stored.name, stored.role, stored.active) == (email, "Ann", Role.SALES, True)
    assert stored.password_hash.startswith("$argon2id$")
    assert stored.last_login_at is None
    viewer = await accounts.create_user(SYSTEM, email=f"{unique()}@example.com", password=PASSWORD, name="B")
    assert viewer.role is Role.VIEWER


@pytest.mark.parametrize(
    ("given", "field", "reason"),
    [
        ({"email": "nobody"}, "email", "invalid_format"),
        ({"email": "a@b"}, "email", "invalid_format"),
        ({"email": "a b@c.de"}, "email", "invalid_format"),
        ({"email": ""}, "email", "required"),
        ({"email": "x" * 250 + "@c.de"}, "email", "too_long"),
        ({"password": "seven77"}, "password", "too_short"),
        ({"password": "x" * 129}, "password", "too_long"),
        ({"password": "tab\tand more"}, "password", "invalid_characters"),
        ({"name": "  "}, "name", "required"),
        ({"name": "x" * 101}, "name", "too_long"),
        ({"name": "a\0b"}, "name", "invalid_characters"),
    ],
)
async def test_what_is_wrong_with_a_user_is_told_by_field(given: dict[str, str], field: str, reason: str) -> None:
    before = await User.all().count()
    values = {"email": f"{unique()}@example.com", "password": PASSWORD, "name": "Ann", **given}
    assert await only(accounts.create_user(SYSTEM, **values)) == (ErrorCode.VALIDATION_ERROR, field, reason)
    user = await factories.user()
    if "password" in given:
        return
    assert await only(accounts.update_user(SYSTEM, user.id, **given)) == (ErrorCode.VALIDATION_ERROR, field, reason)
    assert await User.all().count() == before + 1


async def test_an_email_belongs_to_one_user_whatever_its_case_however_many_try() -> None:
    email = f"{unique('Twin')}@example.com"
    outcomes = await asyncio.gather(
        *(accounts.create_user(SYSTEM, email=e, password=PASSWORD, name="T") for e in (email, email.upper()) * 3),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, User) for outcome in outcomes) == 1
    other = await factories.user()
    doing = accounts.update_user(SYSTEM, other.id, email=email.lower(), name="Changed")
    assert await only(doing) == (ErrorCode.DUPLICATE_RESOURCE, "email", "already_exists")
    assert (await User.get(id=other.id)).name == other.name


async def test_users_change_their_own_profile() -> None:
    user = await factories.user(role=Role.VIEWER)
    email = f"{unique()}@example.com"
    changed = await accounts.update_user(signed_in(user), user.id, name="Zoe", email=email, current_password=PASSWORD)
    assert (changed.name, changed.email, changed.role) == ("Zoe", email, Role.VIEWER)
    assert changed.updated_at > user.updated_at
    assert (await accounts.update_user(signed_in(user), user.id, name="Eva")).email == email


async def test_null_is_no_value_of_a_user() -> None:
    user = await factories.user()
    doing = accounts.update_user(
        SYSTEM, user.id, email=None, name=None, password=None, role=None, active=None, email_claimed=None
    )
    assert {(field, reason) for _, field, reason in await refused(doing)} == {
        (field, "required") for field in ("email", "name", "password", "role", "active", "emailClaimed")
    }


async def test_only_admin_changes_roles_and_others() -> None:
    user, other = await factories.user(role=Role.MARKETER), await factories.user(role=Role.VIEWER)
    me = signed_in(user)
    assert (await only(accounts.update_user(me, user.id, role=Role.ADMIN)))[:2] == (
        ErrorCode.AUTHORIZATION_ERROR,
        "role",
    )
    assert (await only(accounts.update_user(me, user.id, active=False)))[1] == "active"
    assert (await only(accounts.update_user(me, user.id, email_claimed=False)))[1] == "emailClaimed"
    assert (await only(accounts.update_user(me, other.id, name="Hacked")))[:2] == (ErrorCode.AUTHORIZATION_ERROR, "id")
    assert (await User.get(id=user.id)).role is Role.MARKETER
    assert (await User.get(id=other.id)).name == other.name
    changed = await accounts.update_user(SYSTEM, other.id, role=Role.SALES, active=False, name="New")
    assert (changed.role, changed.active, changed.name) == (Role.SALES, False, "New")


async def test_ones_own_password_needs_the_current_one_and_ends_other_sessions() -> None:
    user = await factories.user(role=Role.SALES)
    here = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    there = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    me = await accounts.authenticate(here.access_token)
    change = {"password": "another-password"}
    assert await only(accounts.update_user(me, user.id, **change)) == (
        ErrorCode.VALIDATION_ERROR,
        "currentPassword",
        "required",
    )
    doing = accounts.update_user(me, user.id, **change, current_password="wrong")
    assert (await only(doing))[1:] == ("currentPassword", "incorrect")
    assert await accounts.recheck(await accounts.authenticate(there.access_token)) is not None
    await accounts.update_user(me, user.id, **change, current_password=PASSWORD)
    assert await accounts.recheck(me) == me
    assert (await only(accounts.authenticate(there.access_token)))[0] is ErrorCode.AUTHENTICATION_ERROR
    await accounts.login(ANONYMOUS, email=user.email, password="another-password")
    assert (await only(accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)))[
        0
    ] is ErrorCode.AUTHENTICATION_ERROR


async def test_a_change_that_knew_the_password_before_the_owners_undoes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user = await factories.user()
    owners = await hash_password("the-owners-new-password")

    async def meanwhile(password: str) -> str:
        """The owner's change commits while this one makes its hash, which takes long by intention."""
        await User.filter(id=user.id).update(password_hash=owners)
        return await hash_password(password)

    monkeypatch.setattr(users, "hash_password", meanwhile)
    doing = accounts.update_user(signed_in(user), user.id, password="the-thiefs-password", current_password=PASSWORD)
    assert await only(doing) == (ErrorCode.VALIDATION_ERROR, "currentPassword", "incorrect")
    assert (await User.get(id=user.id)).password_hash == owners


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
async def test_ones_own_email_needs_the_current_password(role: Role) -> None:
    user, email = await factories.user(role=role), f"{unique()}@example.com"
    for me in (signed_in(user), token(Scope.ADMIN, role=role, user_id=user.id)):
        doing = accounts.update_user(me, user.id, email=email)
        assert await only(doing) == (ErrorCode.VALIDATION_ERROR, "currentPassword", "required")
        doing = accounts.update_user(me, user.id, email=email, current_password="wrong")
        assert await only(doing) == (ErrorCode.VALIDATION_ERROR, "currentPassword", "incorrect")
    assert (await User.get(id=user.id)).email == user.email
    assert (await accounts.update_user(signed_in(user), user.id, email=email, current_password=PASSWORD)).email == email


async def test_admin_sets_the_password_of_another_and_ends_all_their_sessions() -> None:
    user = await factories.user()
    pair = await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    await accounts.update_user(SYSTEM, user.id, password="another-password")
    assert (await only(accounts.authenticate(pair.access_token)))[0] is ErrorCode.AUTHENTICATION_ERROR


async def test_delete_user_with_sessions_and_tokens() -> None:
    user, admin = await factories.user(), await factories.user()
    await accounts.login(ANONYMOUS, email=user.email, password=PASSWORD)
    secret = (await accounts.create_api_token(signed_in(user), name="t", scopes=[Scope.READ])).token or ""
    assert await accounts.delete_user(signed_in(admin), user.id) == user.id
    assert not await UserSession.filter(user_id=user.id).exists()
    assert not await ApiToken.filter(user_id=user.id).exists()
    assert (await only(accounts.authenticate(secret)))[0] is ErrorCode.AUTHENTICATION_ERROR
    assert await only(accounts.delete_user(SYSTEM, user.id)) == (ErrorCode.NOT_FOUND, "id", None)
    assert await only(accounts.delete_user(signed_in(admin), admin.id)) == (ErrorCode.INVALID_STATE, "id", "self")
    assert await User.exists(id=admin.id)


async def test_the_work_of_who_is_deleted_becomes_nobodys() -> None:
    user, admin, contact = await factories.user(role=Role.SALES), await factories.user(), await factories.contact()
    lead = await leads.create(SYSTEM, contact_id=contact.id, title="A deal", assigned_to_id=user.id)
    gone = await leads.create(SYSTEM, contact_id=contact.id, title="A deal", assigned_to_id=user.id)
    await leads.delete(SYSTEM, gone.id)
    before = await connect.value("SELECT coalesce(max(number), 0) FROM event")
    await accounts.delete_user(signed_in(admin), user.id)
    assert (await Lead.get(id=lead.id)).assigned_to_id is None
    last = await LeadActivity.filter(lead_id=lead.id).order_by("-id").first()
    assert last is not None
    assert (last.type, last.user_id, last.changes) == (
        LeadActivityType.ASSIGNED,
        admin.id,
        {"assigned_to_id": [user.id, None]},
    )
    told = await connect.rows("SELECT type, subject_id, actor_id, contact_id FROM event WHERE number > $1", before)
    assert [tuple(row) for row in told] == [("LEAD_UPDATED", lead.id, admin.id, contact.id)]
    assert not await LeadActivity.filter(lead_id=gone.id, type=LeadActivityType.ASSIGNED).exists()


async def test_find_users() -> None:
    word = unique("Zz%_")
    ann, bob = [
        await accounts.create_user(SYSTEM, email=f"{unique()}@example.com", password=PASSWORD, name=f"{n} {word}")
        for n in ("ann", "Bob")
    ]
    await accounts.update_user(SYSTEM, bob.id, active=False, role=Role.SALES)
    assert await found(search=word.upper()) == [bob.id, ann.id]
    assert await found(search=word, order=UserOrder.NAME, descending=False) == [ann.id, bob.id]
    assert await found(search=word, active=True) == [ann.id]
    assert await found(search=word, role=[Role.SALES, Role.MARKETER]) == [bob.id]
    assert await found(search=word, role=[]) == []
    assert await found(search=ann.email.upper(), order=UserOrder.EMAIL) == [ann.id]
    assert await found(search=word.replace("%", "x")) == []
    assert (await only(accounts.find(SYSTEM, search="x" * 201, page=PageRequest())))[1:] == ("search", "too_long")


async def test_assignable_users_are_active_and_may_work() -> None:
    word = unique("Team")
    users = {
        role: await accounts.create_user(
            SYSTEM, email=f"{unique()}@example.com", password=PASSWORD, name=f"{role} {word}", role=role
        )
        for role in Role
    }
    await accounts.update_user(SYSTEM, users[Role.SALES].id, active=False)
    team = await accounts.assignable(Viewer(user_id=0, role=Role.VIEWER), search=word)
    assert [user.role for user in team] == [Role.ADMIN, Role.MARKETER]


async def test_every_kind_of_caller() -> None:
    await check_callers(lambda v: accounts.get(v, 0), EVERYONE, Scope.READ)
    await check_callers(lambda v: accounts.assignable(v), EVERYONE, Scope.READ)
    await check_callers(lambda v: accounts.find(v, page=PageRequest()), {Role.ADMIN}, Scope.ADMIN)
    create = {"email": "x", "password": "x", "name": "x"}
    await check_callers(lambda v: accounts.create_user(v, **create), {Role.ADMIN}, Scope.ADMIN)
    await check_callers(lambda v: accounts.update_user(v, 0, name=""), EVERYONE, Scope.ADMIN)
    await check_callers(lambda v: accounts.delete_user(v, 0), {Role.ADMIN}, Scope.ADMIN)
    await check_callers(lambda v: accounts.delete_user_session(v, 0), EVERYONE, Scope.ADMIN)
    await check_callers(lambda v: accounts.delete_api_token(v, 0), EVERYONE, Scope.ADMIN)
    await check_callers(lambda v: accounts.create_api_token(v, name="", scopes=[]), EVERYONE, Scope.ADMIN)


async def test_a_token_bound_to_a_sender_knows_its_owner_alone() -> None:
    owner, other, sender = await factories.user(), await factories.user(), await factories.sender()
    bound = token(*Scope, sender_id=sender.id, user_id=owner.id)
    assert (await accounts.get(bound, owner.id)).id == owner.id
    assert await only(accounts.get(bound, other.id)) == (ErrorCode.NOT_FOUND, "id", None)
    assert await accounts.by_ids(bound, [other.id]) == [None]
    assert await found(bound) == [owner.id]
    assert [user.id for user in await accounts.assignable(bound)] == [owner.id]
    for doing in (
        accounts.create_user(bound, email=f"{unique()}@example.com", password=PASSWORD, name="x"),
        accounts.update_user(bound, owner.id, name="x"),
        accounts.delete_user(bound, other.id),
        accounts.create_api_token(bound, name="x", scopes=[Scope.READ]),
    ):
        assert (await only(doing))[0] is ErrorCode.AUTHORIZATION_ERROR


async def test_an_email_is_claimed_by_who_writes_it_and_confirmed_by_admin_alone() -> None:
    user = await factories.user(role=Role.SALES)
    me = signed_in(user)
    assert user.email_claimed is False
    for email, claimed in ((user.email, False), (f"x{user.email}", True), (f"x{user.email}", True)):
        changed = await accounts.update_user(me, user.id, email=email, current_password=PASSWORD)
        assert changed.email_claimed is claimed, email
    confirmed = await accounts.update_user(SYSTEM, user.id, email_claimed=False)
    assert confirmed.email_claimed is False
    await accounts.update_user(me, user.id, email=f"y{user.email}", current_password=PASSWORD)
    given_by_admin = await accounts.update_user(SYSTEM, user.id, email=f"z{user.email}")
    assert given_by_admin.email_claimed is False
