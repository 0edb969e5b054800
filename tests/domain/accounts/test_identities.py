"""Identities at providers: who sees them, and that they end."""

from db.accounts import Role, Scope, User, UserIdentity
from domain import accounts
from domain.core.access import SYSTEM, Viewer
from domain.core.errors import ErrorCode
from tests import factories
from tests.callers import check_callers, only, token
from tests.factories import unique

PASSWORD = "correct-horse-battery"
NOT_FOUND = (ErrorCode.NOT_FOUND, "id", None)


def signed_in(user: User) -> Viewer:
    return Viewer(user_id=user.id, role=user.role)


async def linked(user: User, issuer: str = "https://id.example") -> UserIdentity:
    return await UserIdentity.create(user_id=user.id, issuer=issuer, subject=unique())


async def test_identities_show_to_their_user_and_to_admin() -> None:
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.MARKETER)
    older, newer = await linked(user), await linked(user, "https://other.example")
    for viewer in (signed_in(user), SYSTEM, token(Scope.ADMIN, Scope.READ, role=Role.SALES, user_id=user.id)):
        [nothing, listed] = await accounts.identities_of(viewer, [other.id, user.id])
        assert (nothing, [row.id for row in listed]) == ([], [newer.id, older.id])
        assert (await accounts.get_identity(viewer, older.id)).subject == older.subject
    for viewer in (signed_in(other), token(Scope.READ, user_id=user.id), token(*Scope, sender_id=1, user_id=user.id)):
        assert await accounts.identities_of(viewer, [user.id]) == [[]]
        assert await only(accounts.get_identity(viewer, older.id)) == NOT_FOUND


async def test_an_identity_is_unlinked_by_its_user_or_admin() -> None:
    user, other = await factories.user(role=Role.SALES), await factories.user(role=Role.MARKETER)
    for by in (signed_in(user), SYSTEM):
        identity = await linked(user)
        assert await only(accounts.delete_user_identity(signed_in(other), identity.id)) == NOT_FOUND
        assert await UserIdentity.exists(id=identity.id)
        assert await accounts.delete_user_identity(by, identity.id) == identity.id
        assert not await UserIdentity.exists(id=identity.id)
        assert await only(accounts.delete_user_identity(by, identity.id)) == NOT_FOUND
    await check_callers(lambda v: accounts.delete_user_identity(v, 0), set(Role), Scope.ADMIN)


async def test_a_new_password_ends_them_and_a_new_name_does_not() -> None:
    for own in (True, False):
        user = await factories.user(role=Role.SALES)
        await linked(user)
        await accounts.update_user(SYSTEM, user.id, name="Zoe", role=Role.VIEWER)
        assert await UserIdentity.exists(user_id=user.id)
        if own:
            await accounts.update_user(signed_in(user), user.id, password="another-password", current_password=PASSWORD)
        else:
            await accounts.update_user(SYSTEM, user.id, password="another-password")
        assert not await UserIdentity.exists(user_id=user.id)
