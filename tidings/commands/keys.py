"""List the keys, and encrypt stored secrets under the present one; docs/security.md tells how SECRET_KEY is changed."""

import argparse

from db.core.transaction import transaction
from domain import audit
from domain.core.access import SYSTEM
from domain.core.rotation import reseal, sealed_under
from domain.core.secrets import derived_keys, key_id
from tidings.database import work
from tidings.trouble import Trouble


def arguments(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="list | rotate")
    commands.add_parser("list", help="show the keys by their ids, and how many stored secrets each holds")
    commands.add_parser("rotate", help="encrypt stored secrets under SECRET_KEY; may be stopped and run again")


def run(given: argparse.Namespace) -> int:
    if given.command == "rotate":
        done, lost = work(_rotate)
        print(f"{done} secrets are encrypted under the key {key_id()} now.")
        if lost:
            raise Trouble(f"{lost} secrets cannot be read: the key that they are under is not in SECRET_KEYS_OLD")
        return 0
    held = work(sealed_under)
    for id in dict.fromkeys([*derived_keys("key ids"), *held]):
        where = "SECRET_KEY" if id == key_id() else "SECRET_KEYS_OLD" if id in derived_keys("key ids") else "not known"
        print(f"{id or 'unnamed':9} {where:16} {held[id]} secrets")
    return 0


async def _rotate() -> tuple[int, int]:
    done, lost = await reseal()
    if done:
        async with transaction():
            changes = {"key": ([*derived_keys("key ids")][1:], key_id()), "secrets": (None, done)}
            await audit.note(SYSTEM, "keyRotation", changes)
    return done, lost
