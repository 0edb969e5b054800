"""Rows for tests, made through the domain where it has a verb for them."""

import itertools
import secrets

from db.accounts import Role, Scope, User
from db.contacts import Contact
from db.groups import Group
from db.senders import Sender, SenderProvider
from db.templates import MessageTemplate
from domain import accounts, contacts, groups, senders, templates
from domain.accounts.users import add_user
from domain.core.access import SYSTEM
from domain.core.passwords import hash_password
from tests.canary import PASSWORD


def unique(prefix: str = "x") -> str:
    """A word that no other test uses."""
    return f"{prefix}-{secrets.token_hex(5)}"


_numbers = itertools.count(secrets.randbelow(10**7) * 5)


def phone() -> str:
    """A phone number that no other test uses: Brazilian mobiles, which need no area rules."""
    return f"+55119{next(_numbers):08d}"


_hashes: dict[str, str] = {}


async def user(*, role: Role = Role.ADMIN, password: str = PASSWORD) -> User:
    """A password is hashed once, for it takes a tenth of a second by intention."""
    email = f"{unique('user')}@example.com"
    made = await add_user(SYSTEM, "createUser", email=email, password=None, name="A User", role=role)
    if password not in _hashes:
        _hashes[password] = await hash_password(password)
    made.password_hash = _hashes[password]
    await made.save(update_fields=["password_hash"])
    return made


async def api_token(owner: User, *scopes: Scope, sender_id: int | None = None) -> str:
    """The secret of a token; one that only reads when no scope is named."""
    made = await accounts.create_api_token(
        SYSTEM, name="t", scopes=scopes or [Scope.READ], user_id=owner.id, sender_id=sender_id
    )
    assert made.token is not None
    return made.token


async def sender(**given: object) -> Sender:
    values = {
        "phone_number": phone(),
        "provider": SenderProvider.CLOUD_API,
        "phone_number_id": unique("pn"),
        "business_account_id": "318800221144667",
        "access_token": "a-token",
        # One passage of knowledge would make the bot answer in everybody's tests.
        "bot_enabled": False,
        **given,
    }
    return await senders.create(SYSTEM, **values)  # pyright: ignore[reportArgumentType]


async def contact(**given: object) -> Contact:
    values = {"name": "Rita", "phone_number": phone(), "email": f"{unique('person')}@example.com", **given}
    return await contacts.create(SYSTEM, **values)  # pyright: ignore[reportArgumentType]


async def group(*members: Contact) -> Group:
    return await groups.create(SYSTEM, name=unique("group"), contact_ids=[member.id for member in members])


async def template(content: str = "Hello {{name}}") -> MessageTemplate:
    return await templates.create(SYSTEM, title=unique("template"), content=content)
