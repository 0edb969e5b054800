"""The command line: `tidings up`, `tidings demo` and the parts they are made of."""

import argparse
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from pydantic import ValidationError

from tidings.trouble import Trouble, spell_out

COMMANDS = {
    "up": "run everything: embedded services, simulator, API and worker",
    "demo": "send a scheduled message to a thousand made-up people and watch it arrive",
    "api": "serve the API alone",
    "worker": "run a worker with the clock alone",
    "migrate": "bring the database up to date",
    "schema": "write schema.graphql and docs/roles.md, or check that they are up to date",
    "simulate": "run the stand-in for WhatsApp alone",
    "seed": "register the simulator's number as a sender",
    "user": "create and list people who may sign in, set a password",
    "token": "create an API token",
    "keys": "list the keys, and encrypt stored secrets under the present one",
    "doctor": "say what is wrong with this installation and how to mend it",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its module is imported only then, so that `--help` and the small ones start at once."""
    parser = argparse.ArgumentParser(
        prog="tidings",
        description="A self-hosted GraphQL backend for WhatsApp business messaging.",
        epilog="commands:\n" + "\n".join(f"  {name:9} {summary}" for name, summary in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command", help="one of those below; each has --help")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="…", help="what the command takes")
    chosen = parser.parse_args(arguments)
    rest: list[str] = chosen.rest
    if chosen.command == "simulate":  # a program of its own, which imports nothing of ours and is imported by none
        os.execv(sys.executable, [sys.executable, "-m", "simulator", *rest])
    gc.disable()  # What is loaded stays: to look through it again and again would be a sixth of the start.
    command = import_module(f"tidings.commands.{chosen.command}")
    gc.enable()
    own = argparse.ArgumentParser(prog=f"tidings {chosen.command}", description=command.__doc__)
    command.arguments(own)
    try:
        return command.run(own.parse_args(rest))
    except (Trouble, ValidationError) as trouble:
        print(f"tidings {chosen.command}: {spell_out(trouble)}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
