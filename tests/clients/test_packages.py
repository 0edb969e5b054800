"""What is installed to test with: exact versions, and no word of where from."""

import json
import re
from pathlib import Path

import pytest

from tests.clients.generator import LOCK
from tests.clients.node import HERE


def test_each_package_has_one_version() -> None:
    packages = json.loads((HERE / "package.json").read_text())
    versions = [*packages["dependencies"].values(), *packages["overrides"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert locked[""]["dependencies"] == packages["dependencies"]


@pytest.mark.parametrize(
    "lock",
    [HERE / "package-lock.json", HERE.parent / "identity/package-lock.json", LOCK],
    ids=["npm", "identity", "pip"],
)
def test_the_lock_has_hashes_and_no_addresses(lock: Path) -> None:
    text = lock.read_text()
    assert "sha512-" in text or "sha256:" in text
    assert re.findall(r'"resolved"|--\S*index-url|://[^"]*\.(?:tgz|whl)', text) == []
