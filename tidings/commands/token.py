"""Create an API token for a program. It is printed once and kept nowhere."""

import argparse

from db.accounts import Scope
from domain import accounts
from domain.core.access import SYSTEM
from tidings.commands.user import find_user
from tidings.database import work


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="create")
    create = commands.add_parser("create", help="create a token")
    create.add_argument("name", help="what it is for, 1 to 100 characters")
    create.add_argument("--email", required=True, help="whose token it is; it may do no more than they may")
    create.add_argument(
        "--scope",
        action="append",
        choices=[scope.value for scope in Scope],
        help="what it may do; repeat it for several (default: READ)",
    )
    create.add_argument("--days", type=int, default=30, help="its life (default: 30); 0: for ever")


def run(given: argparse.Namespace) -> int:
    scopes = [Scope(scope) for scope in given.scope or ["READ"]]
    print(work(lambda: _create(given.name, given.email, scopes, given.days or None)))
    return 0


async def _create(name: str, email: str, scopes: list[Scope], days: int | None) -> str:
    user = await find_user(email)
    made = await accounts.create_api_token(SYSTEM, name=name, scopes=scopes, expires_in_days=days, user_id=user.id)
    if made.token is None:
        raise AssertionError("a new token shows its secret once")
    return made.token
