"""Who may do what: the rule stands on the domain function, where no way round it leads."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from db.accounts import Role, Scope
from domain.core.errors import ErrorCode, Refusal

P = ParamSpec("P")
R = TypeVar("R")
EVERYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller. A signed-in user has a session and no scopes; an API token has scopes, and perhaps one sender."""

    user_id: int | None = None
    role: Role | None = None
    scopes: frozenset[Scope] | None = None
    sender_id: int | None = None
    session_id: int | None = None
    token_id: int | None = None
    expires_at: int | None = None
    """When the token that was shown ends, in seconds since 1970: a socket outlives the look at it."""
    admin_token: bool = False
    """Whether this caller showed ADMIN_TOKEN, which is nobody's."""
    ip_address: str = ""
    user_agent: str | None = None

    @property
    def known(self) -> bool:
        """Whether the caller showed good credentials."""
        return self.role is not None


ANONYMOUS = Viewer()
SYSTEM = Viewer(role=Role.ADMIN)
"""The product itself: workers and the command line."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a function asks of its caller; public asks nothing."""

    roles: frozenset[Role] = EVERYONE
    scope: Scope = Scope.READ
    public: bool = False
    bound: bool = True
    """Whether an API token that is bound to a sender may: not where it reaches beyond that sender."""

    def check(self, viewer: Viewer) -> None:
        if self.public:
            return
        if viewer.role is None:
            raise Refusal(ErrorCode.AUTHENTICATION_ERROR, "Sign in, or send an API token, to do this.")
        if viewer.role not in self.roles:
            raise Refusal(ErrorCode.AUTHORIZATION_ERROR, f"The role {viewer.role} does not allow this.")
        if viewer.scopes is not None and self.scope not in viewer.scopes:
            raise Refusal(ErrorCode.AUTHORIZATION_ERROR, f"This needs an API token of scope {self.scope}.")
        if not self.bound:
            unbound(viewer)


def unbound(viewer: Viewer) -> None:
    """Refuses callers whose token is bound to a sender.

    They use their sender and change what they see. What others see too they neither make nor remove, and the sender
    itself is not theirs to remove: its schedules, the default and other tokens hang on it.
    """
    if viewer.sender_id is not None:
        raise Refusal(ErrorCode.AUTHORIZATION_ERROR, "An API token that is bound to a sender does not allow this.")


_rules: dict[Callable[..., object], Access] = {}


def access_of(function: Callable[..., object]) -> Access:
    """The rule of a domain function; an error where it has none. The schema's @allow and @public are made from it."""
    return _rules[function]


def allow(
    *roles: Role, scope: Scope = Scope.READ, bound: bool = True
) -> Callable[[Callable[Concatenate[Viewer, P], Awaitable[R]]], Callable[Concatenate[Viewer, P], Awaitable[R]]]:
    """Only these roles (all when none is named), and tokens only with this scope; ADMIN is named like the rest."""
    return _guard(Access(frozenset(roles) or EVERYONE, scope, bound=bound))


def public(
    function: Callable[Concatenate[Viewer, P], Awaitable[R]],
) -> Callable[Concatenate[Viewer, P], Awaitable[R]]:
    """Anyone may call it, signed in or not."""
    return _guard(Access(public=True))(function)


def _guard(
    access: Access,
) -> Callable[[Callable[Concatenate[Viewer, P], Awaitable[R]]], Callable[Concatenate[Viewer, P], Awaitable[R]]]:
    def decorate(
        function: Callable[Concatenate[Viewer, P], Awaitable[R]],
    ) -> Callable[Concatenate[Viewer, P], Awaitable[R]]:
        @wraps(function)
        async def guarded(viewer: Viewer, *args: P.args, **kwargs: P.kwargs) -> R:
            access.check(viewer)
            return await function(viewer, *args, **kwargs)

        _rules[guarded] = access
        return guarded

    return decorate
