"""API tokens: long-lived secrets for programs."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from db.accounts import ApiToken, Role, Scope, User
from db.core.transaction import transaction
from db.senders import Sender
from domain import audit
from domain.accounts.callers import API_TOKEN_PREFIX, origin, recheck
from domain.accounts.sessions import manages
from domain.core.access import Viewer, allow
from domain.core.errors import Checks, ErrorCode, Refusal, not_found, text
from domain.core.tokens import digest, new_secret

MOST_DAYS = 3650
MOST_TOKENS = 50
"""Tokens of one user; lists of them are shown whole."""


@allow()
async def api_tokens_of(viewer: Viewer, user_ids: list[int]) -> list[list[ApiToken]]:
    """The tokens of each user, newest first; none where the caller may not see them."""
    found: dict[int, list[ApiToken]] = defaultdict(list)
    seen = [id for id in user_ids if manages(viewer, id)]
    for token in await ApiToken.filter(user_id__in=seen).order_by("-created_at", "-id"):
        found[token.user_id].append(token)
    return [found[id] for id in user_ids]


@allow()
async def api_tokens_by_ids(viewer: Viewer, ids: list[int]) -> list[ApiToken | None]:
    """Tokens that the caller may see."""
    found = {token.id: token for token in await ApiToken.filter(id__in=ids) if manages(viewer, token.user_id)}
    return [found.get(id) for id in ids]


@allow()
async def get_api_token(viewer: Viewer, token_id: int) -> ApiToken:
    return await _managed(viewer, token_id)


@allow(scope=Scope.ADMIN, bound=False)
async def create_api_token(
    viewer: Viewer,
    *,
    name: str,
    scopes: Sequence[Scope],
    expires_in_days: int | None = 30,
    sender_id: int | None = None,
    user_id: int | None = None,
) -> ApiToken:
    """A token of the caller's own, or of anyone for ADMIN; its secret is on the answered row, and only there."""
    check = Checks()
    with check():
        name = text(name, "name", most=100)
    with check():
        _check_scopes(viewer, scopes)
    with check():
        _check_days(expires_in_days)
    with check():
        owner = await _owner(viewer, user_id)
    with check():
        if sender_id is not None and not await Sender.exists(id=sender_id, deleted_at=None):
            raise not_found("sender", field="senderId")
    check.done()
    secret = API_TOKEN_PREFIX + new_secret()
    async with transaction():
        user = await _make_room(viewer, owner)
        token = await ApiToken.create(
            user_id=owner,
            sender_id=sender_id,
            session_id=viewer.session_id,
            ip_address=origin(viewer)[0] or None,
            name=name,
            digest=digest(secret),
            prefix=secret[:12],
            scopes=[scope.value for scope in dict.fromkeys(scopes)],
            expires_at=_end(viewer, expires_in_days),
        )
        await _note(viewer, "createApiToken", token, user)
    token.token = secret
    return token


@allow(scope=Scope.ADMIN, bound=False)
async def delete_api_token(viewer: Viewer, token_id: int) -> int:
    """Revokes a token of the caller's own, or of anyone for ADMIN."""
    token = await _managed(viewer, token_id)
    async with transaction():
        if not await ApiToken.filter(id=token_id).delete():
            raise not_found("API token")
        await _note(viewer, "deleteApiToken", token, await User.get(id=token.user_id))
    return token_id


async def end_api_tokens(viewer: Viewer, owner: User) -> None:
    """Revokes all tokens of a user, but for the one that is calling; in the caller's transaction."""
    for token in await ApiToken.filter(user_id=owner.id).exclude(id=viewer.token_id or 0).order_by("id"):
        if await ApiToken.filter(id=token.id).delete():
            await _note(viewer, "deleteApiToken", token, owner)


async def _make_room(viewer: Viewer, owner: int) -> User:
    """The owner, locked until the transaction ends, so that tokens are counted one after another.

    So is the caller, who is looked at again: one whose password and tokens have just ended makes no token any more.
    """
    ids = {owner, owner if viewer.user_id is None else viewer.user_id}
    found = {user.id: user for user in await User.filter(id__in=ids).order_by("id").select_for_update(no_key=True)}
    if (user := found.get(owner)) is None:
        raise not_found("user", field="userId")
    if await recheck(viewer) != viewer:
        raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "The sign-in or token has ended, or its rights have changed.")
    if await ApiToken.filter(user_id=owner).count() >= MOST_TOKENS:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"A user has at most {MOST_TOKENS} API tokens; delete one first.",
            field="userId",
            reason="too_many",
        )
    return user


async def _note(viewer: Viewer, action: str, token: ApiToken, owner: User) -> None:
    """Writes down what a token may do, after createApiToken or before deleteApiToken."""
    ends = None if token.expires_at is None else token.expires_at.isoformat()
    values = {
        "name": token.name,
        "owner": owner.email,
        "scopes": token.scopes,
        "sender": token.sender_id,
        "expiresAt": ends,
    }
    made = action == "createApiToken"
    changes = {name: (None, value) if made else (value, None) for name, value in values.items()}
    await audit.note(viewer, action, changes, subject=("ApiToken", token.id))


async def _managed(viewer: Viewer, token_id: int) -> ApiToken:
    token = await ApiToken.get_or_none(id=token_id)
    if token is None or not manages(viewer, token.user_id):
        raise not_found("API token")
    return token


def _check_scopes(viewer: Viewer, scopes: Sequence[Scope]) -> None:
    if not scopes:
        raise Refusal(ErrorCode.VALIDATION_ERROR, "A token has at least one scope.", field="scopes", reason="required")
    if viewer.scopes is not None and (more := set(scopes) - viewer.scopes):
        raise Refusal(
            ErrorCode.AUTHORIZATION_ERROR,
            f"A token gives no more than it has: {', '.join(sorted(more))}.",
            field="scopes",
        )


def _check_days(days: int | None) -> None:
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            f"A token lives 1 to {MOST_DAYS} days, or null: for ever.",
            field="expiresInDays",
            reason="out_of_range",
        )


def _end(viewer: Viewer, days: int | None) -> datetime | None:
    """When a token ends: not after the one that makes it, or whoever holds that for a day holds it for good."""
    asked = None if days is None else datetime.now(UTC) + timedelta(days=days)
    makers = None if viewer.token_id is None else viewer.expires_at
    own = None if makers is None else datetime.fromtimestamp(makers, UTC)
    return min((end for end in (asked, own) if end is not None), default=None)


async def _owner(viewer: Viewer, user_id: int | None) -> int:
    owner = viewer.user_id if user_id is None else user_id
    if owner is None:
        raise Refusal(
            ErrorCode.VALIDATION_ERROR,
            "Say whose token it is: this caller is no user.",
            field="userId",
            reason="required",
        )
    if owner != viewer.user_id and viewer.role is not Role.ADMIN:
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "Only ADMIN creates tokens for others.", field="userId")
    if not await User.exists(id=owner):
        raise not_found("user", field="userId")
    return owner
