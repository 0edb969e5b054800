"""Reads a file for the bot, as a program of its own: python -m domain.bot.knowledge.reader PATH TYPE NAME.

Files are other people's, and their formats are deep: what hangs, eats memory or brings the process down does that here,
within bounds that the kernel holds to, without our secrets and without the network being of use. It prints a line of
JSON for each passage, and at last {"fault": …} with words for whoever uploaded the file, null where all went well.
"""

import resource
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import orjson

from domain.bot.knowledge.formats import UnreadableError, blocks_of
from domain.bot.knowledge.passages import pieces
from domain.bot.knowledge.words import bare, words

MOST_PASSAGES = 50_000
"""Of one file: 20 MB of text."""
MOST_MEMORY = 1_500_000_000
"""Bytes of addresses."""
MOST_SECONDS = 180
"""Of the processor."""


def main(path: str, mime_type: str, name: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fault = None
    try:
        for line in lines(Path(path), mime_type, name):
            sys.stdout.buffer.write(line + b"\n")
    except UnreadableError as error:
        fault = str(error)
    except (MemoryError, RecursionError):
        fault = "It takes too much memory to read."
    except Exception as error:  # noqa: BLE001 - whatever a broken file makes a parser stumble over, it is its fault
        fault = f"It is broken ({type(error).__name__})."
    sys.stdout.buffer.write(orjson.dumps({"fault": fault}) + b"\n")
    return 0


def lines(path: Path, mime_type: str, name: str) -> Iterator[bytes]:
    found = pieces(blocks_of(path, mime_type))
    title = [word for word in words(Path(name).stem.replace("_", " ")) if not word.isdecimal()]
    count = 0
    for piece in islice(found, MOST_PASSAGES):
        count += 1
        yield orjson.dumps(
            {
                "text": piece.text,
                "done": piece.done,
                **_compared("", words(piece.text)),
                **_compared("around_", [*words(piece.heading), *title]),
            }
        )
    if next(found, None) is not None:
        raise UnreadableError(f"It has more text than the bot reads: over {MOST_PASSAGES} passages.")
    if count == 0:
        raise UnreadableError("No text was found in it; pictures of text are not read.")


def _compared(prefix: str, found: list[str]) -> dict[str, str]:
    """Words for PostgreSQL: as they are, for their stems, and without marks."""
    return {f"{prefix}words": " ".join(found), f"{prefix}bare": " ".join(map(bare, found))}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
