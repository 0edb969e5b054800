"""Users, their sessions and API tokens."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from db.core.columns import ChangingRow, Row, choice

if TYPE_CHECKING:
    from db.senders import Sender


class Role(StrEnum):
    ADMIN = "ADMIN"
    MARKETER = "MARKETER"
    SALES = "SALES"
    VIEWER = "VIEWER"


class Scope(StrEnum):
    READ = "READ"
    CONTACTS = "CONTACTS"
    CAMPAIGNS = "CAMPAIGNS"
    CONVERSATIONS = "CONVERSATIONS"
    LEADS = "LEADS"
    FILES = "FILES"
    SENDERS = "SENDERS"
    WEBHOOKS = "WEBHOOKS"
    ADMIN = "ADMIN"


class User(ChangingRow):
    """A member of the team; the email is unique without regard to case (index of migration 0002)."""

    email = fields.CharField(254)
    name = fields.CharField(100)
    role = choice(Role)
    active = fields.BooleanField(default=True)
    email_claimed = fields.BooleanField(db_default=False)
    """Whether the user said it themselves, and nobody has proved it since."""
    password_hash: str = fields.TextField()
    """argon2id, in PHC format."""
    last_login_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "user_account"


class UserIdentity(Row):
    """What a user is called by an identity provider, for good; an email may become somebody else's."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", on_delete=fields.CASCADE)
    user_id: int
    issuer = fields.CharField(255)
    subject = fields.CharField(255)

    class Meta:
        table = "user_identity"
        unique_together = (("issuer", "subject"),)
        indexes = (("user_id",),)


class UserSession(Row):
    """A sign-in, with the family of refresh tokens that grows from it."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", on_delete=fields.CASCADE)
    user_id: int
    ip_address = fields.CharField(64)
    user_agent = fields.CharField(255, null=True)
    last_used_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    ended_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "user_session"
        indexes = (("user_id",),)


class RefreshToken(Row):
    """One refresh token of a session, kept as its SHA-256; good for one use."""

    session: fields.ForeignKeyRelation[UserSession] = fields.ForeignKeyField(
        "models.UserSession", on_delete=fields.CASCADE
    )
    session_id: int
    digest = fields.CharField(64, unique=True)
    spent_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "refresh_token"
        indexes = (("session_id",),)


class ApiToken(Row):
    """A secret for programs: 256 random bits, kept as their SHA-256."""

    user: fields.ForeignKeyRelation[User] = fields.ForeignKeyField("models.User", on_delete=fields.CASCADE)
    user_id: int
    sender: "fields.ForeignKeyNullableRelation[Sender]" = fields.ForeignKeyField(
        "models.Sender", on_delete=fields.CASCADE, null=True
    )
    sender_id: int | None
    session: fields.ForeignKeyNullableRelation[UserSession] = fields.ForeignKeyField(
        "models.UserSession", on_delete=fields.SET_NULL, null=True
    )
    """That it was made in; None too where another token made it, and a week after the session has ended."""
    session_id: int | None
    ip_address = fields.CharField(64, null=True)
    """Where it was made from."""
    name = fields.CharField(100)
    digest = fields.CharField(64, unique=True)
    prefix = fields.CharField(16)
    scopes: list[str] = ArrayField("text")
    expires_at: datetime | None = fields.DatetimeField(null=True)
    last_used_at: datetime | None = fields.DatetimeField(null=True)
    token: str | None = None
    """The secret itself: only on the row that was just created, never stored."""

    class Meta:
        table = "api_token"
        indexes = (("user_id",),)
