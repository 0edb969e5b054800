"""JSON as Meta writes it, and the two questions one asks of JSON from elsewhere."""

import json
from typing import Any, TypeGuard

import orjson

Json = dict[str, Any]


def is_object(value: object) -> TypeGuard[Json]:
    """Whether `value` is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether `value` is a JSON array."""
    return isinstance(value, list)


def ascii_json(value: object) -> bytes:
    r"""The bytes Meta signs: every character outside ASCII as a lowercase \uXXXX escape (C2)."""
    body = orjson.dumps(value)
    # Statuses, nearly all of the load, are ASCII; only texts that people write need the slow encoder.
    return body if body.isascii() else json.dumps(value, separators=(",", ":")).encode()
