"""What opening the cinema loads, and that every service stands under the import contracts."""

import subprocess
import sys
import tomllib

import pytest

from backend.onebox.assembly import BACKS, FRONTS
from tests.architecture.sources import ROOT, SOURCES

# They cost half a second and more, or belong to the real parts that the onebox replaces.
_NEVER = ("pika", "redis", "alembic")
_ON_FIRST_USE = ("stripe", "reportlab")
# PostgreSQL starts while these are loaded.
_AFTER_THE_DATABASE = frozenset({"fastapi", "httpx2", "jinja2", "joserfc", "pydantic", "structlog"})
# The site answers before these are loaded.
_AFTER_THE_FIRST_PAGE = frozenset({"aiosmtpd", "aiosmtplib", "argon2"})
_COMMANDS = frozenset({"psycopg", "pydantic", "httpx2", "backend", "brand", "web"})
_LISTING = (
    "import sys; from importlib import import_module as load\n{}\nprint(*sorted(sys.modules))"
)
_NO_SERVICE = {"audit", "contracts", "client", "kit", "onebox"}

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def dotted(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def applications() -> list[str]:
    """Return what the onebox loads to open: every application, and its own modules."""
    return [
        dotted(source.path)
        for source in SOURCES
        if source.name == "app" or source.path.startswith(("backend/onebox/", "cli/"))
        if source.name != "__main__" and "/migrations/" not in source.path
    ]


def loaded(*modules: str) -> set[str]:
    """Import modules in a new interpreter and return the top names that came with them."""
    program = _LISTING.format("\n".join(f"load({name!r})" for name in modules))
    words = [sys.executable, "-c", program]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return {name.partition(".")[0] for name in ran.stdout.split()}


def contract(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]]
    (found,) = [c for c in CONTRACTS if c["name"] == name]
    return found


def services() -> set[str]:
    folders = {s.path.split("/")[1] for s in SOURCES if s.path.startswith("backend/")}
    return {f"backend.{name}" for name in folders - _NO_SERVICE - {"__init__.py"}}


def features() -> set[str]:
    return {
        dotted(source.path.rpartition("/")[0])
        for source in SOURCES
        if source.name in {"endpoints", "service"} and dotted(source.path)[:15] != "backend.onebox."
    }


def test_opening_the_cinema_loads_nothing_that_it_does_not_need():
    names = applications()

    found = loaded(*names) & {*_NEVER, *_ON_FIRST_USE}

    assert "backend.movies.app" in names
    assert found == set()


def test_postgres_is_started_before_the_services_are_loaded():
    found = loaded("backend.onebox.launcher")

    assert ("psycopg" in found, found & _AFTER_THE_DATABASE) == (True, set())


def test_the_site_answers_before_the_others_are_loaded():
    fronts = [f"backend.onebox.wiring.{name}" for name in FRONTS]
    with_backs = [f"backend.onebox.wiring.{name}" for name in BACKS]

    found = loaded("backend.onebox.opening", *fronts)

    assert found & _AFTER_THE_FIRST_PAGE == set()
    assert loaded("backend.onebox.household", "backend.onebox.mailbox.smtp", *with_backs) & (
        _AFTER_THE_FIRST_PAGE
    ) == set(_AFTER_THE_FIRST_PAGE)


def test_help_and_version_load_no_service():
    found = loaded("cli.main")

    assert ("typer" in found, found & _COMMANDS) == (True, set())


def test_a_heavy_import_would_be_seen():
    assert "stripe" in loaded("stripe")


@pytest.mark.parametrize(
    "name", ["services never import each other", "no service imports the onebox or the checker"]
)
def test_every_service_stands_under_the_contracts(name):
    terms = contract(name)

    assert services() <= set(terms.get("modules", terms.get("source_modules", [])))


def test_every_feature_keeps_its_layers():
    assert features() == set(contract("features: endpoints, service, repository")["containers"])
