"""Bring the database up to date. Safe to repeat, and to run on several machines at once."""

import argparse
import asyncio

from db.core.migrate import migrate


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", help="stop at this migration, such as models.0001_initial; also goes back to it")


def run(given: argparse.Namespace) -> int:
    asyncio.run(migrate(target=given.target))
    return 0
