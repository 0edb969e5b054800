"""The generator of Python clients, in an environment of its own: it wants graphql-core below 3.3, and we have 3.3."""

from pathlib import Path

import pytest

from tests.apart import installed
from tests.clients.node import HERE

LOCK = HERE / "generator.lock"
"""Made by: echo ariadne-codegen==0.19.0 | uv pip compile - with the options of the Makefile's lock."""


@pytest.fixture(scope="session")
def generator() -> Path:
    """The program ariadne-codegen, installed; skips where there is no registry."""
    return installed(LOCK, HERE / ".venv") / "ariadne-codegen"
