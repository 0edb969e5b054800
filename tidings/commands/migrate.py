"""Bring the database up to date, and make the first admin (ADMIN_EMAIL, ADMIN_PASSWORD) where there are no users.
Safe to repeat, and to run on several machines at once."""

import argparse

from db.core.connect import connected
from db.core.migrate import migrate
from db.core.settings import get_settings
from domain import accounts
from domain.core.access import SYSTEM
from tidings.database import work
from tidings.trouble import Trouble


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", help="stop at this migration, such as models.0001_initial")


def run(given: argparse.Namespace) -> int:
    work(lambda: _migrate(given.target), models=False)
    return 0


async def _migrate(target: str | None) -> None:
    try:
        await migrate(target=target)
    except ValueError as error:
        if target is None:
            raise
        advice = "migrations are not taken back: an older program runs on the newer schema"
        raise Trouble(f"cannot stop at {target} ({error}); {advice}") from error
    settings = get_settings()
    password = settings.admin_password.get_secret_value()
    if target is None and password:
        async with connected(application="tidings migrate"):
            await accounts.create_first_admin(SYSTEM, email=settings.admin_email, password=password, name="Admin")
