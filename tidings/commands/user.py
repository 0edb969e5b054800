"""Create and list the people who may sign in, and set a password that was forgotten."""

import argparse
import getpass
import sys

from db.accounts import Role, User
from db.core.paging import PageRequest
from domain import accounts
from domain.core.access import SYSTEM
from tidings.database import work
from tidings.trouble import Trouble

PAGE = 100


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="create | list | password")
    create = commands.add_parser("create", help="create a user; asks for the password, or reads a line of it")
    create.add_argument("email")
    create.add_argument("--name", help="1 to 100 characters (default: the email's part before the @)")
    create.add_argument("--role", choices=[role.value for role in Role], default=Role.VIEWER.value)
    commands.add_parser("list", help="list all users")
    password = commands.add_parser("password", help="set a user's password and end their sessions")
    password.add_argument("email")


def run(given: argparse.Namespace) -> int:
    match given.command:
        case "create":
            name, role, password = given.name or given.email.partition("@")[0], Role(given.role), _ask_password()
            made = work(
                lambda: accounts.create_user(SYSTEM, email=given.email, password=password, name=name, role=role)
            )
            print(f"Created {made.email} as {made.role.value}.")
        case "password":
            password = _ask_password()
            email = work(lambda: _set_password(given.email, password))
            print(f"{email} has a new password; their sessions have ended.")
        case _:
            for user in work(_all_users):
                print(f"{user.email:40} {user.role.value:9} {'' if user.active else 'switched off '}{user.name}")
    return 0


async def _set_password(email: str, password: str) -> str:
    user = await find_user(email)
    await accounts.update_user(SYSTEM, user.id, password=password)
    return user.email


async def find_user(email: str) -> User:
    """The user of that email, whatever its case; Trouble when there is none."""
    for user in await _all_users():
        if user.email.lower() == email.strip().lower():
            return user
    raise Trouble(f"there is no user {email}; `tidings user list` shows all")


async def _all_users() -> list[User]:
    found: list[User] = []
    while True:
        page = await accounts.find(SYSTEM, page=PageRequest(first=PAGE, offset=len(found)))
        found += page.rows
        if len(page.rows) < PAGE:
            return found


def _ask_password() -> str:
    """Typed twice on a terminal, so that it is in no history of commands; one line of standard input elsewhere."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if password != getpass.getpass("Again: "):
        raise Trouble("the two are not the same")
    return password
