"""Logging: structlog and the standard library's loggers in one form, as JSON in production and in files."""

import fcntl
import io
import logging
import logging.handlers
import os
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, TextIO

import structlog
from structlog.typing import Processor

from db.core.settings import get_settings

_FILE_BYTES = 10_000_000
_FILES_KEPT = 5

_TRACEBACKS = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
"""Local variables hold passwords, tokens and personal data: no traceback shows them."""
_VALUES = re.compile(r"(?:\nDETAIL|(?<=invalid input for query argument )\$\d+):.*", re.DOTALL)
"""Keys and whole rows, which PostgreSQL and asyncpg add to what they complain of."""
_VALUES_IN_TEXT = re.compile(
    r"(?:^[ |]*DETAIL:.*?(?=^[ |]*$|^[ |+-]*-{4}|\Z)|(?<=invalid input for query argument )\$\d+:[^\n]*)",
    re.DOTALL | re.MULTILINE,
)
"""The same where a traceback is text: up to its next part."""

_PINNED = {
    # These write parameters, URLs or query strings, which may hold personal data or secrets, below these levels.
    "tortoise": logging.WARNING,
    "asyncpg": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "websockets": logging.WARNING,
    "asyncio": logging.WARNING,
    "dramatiq": logging.INFO,
    "strawberry": logging.CRITICAL,
}


def configure_logging() -> None:
    """Sets up logging for this process: LOG_LEVEL, to stderr, and to LOG_FILE (rotated at 10 MB, five kept).

    A file that cannot be written is a warning and no more.
    """
    settings = get_settings()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[settings.log_level]),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [_handler(logging.StreamHandler(sys.stderr), shared, json=settings.production)]
    root.setLevel(settings.log_level)
    if settings.log_file is not None:
        try:
            root.addHandler(_handler(_open(settings.log_file), shared, json=True))
        except OSError as error:
            root.warning("LOG_FILE cannot be written: %s", error)
    for name, level in _PINNED.items():
        logging.getLogger(name).setLevel(max(level, root.level))


class _SharedFile(logging.handlers.WatchedFileHandler):
    """A file that several processes write: whoever finds it full rotates it, and the others open the new one."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self.stream is not None and os.fstat(self.stream.fileno()).st_size >= _FILE_BYTES:
                with self._alone():
                    self._rotate()
            super().emit(record)
        except OSError:
            # The folder may be gone, or not ours any more: nobody who has something to say may fail of it.
            self.handleError(record)

    def _rotate(self) -> None:
        self.reopenIfNeeded()
        if os.stat(self.baseFilename).st_size < _FILE_BYTES:
            return  # another process was faster
        names = [self.baseFilename, *(f"{self.baseFilename}.{number}" for number in range(1, _FILES_KEPT + 1))]
        for younger, older in reversed(list(pairwise(names))):
            if os.path.exists(younger):
                os.replace(younger, older)

    @contextmanager
    def _alone(self) -> Generator[None]:
        with open(f"{self.baseFilename}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _open(file: Path) -> logging.Handler:
    file.parent.mkdir(parents=True, exist_ok=True)
    return _SharedFile(file, encoding="utf-8")


def _traceback(exc_info: Any) -> list[dict[str, Any]]:
    return _without_values(_TRACEBACKS(exc_info))


def _plain_traceback(out: TextIO, exc_info: Any) -> None:
    text = io.StringIO()
    structlog.dev.plain_traceback(text, exc_info)
    out.write(_VALUES_IN_TEXT.sub("…\n", text.getvalue()))


def _without_values(stacks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for stack in stacks:
        stack["exc_value"] = _VALUES.sub("…", stack["exc_value"])
        for each in stack["exceptions"]:
            _without_values(each)
    return stacks


def _handler(handler: logging.Handler, shared: list[Processor], *, json: bool) -> logging.Handler:
    last: list[Processor] = (
        [structlog.processors.ExceptionRenderer(_traceback), structlog.processors.JSONRenderer()]
        if json
        else [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=_plain_traceback)]
    )
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    return handler
