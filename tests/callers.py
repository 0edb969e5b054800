"""Every kind of caller, and what they are told."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import pytest

from db.accounts import Role, Scope
from domain.core.access import ANONYMOUS, Viewer
from domain.core.errors import ErrorCode, Refusal, Refusals

Refused = tuple[ErrorCode, str | None, Any]
DENIED = (ErrorCode.AUTHENTICATION_ERROR, ErrorCode.AUTHORIZATION_ERROR)


def token(*scopes: Scope, role: Role = Role.ADMIN, sender_id: int | None = None, user_id: int | None = None) -> Viewer:
    """A caller with an API token."""
    return Viewer(user_id=user_id, role=role, scopes=frozenset(scopes), sender_id=sender_id, token_id=1)


async def refused(doing: Awaitable[object]) -> list[Refused]:
    """Code, field and reason of each refusal, of which there must be one."""
    with pytest.raises((Refusal, Refusals)) as caught:
        await doing
    error = caught.value
    refusals = error.refusals if isinstance(error, Refusals) else [error]
    assert all(refusal.message.endswith(".") for refusal in refusals)
    return [(refusal.code, refusal.field, refusal.details.get("reason")) for refusal in refusals]


async def only(doing: Awaitable[object]) -> Refused:
    """The same of a single one."""
    [refusal] = await refused(doing)
    return refusal


async def check_callers(call: Callable[[Viewer], Awaitable[object]], roles: set[Role], scope: Scope) -> None:
    """Only these roles, and tokens only with this scope, get in; `call` names something that is not there."""
    assert (await only(call(ANONYMOUS)))[0] is ErrorCode.AUTHENTICATION_ERROR
    for role in Role:
        wanted = role in roles
        assert await _gets_in(call, Viewer(user_id=0, role=role)) is wanted, role
        assert await _gets_in(call, token(*set(Scope) - {scope}, role=role, user_id=0)) is False, role
        assert await _gets_in(call, token(scope, role=role, user_id=0)) is wanted, role


def each_caller(scope: Scope) -> pytest.MarkDecorator:
    """Runs a test for nobody, for each role, and for tokens of two scopes: READ and this one."""
    tokens = [token(Scope.READ), token(scope)]
    viewers = [ANONYMOUS, *(Viewer(role=role) for role in Role), *tokens]
    return pytest.mark.parametrize("viewer", viewers, ids=lambda viewer: f"{viewer.role}-{viewer.scopes or 'session'}")


async def check_attempts(viewer: Viewer, attempts: Iterable[tuple[Awaitable[object], bool]]) -> None:
    """Each attempt succeeds where it is allowed, and else is refused for what the caller is."""
    for attempt, allowed in attempts:
        if allowed:
            await attempt
        else:
            denied = ErrorCode.AUTHORIZATION_ERROR if viewer.known else ErrorCode.AUTHENTICATION_ERROR
            assert (await only(attempt))[0] is denied


async def _gets_in(call: Callable[[Viewer], Awaitable[object]], viewer: Viewer) -> bool:
    try:
        await call(viewer)
    except Refusal as refusal:
        return refusal.code not in DENIED
    except Refusals:
        return True
    return True
