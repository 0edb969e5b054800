"""Users, signing in, sessions and API tokens."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from db import accounts as rows
from db.accounts import Role, Scope
from db.core.settings import OAuthProvider as Provider
from domain import accounts, senders
from domain.accounts import UserOrder
from graph.core.context import Info
from graph.core.enums import describe
from graph.core.fields import arg, column, computed, loaded, mutation, query
from graph.core.ids import decode
from graph.core.inputs import given, optional, required
from graph.core.nodes import Node, node
from graph.core.paging import (
    Connection,
    listing,
)
from graph.senders import Sender

describe(
    UserOrder,
    "What users are sorted by.",
    CREATED_AT="When they were created.",
    NAME="Their name.",
    EMAIL="Their email.",
)


@node(
    rows.UserSession,
    get=accounts.get_session,
    description="A sign-in that is still good, with the refresh tokens that grew from it.",
)
class UserSession(Node):
    ip_address: str = column("Address it was last used from.")
    user_agent: str | None = column("Browser or program it was last used from, as it named itself.")
    created_at: datetime = column("When the user signed in.")
    last_used_at: datetime = column("When it was last used, to the minute.")
    expires_at: datetime = column("When it ends unless its refresh token is used before.")

    @computed("Whether it is the caller's own, now.")
    @staticmethod
    def current(info: Info, row: strawberry.Parent[rows.UserSession]) -> bool:
        return row.id == info.context.viewer.session_id


@node(
    rows.ApiToken,
    get=accounts.get_api_token,
    description=(
        "A long-lived secret for programs, sent as 'Authorization: Bearer'; one of scope ADMIN is also taken from "
        "'X-Admin-Token'."
    ),
)
class ApiToken(Node):
    name: str = column("What it is for.")
    token: str | None = column("The secret: only in the answer to createApiToken, null ever after.")
    prefix: str = column("Start of the secret, to recognise it by.")
    scopes: list[Scope] = column("What it may do.")
    expires_at: datetime | None = column("When it ends; null: never.")
    last_used_at: datetime | None = column("Last use, to the minute; null before the first.")
    created_at: datetime = column("When it was created.")
    ip_address: str | None = column("Address it was created from; null: not known.")

    session: UserSession | None = loaded(
        "Session that it was created in; null: another token created it, or the session has ended.",
        accounts.sessions_by_ids,
        of="session_id",
    )
    sender: Sender | None = loaded(
        "When set, the token sees and uses this sender, its schedules and messages, and the contacts of those; "
        "everything else is NOT_FOUND, in counts and events too.",
        senders.by_ids,
        of="sender_id",
    )
    user: Annotated["User", strawberry.lazy("graph.accounts")] = loaded(
        "Whose token it is.", accounts.by_ids, of="user_id"
    )


@node(
    rows.UserIdentity,
    get=accounts.get_identity,
    description="What a user is called by an identity provider: whoever signs in there by it is this user here.",
)
class UserIdentity(Node):
    issuer: str = column("The provider, by its address.")
    subject: str = column("What the provider calls the user, for good.")
    created_at: datetime = column("When the user first signed in through it.")


@node(rows.User, get=accounts.get, description="A member of the team.")
class User(Node):
    email: str = column("Unique, compared without case.")
    email_claimed: bool = column(
        "Whether the user wrote the email themselves and no administrator has confirmed it. Nobody signs in through an "
        "identity provider by such an email until ADMIN sets this to false."
    )
    name: str = column("Full name.")
    role: Role = column("What the user may do.")
    active: bool = column("False: may not sign in, and the user's tokens are refused.")
    last_login_at: datetime | None = column("Last sign-in; null before the first.")
    created_at: datetime = column("When the user was created.")
    updated_at: datetime = column("When the user was last changed.")

    api_tokens: list[ApiToken] = loaded(
        "The user's API tokens, at most 50, newest first; empty for anyone but the user and ADMIN.",
        accounts.api_tokens_of,
        size=accounts.MOST_TOKENS,
    )
    sessions: list[UserSession] = loaded(
        "The user's live sessions, at most 50, last used first; empty for anyone but the user and ADMIN. One more "
        "ends the session that was unused for longest.",
        accounts.sessions_of,
        size=accounts.MOST_SESSIONS,
    )
    identities: list[UserIdentity] = loaded(
        "What the user is called by identity providers, one for each, newest first; empty for anyone but the user and "
        "ADMIN. A new password ends them: the user is then found anew by their email.",
        accounts.identities_of,
        size=accounts.MOST_IDENTITIES,
    )


@strawberry.type(
    description=(
        "A pair of tokens; access goes into 'Authorization: Bearer', or into the connection_init payload of a "
        "WebSocket."
    )
)
class AuthTokens:
    access_token: str = column("JWT to authenticate with.")
    refresh_token: str = column("Good for one use of refreshTokens.")
    token_type: str = column("Always 'bearer'.")
    expires_in: int = column("Life of the access token in seconds; 3600 unless configured otherwise.")
    user: User = column("Who signed in.")


@strawberry.type(description="An outside identity provider (OAuth 2.0 / OpenID Connect).")
class OAuthProvider:
    name: str = column("Name to give to loginWithOAuth.")

    @query(accounts.authorization_url, description="Where to send the user's browser; PKCE with S256.", cost=10)
    @staticmethod
    async def authorization_url(
        info: Info,
        row: strawberry.Parent[Provider],
        redirect_uri: Annotated[str, arg("Where the provider sends the browser back to, as registered there.")],
        state: Annotated[
            str, arg("Given back with the code; 16 to 512 random characters, compared where the browser comes back.")
        ],
        code_challenge: Annotated[str, arg("PKCE challenge, S256.")],
    ) -> str:
        given = {"redirect_uri": redirect_uri, "state": state, "code_challenge": code_challenge}
        return await accounts.authorization_url(info.context.viewer, row, **given)


UserId: TypeAlias = Annotated[strawberry.ID, arg("The user.")]


@strawberry.input(description="Which users.")
class UserFilter:
    search: str | None = optional("Part of the name or email, up to 200 characters; case does not matter.")
    role: list[Role] | None = optional("With one of these roles.")
    active: bool | None = optional("Active or not.")


@strawberry.input(description="Credentials.")
class LoginInput:
    email: str = required("Email of the user.")
    password: str = required("Password of the user.")


@strawberry.input(description="What an outside identity provider gave.")
class OAuthLoginInput:
    provider: str = required("Name of the provider.")
    code: str = required("Authorization code.")
    redirect_uri: str = required("The redirect URI that the code was issued for.")
    code_verifier: str = required("PKCE verifier, 43 to 128 characters.")
    state: str = required("The state that came back with the code.")


@strawberry.input(description="A new user, registering.")
class RegisterInput:
    email: str = required("Unique email, up to 254 characters.")
    password: str = required("8 to 128 characters.")
    name: str = required("1 to 100 characters.")


@strawberry.input(description="A new user, created by ADMIN.")
class CreateUserInput:
    email: str = required("Unique email, up to 254 characters.")
    password: str = required("8 to 128 characters.")
    name: str = required("1 to 100 characters.")
    role: Role = optional("What the user may do.", default=Role.VIEWER)


@strawberry.input(description="Changes to a user.")
class UpdateUserInput:
    email: str | None = optional("Unique email, up to 254 characters.")
    name: str | None = optional("1 to 100 characters.")
    password: str | None = optional(
        "New password, 8 to 128 characters; other sessions of the user end, and so do identities at providers."
    )
    current_password: str | None = optional(
        "Needed by users who change their own email or password, ADMIN too; ten wrong ones in 15 minutes are looked at."
    )
    role: Role | None = optional("ADMIN only; the last ADMIN stays one.")
    active: bool | None = optional("ADMIN only; the last ADMIN stays active.")
    email_claimed: bool | None = optional(
        "ADMIN only. false confirms that the email is this user's, who then signs in by it through identity providers; "
        "whoever wrote it knows the password of the account, so delete one that is another's."
    )
    end_api_tokens: bool | None = optional(
        "true revokes all API tokens of the user, but for the one that is calling: whoever knew the old password, or "
        "held a token, may have made some. Left out, or false, they go on: programs depend on them."
    )


@strawberry.input(description="A new API token.")
class CreateApiTokenInput:
    name: str = required("1 to 100 characters.")
    scopes: list[Scope] = required("At least one; a token gives no scope that it lacks itself.")
    expires_in_days: int | None = optional(
        "Life in days, 1 to 3650; null: no end. What an API token makes ends with that token at the latest.", default=30
    )
    sender_id: strawberry.ID | None = optional("Confine the token to this sender.", of="Sender")
    user_id: strawberry.ID | None = optional("Owner, the caller when left out; ADMIN only.", of="User")


@strawberry.type
class AccountsQuery:
    @query(accounts.me, description="The signed-in user, or the owner of the API token.", graphql_type=User)
    async def me(self, info: Info) -> rows.User:
        return await accounts.me(info.context.viewer)

    @query(accounts.get, description="A user; null with NOT_FOUND when there is none.", graphql_type=User | None)
    async def user(self, info: Info, id: UserId) -> rows.User:
        return await accounts.get(info.context.viewer, decode(id, "User"))

    @query(
        accounts.oauth_providers,
        description="Outside identity providers that users may sign in with.",
        graphql_type=list[OAuthProvider],
        size=10,
    )
    async def oauth_providers(self, info: Info) -> list[Provider]:
        return await accounts.oauth_providers(info.context.viewer)

    users: Connection[User] = listing(
        accounts.find, filter=UserFilter, by=UserOrder.CREATED_AT, description="All users."
    )

    @query(
        accounts.assignable,
        description="Active users who may be given conversations and leads, by name; at most 100.",
        graphql_type=list[User],
        size=100,
    )
    async def assignable_users(
        self,
        info: Info,
        search: Annotated[str | None, arg("Part of the name or email; everyone when left out.")] = None,
    ) -> list[rows.User]:
        return await accounts.assignable(info.context.viewer, search=search)


@strawberry.type
class AccountsMutation:
    @mutation(accounts.login, description="Signs in with email and password.", graphql_type=AuthTokens)
    async def login(self, info: Info, input: Annotated[LoginInput, arg("Email and password.")]) -> accounts.AuthTokens:
        return await accounts.login(info.context.viewer, **given(input))

    @mutation(
        accounts.login_with_oauth,
        name="loginWithOAuth",
        description=(
            "Signs in with an authorization code from an outside identity provider, which must have verified the "
            "email. Somebody new becomes VIEWER where registration is open, or the provider's settings allow their "
            "domain."
        ),
        graphql_type=AuthTokens,
    )
    async def login_with_oauth(
        self, info: Info, input: Annotated[OAuthLoginInput, arg("What the provider gave.")]
    ) -> accounts.AuthTokens:
        return await accounts.login_with_oauth(info.context.viewer, **given(input))

    @mutation(
        accounts.register,
        description=(
            "Registers a user and signs in. The first one becomes ADMIN, but not in production: there that one comes "
            "from ADMIN_PASSWORD or 'tidings user create'. Later ones become VIEWER; AUTHORIZATION_ERROR unless "
            "FeatureSettings.openRegistration is on."
        ),
        graphql_type=AuthTokens,
    )
    async def register(self, info: Info, input: Annotated[RegisterInput, arg("The new user.")]) -> accounts.AuthTokens:
        return await accounts.register(info.context.viewer, **given(input))

    @mutation(
        accounts.refresh_tokens,
        description=(
            "Exchanges a refresh token for a new pair and spends it; one that was spent more than 10 seconds ago ends "
            "its session."
        ),
        graphql_type=AuthTokens,
    )
    async def refresh_tokens(
        self, info: Info, refresh_token: Annotated[str, arg("The newest refresh token of the session.")]
    ) -> accounts.AuthTokens:
        return await accounts.refresh_tokens(info.context.viewer, refresh_token=refresh_token)

    @mutation(accounts.logout, description="Ends the session of a refresh token; true when it was live.")
    async def logout(self, info: Info, refresh_token: Annotated[str, arg("A refresh token of the session.")]) -> bool:
        return await accounts.logout(info.context.viewer, refresh_token=refresh_token)

    @mutation(accounts.create_user, description="Creates a user of any role.", graphql_type=User)
    async def create_user(self, info: Info, input: Annotated[CreateUserInput, arg("The new user.")]) -> rows.User:
        return await accounts.create_user(info.context.viewer, **given(input))

    @mutation(
        accounts.update_user,
        description=(
            "Changes a user. Users may change their own name, and with their current password email and password; "
            "ADMIN may change everything of anyone."
        ),
        graphql_type=User,
    )
    async def update_user(
        self,
        info: Info,
        id: UserId,
        input: Annotated[UpdateUserInput, arg("What to change.")],
    ) -> rows.User:
        return await accounts.update_user(info.context.viewer, decode(id, "User"), **given(input))

    @mutation(
        accounts.delete_user,
        description="Deletes a user with their sessions and tokens; never the caller, nor the last ADMIN.",
    )
    async def delete_user(self, info: Info, id: UserId) -> strawberry.ID:
        await accounts.delete_user(info.context.viewer, decode(id, "User"))
        return id

    @mutation(
        accounts.delete_user_session,
        description=(
            "Ends a session of the caller, or of anyone when the caller is ADMIN; its sockets fall silent within 5 "
            "seconds."
        ),
    )
    async def delete_user_session(self, info: Info, id: Annotated[strawberry.ID, arg("The session.")]) -> strawberry.ID:
        await accounts.delete_user_session(info.context.viewer, decode(id, "UserSession"))
        return id

    @mutation(
        accounts.delete_user_identity,
        description=(
            "Unlinks an identity of the caller, or of anyone when the caller is ADMIN; sessions that began by it "
            "go on. At their next sign-in whoever has it is found anew by their email, unless the user claims that."
        ),
    )
    async def delete_user_identity(
        self, info: Info, id: Annotated[strawberry.ID, arg("The identity.")]
    ) -> strawberry.ID:
        await accounts.delete_user_identity(info.context.viewer, decode(id, "UserIdentity"))
        return id

    @mutation(
        accounts.create_api_token,
        description=(
            "Creates an API token for the caller, or for anyone when the caller is ADMIN; a user has at most 50. Its "
            "secret is shown this once."
        ),
        graphql_type=ApiToken,
    )
    async def create_api_token(
        self, info: Info, input: Annotated[CreateApiTokenInput, arg("The new token.")]
    ) -> rows.ApiToken:
        return await accounts.create_api_token(info.context.viewer, **given(input))

    @mutation(
        accounts.delete_api_token,
        description="Revokes an API token of the caller, or of anyone when the caller is ADMIN.",
    )
    async def delete_api_token(self, info: Info, id: Annotated[strawberry.ID, arg("The token.")]) -> strawberry.ID:
        await accounts.delete_api_token(info.context.viewer, decode(id, "ApiToken"))
        return id
