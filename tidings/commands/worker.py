"""Run a worker: it sends, takes in webhooks and keeps the clock, of which one is leader at a time."""

import argparse

from tidings.running import join
from workers.app import main


def arguments(parser: argparse.ArgumentParser) -> None:
    """Takes nothing."""


def run(_: argparse.Namespace) -> int:
    join()
    return main()
