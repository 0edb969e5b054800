"""What a machine lacks is skipped where people read that, and fails where nobody does."""

import shutil

import pytest

from tests.identity.running import provider


@pytest.mark.parametrize(("ci", "outcome"), [("", pytest.skip.Exception), ("true", pytest.fail.Exception)])
def test_without_node_sign_in_by_a_real_provider_is_not_passed_over_silently(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(outcome, match="there is no Node"), provider("certified"):
        pass
