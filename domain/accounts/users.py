"""Users: the members of the team."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from tortoise.expressions import RawSQL

from db.accounts import Role, Scope, User
from db.core import connect
from db.core.paging import Order, Page, PageRequest, Where, fetch_page
from db.core.transaction import transaction
from db.events import EventType, record
from domain import audit
from domain.accounts import attempts
from domain.accounts.api_tokens import end_api_tokens
from domain.accounts.identities import end_identities
from domain.accounts.sessions import end_sessions
from domain.core.access import Viewer, allow
from domain.core.email import parse_email
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text
from domain.core.passwords import check_password, hash_password, is_password, no_password
from domain.core.search import contains
from domain.core.unique import unique

_TAKEN = "Another user has this email."
_OF_ADMIN = {"role": "role", "active": "active", "email_claimed": "emailClaimed"}
"""What only ADMIN changes, by column."""

# Locked in the order in which those lock them who say something in several.
_FREE_CONVERSATIONS = """
WITH work AS MATERIALIZED (
  SELECT id FROM conversation WHERE assigned_to_id = $1 ORDER BY sender_id, contact_id FOR UPDATE
)
UPDATE conversation c SET assigned_to_id = NULL, updated_at = now() FROM work WHERE c.id = work.id
RETURNING c.id, c.sender_id, c.contact_id
"""
_FREE_LEADS = """
WITH work AS MATERIALIZED (
  SELECT id FROM lead WHERE assigned_to_id = $1 AND deleted_at IS NULL ORDER BY id FOR UPDATE
), freed AS (
  UPDATE lead SET assigned_to_id = NULL, updated_at = clock_timestamp() FROM work WHERE lead.id = work.id
  RETURNING lead.id, lead.contact_id
), noted AS (
  INSERT INTO lead_activity (lead_id, type, changes, user_id, created_at)
  SELECT id, 'ASSIGNED', jsonb_build_object('assigned_to_id', jsonb_build_array($1::bigint, NULL)), $2,
         clock_timestamp()
  FROM freed
  RETURNING id, lead_id
)
SELECT freed.id, freed.contact_id, noted.id AS activity_id FROM freed JOIN noted ON noted.lead_id = freed.id
"""


class UserOrder(StrEnum):
    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    EMAIL = "EMAIL"


class UserChanges(TypedDict, total=False):
    email: str | None
    name: str | None
    password: str | None
    current_password: str | None
    role: Role | None
    active: bool | None
    email_claimed: bool | None
    end_api_tokens: bool | None


@allow()
async def me(viewer: Viewer) -> User:
    """The signed-in user, or the owner of the API token."""
    user = await User.get_or_none(id=viewer.user_id) if viewer.user_id else None
    if user is None:
        raise Refusal(ErrorCode.NOT_FOUND, "This caller is no user: it showed ADMIN_TOKEN.")
    return user


@allow()
async def get(viewer: Viewer, id: int) -> User:
    user = await User.get_or_none(id=id) if _sees(viewer, id) else None
    if user is None:
        raise not_found("user")
    return user


@allow()
async def by_ids(viewer: Viewer, ids: list[int]) -> list[User | None]:
    found = {user.id: user for user in await User.filter(id__in=ids)}
    return [found.get(id) if _sees(viewer, id) else None for id in ids]


@allow(Role.ADMIN, scope=Scope.ADMIN)
async def find(
    viewer: Viewer,
    *,
    search: str | None = None,
    role: Sequence[Role] | None = None,
    active: bool | None = None,
    order: UserOrder = UserOrder.CREATED_AT,
    descending: bool = True,
    page: PageRequest,
) -> Page[User]:
    where = Where()
    if viewer.sender_id is not None:
        where.add("user_account.id = {}", viewer.user_id)
    if pattern := contains(search):
        where.add("user_account.name ILIKE {} OR user_account.email ILIKE {}", pattern, pattern)
    if role is not None:
        where.add("user_account.role = ANY({}::text[])", list(role))
    if active is not None:
        where.add("user_account.active = {}", active)
    return await fetch_page(User, where, _order(order, descending), page)


@allow()
async def assignable(viewer: Viewer, *, search: str | None = None) -> list[User]:
    """Active users by name, at most 100."""
    where = Where()
    where.add("user_account.active AND user_account.role <> 'VIEWER'")
    if viewer.sender_id is not None:
        where.add("user_account.id = {}", viewer.user_id)
    if pattern := contains(search):
        where.add("user_account.name ILIKE {} OR user_account.email ILIKE {}", pattern, pattern)
    page = await fetch_page(User, where, _order(UserOrder.NAME, descending=False), PageRequest(first=100))
    return page.rows


async def assignee(viewer: Viewer, id: int, roles: Sequence[Role], *, field: str) -> User:
    """A user who may be given work, locked so that they stay; inside the caller's transaction.

    Raises NOT_FOUND, VALIDATION_ERROR.
    """
    user = await User.filter(id=id).select_for_update(no_key=True).first() if _sees(viewer, id) else None
    if user is None:
        raise not_found("user", field=field)
    if not user.active or user.role not in roles:
        words = f"Only active users of role {' or '.join(roles)} may be given this."
        raise Refusal(ErrorCode.VALIDATION_ERROR, words, field=field, reason="not_assignable")
    return user


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def create_user(viewer: Viewer, *, email: str, password: str, name: str, role: Role = Role.VIEWER) -> User:
    return await add_user(viewer, "createUser", email=email, password=password, name=name, role=role)


async def add_user(
    viewer: Viewer, action: str, *, email: str, password: str | None, name: str, role: Role, email_claimed: bool = False
) -> User:
    """A new user, with no password where None is given. Raises VALIDATION_ERROR, DUPLICATE_RESOURCE."""
    given: UserChanges = {"email": email, "name": name}
    values = check_values(given if password is None else {**given, "password": password})
    hashed = no_password() if password is None else await hash_password(password)
    with unique("user_account_email", _TAKEN, field="email"):
        async with transaction():
            user = await User.create(**values, role=role, password_hash=hashed, email_claimed=email_claimed)
            await note_user(viewer, action, user)
            return user


async def with_email(email: str, *, locked: bool = False) -> User | None:
    """The user of this email, by the index that keeps emails unique; with `locked` inside the caller's transaction."""
    if not email.isprintable():
        return None
    sql = "SELECT id FROM user_account WHERE lower(email) = lower($1)" + (" FOR UPDATE" if locked else "")
    found = await connect.value(sql, email.strip())
    return await User.get_or_none(id=found) if found else None


async def note_user(viewer: Viewer, action: str, user: User) -> None:
    """Writes down that there is a new user, in the caller's transaction."""
    changes = {"email": (None, user.email), "role": (None, user.role)}
    await audit.note(viewer, action, changes, subject=("User", user.id))


@allow(scope=Scope.ADMIN, bound=False)
async def update_user(viewer: Viewer, user_id: int, **changes: Unpack[UserChanges]) -> User:
    """Users change what is their own, email and password only with the current one; ADMIN changes everything."""
    _check_rights(viewer, user_id, changes)
    values, shown = check_values(changes), None
    if user_id == viewer.user_id and changes.keys() & {"email", "password"}:
        shown = await _check_current_password(viewer, user_id, changes.get("current_password"))
    if "password" in changes:
        values["password_hash"] = await hash_password(changes["password"] or "")
    async with transaction():
        if values.get("role", Role.ADMIN) is not Role.ADMIN or values.get("active") is False:
            await _keep_an_admin(user_id, field="role" if "role" in values else "active")
        user = await User.select_for_update().get_or_none(id=user_id)
        if user is None:
            raise not_found("user")
        if shown is not None and user.password_hash != shown:
            raise _not_yours()  # It has been changed meanwhile.
        if values.get("email", user.email) != user.email:
            values.setdefault("email_claimed", viewer.role is not Role.ADMIN)
        with unique("user_account_email", _TAKEN, field="email"):
            await User.filter(id=user_id).update(**values, updated_at=RawSQL("now()"))
        if "password" in changes or values.get("active") is False:
            await end_sessions(user_id, but=viewer.session_id)
        if "password" in changes:
            await end_identities(user_id)
        if changes.get("end_api_tokens"):
            await end_api_tokens(viewer, user)
        if noted := _noted(user, values):
            await audit.note(viewer, "updateUser", noted, subject=("User", user_id))
        return await User.get(id=user_id)


@allow(Role.ADMIN, scope=Scope.ADMIN, bound=False)
async def delete_user(viewer: Viewer, user_id: int) -> int:
    """Removes a user with their sessions and tokens; what they made stays, made by nobody, and so does their work."""
    if user_id == viewer.user_id:
        raise Refusal(ErrorCode.INVALID_STATE, "You cannot delete yourself.", field="id", reason="self")
    async with transaction():
        await _keep_an_admin(user_id, field="id")
        user = await User.select_for_update().get_or_none(id=user_id)
        if user is None:
            raise not_found("user")
        await user.delete()
        await _free_work(viewer, user_id)
        changes = {"email": (user.email, None), "role": (user.role, None)}
        await audit.note(viewer, "deleteUser", changes, subject=("User", user_id))
    return user_id


def _sees(viewer: Viewer, user_id: int) -> bool:
    return viewer.sender_id is None or viewer.user_id == user_id


def _order(order: UserOrder, descending: bool) -> Order:
    match order:
        case UserOrder.CREATED_AT:
            return Order("user_account.created_at", "timestamptz", descending)
        case UserOrder.NAME:
            return Order("lower(user_account.name)", "text", descending)
        case UserOrder.EMAIL:
            return Order("lower(user_account.email)", "text", descending)


def _check_rights(viewer: Viewer, user_id: int, changes: UserChanges) -> None:
    if viewer.role is Role.ADMIN:
        return
    if user_id != viewer.user_id:
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "Only ADMIN changes other users.", field="id")
    for column, field in _OF_ADMIN.items():
        if column in changes:
            raise Refusal(ErrorCode.AUTHORIZATION_ERROR, f"Only ADMIN changes this: {field}.", field=field)


def check_values(changes: UserChanges) -> dict[str, Any]:
    """What to write, but for the password, which is only checked."""
    values: dict[str, Any] = {}
    check = Checks()
    with check():
        if "email" in changes:
            values["email"] = parse_email(changes["email"])
    with check():
        if "name" in changes:
            values["name"] = text(changes["name"] or "", "name", most=100)
    with check():
        if "password" in changes:
            check_password(changes["password"], "password")
    for column, field in _OF_ADMIN.items():
        with check():
            if column in changes:
                values[column] = changes.get(column)
                if values[column] is None:
                    raise Refusal(ErrorCode.VALIDATION_ERROR, "This cannot be nothing.", field=field, reason="required")
    check.done()
    return values


async def _check_current_password(viewer: Viewer, user_id: int, password: str | None) -> str:
    """Whoever holds a stolen token may neither make the account theirs, nor guess often, in however many sessions."""
    if password is None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "Your own email and password change only with the current password.",
            field="currentPassword",
            reason="required",
        )
    user = await User.get_or_none(id=user_id)
    if user is None:
        raise not_found("user")
    await attempts.guessed(viewer, user_id)
    try:
        right = await is_password(password, user.password_hash)
    except Refusal:
        await attempts.not_guessed(user_id)  # Too many were waiting, and nobody has looked at it.
        raise
    if not right:
        await audit.note(viewer, "signInFailed", {"reason": (None, "currentPassword")}, subject=("User", user_id))
        raise _not_yours()
    await attempts.not_guessed(user_id)
    return user.password_hash


def _not_yours() -> Refusal:
    words = "This is not your password."
    return Refusal(ErrorCode.VALIDATION_ERROR, words, field="currentPassword", reason="incorrect")


async def _keep_an_admin(user_id: int, *, field: str) -> None:
    """Refuses to lose the last active ADMIN. All of them stay locked, so that two cannot go at once."""
    rows = await connect.rows(
        "SELECT id, role = 'ADMIN' AND active AS counts FROM user_account"
        " WHERE id = $1 OR role = 'ADMIN' AND active ORDER BY id FOR UPDATE",
        user_id,
    )
    if [row["id"] for row in rows if row["counts"]] == [user_id]:
        raise Refusal(
            ErrorCode.INVALID_STATE,
            "This is the last active ADMIN, and one must stay.",
            field=field,
            reason="last_admin",
        )


def _noted(user: User, values: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What changes of a user, as it may stand in the audit log: of people, their email alone."""
    shown = ("email", "email_claimed", "role", "active")
    return {
        name.removesuffix("_hash"): (getattr(user, name), value) if name in shown else (audit.HIDDEN, audit.HIDDEN)
        for name, value in values.items()
        if getattr(user, name) != value
    }


async def _free_work(viewer: Viewer, user_id: int) -> None:
    """What a user had been given is nobody's now."""
    for row in await connect.rows(_FREE_CONVERSATIONS, user_id):
        record(
            EventType.CONVERSATION_UPDATED,
            "Conversation",
            row["id"],
            actor_id=viewer.user_id,
            sender_id=row["sender_id"],
            contact_id=row["contact_id"],
        )
    for row in await connect.rows(_FREE_LEADS, user_id, viewer.user_id):
        record(
            EventType.LEAD_UPDATED,
            "Lead",
            row["id"],
            actor_id=viewer.user_id,
            contact_id=row["contact_id"],
            data={"activity_id": row["activity_id"]},
        )
