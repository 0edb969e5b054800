"""Tidings for Python: `Tidings(url, token)`, and `AsyncTidings` for asyncio."""

from .asynchronous.client import AsyncTidings
from .errors import TidingsError
from .generated.enums import *  # noqa: F403
from .generated.input_types import *  # noqa: F403
from .synchronous.client import Tidings

__all__ = ["AsyncTidings", "Tidings", "TidingsError"]
