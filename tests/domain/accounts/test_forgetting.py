"""Sessions that have long ended go, with their tokens; the others stay."""

from datetime import UTC, datetime, timedelta

import pytest

from db.accounts import RefreshToken, UserSession
from domain import accounts
from tests import factories
from tests.factories import unique

NOW = datetime.now(UTC)
LONG_AGO, LATELY, LATER = NOW - timedelta(days=8), NOW - timedelta(days=6), NOW + timedelta(days=20)


@pytest.mark.parametrize(
    ("expires_at", "ended_at", "kept"),
    [
        (LATER, None, True),
        (LATER, LATELY, True),
        (LATER, LONG_AGO, False),
        (LONG_AGO, None, False),
        (LATELY, None, True),
    ],
)
async def test_what_ended_a_week_ago_is_forgotten(expires_at: datetime, ended_at: datetime | None, kept: bool) -> None:
    user = await factories.user()
    session = await UserSession.create(
        user=user, ip_address="127.0.0.1", last_used_at=NOW, expires_at=expires_at, ended_at=ended_at
    )
    token = await RefreshToken.create(session=session, digest=unique().ljust(64, "0"))
    await accounts.forget_ended()
    assert await UserSession.exists(id=session.id) is kept
    assert await RefreshToken.exists(id=token.id) is kept
