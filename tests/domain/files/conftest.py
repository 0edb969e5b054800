"""Where files lie: tests that want `place` run for a folder and for a bucket."""

from collections.abc import Iterator

import pytest

from db.core.settings import get_settings
from tests.s3 import S3, Gate


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if request.param == "bucket":
        for name, value in request.getfixturevalue("s3").bucket().items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()


@pytest.fixture
def gate(s3: S3, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """A bucket of one's own, behind a gate."""
    gate = Gate(s3)
    with gate.opened() as url:
        for name, value in s3.bucket(url).items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        yield gate
    monkeypatch.undo()
    get_settings.cache_clear()
