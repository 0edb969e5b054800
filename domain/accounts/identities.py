"""Identities: what users are called by the providers through which they sign in."""

from collections import defaultdict

from db.accounts import Scope, UserIdentity
from db.core.transaction import transaction
from domain import audit
from domain.accounts.sessions import manages
from domain.core.access import Viewer, allow
from domain.core.errors import not_found

MOST_IDENTITIES = 10
"""One for each provider; OAUTH_PROVIDERS holds as many at a time."""


@allow()
async def identities_of(viewer: Viewer, user_ids: list[int]) -> list[list[UserIdentity]]:
    """The identities of each user, newest first; none where the caller may not see them."""
    found: dict[int, list[UserIdentity]] = defaultdict(list)
    seen = [id for id in user_ids if manages(viewer, id)]
    for identity in await UserIdentity.filter(user_id__in=seen).order_by("-id"):
        found[identity.user_id].append(identity)
    return [found[id] for id in user_ids]


@allow()
async def get_identity(viewer: Viewer, identity_id: int) -> UserIdentity:
    return await _managed(viewer, identity_id)


@allow(scope=Scope.ADMIN, bound=False)
async def delete_user_identity(viewer: Viewer, identity_id: int) -> int:
    """Unlinks an identity of the caller's own, or of anyone for ADMIN; sessions that began by it go on."""
    identity = await _managed(viewer, identity_id)
    async with transaction():
        if not await UserIdentity.filter(id=identity_id).delete():
            raise not_found("identity")
        await audit.note(
            viewer, "deleteUserIdentity", {"issuer": (identity.issuer, None)}, subject=("User", identity.user_id)
        )
    return identity_id


async def end_identities(user_id: int) -> None:
    """Whoever signs in through a provider from now on is found anew by their email."""
    await UserIdentity.filter(user_id=user_id).delete()


async def _managed(viewer: Viewer, identity_id: int) -> UserIdentity:
    identity = await UserIdentity.get_or_none(id=identity_id)
    if identity is None or not manages(viewer, identity.user_id):
        raise not_found("identity")
    return identity
