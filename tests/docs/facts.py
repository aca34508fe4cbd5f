"""What the documents have to tell, read from the code itself."""

import ast
import importlib
import inspect
import re
import types
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer.main
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from backend.contracts.messages import MESSAGES, Message
from backend.contracts.permissions import PERMISSIONS
from backend.contracts.problems import Problem

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("movies", "payment", "ticket")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True)
class Setting:
    """A setting as its operator sees it."""

    name: str
    default: str


@dataclass(frozen=True)
class Traffic:
    """Who sends a message and who hears it."""

    message: type[Message]
    senders: tuple[str, ...]
    hearers: tuple[str, ...]


def settings_classes() -> dict[str, type]:
    """Return every settings class by name."""
    found: dict[str, type] = {}
    for path in sorted([*ROOT.glob("backend/**/settings.py"), *ROOT.glob("web/settings.py")]):
        module = importlib.import_module(
            path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        )
        for name, thing in vars(module).items():
            is_ours = inspect.isclass(thing) and thing.__module__ == module.__name__
            if is_ours and (issubclass(thing, BaseModel) or is_dataclass(thing)):
                found[name] = thing
    return found


def settings_of(kind: type) -> list[Setting]:
    """Return what a class itself adds; what it inherits stands with its base."""
    own = inspect.get_annotations(kind)
    if is_dataclass(kind):
        return [Setting(f.name, shown(default_of(f))) for f in fields(kind) if f.name in own]
    assert issubclass(kind, BaseModel)
    prefix = prefix_of(kind)
    return [
        Setting(prefix + (name.upper() if prefix else name), shown(field.get_default()))
        for name, field in kind.model_fields.items()
        if name in own
    ]


def default_of(field: Any) -> Any:
    return PydanticUndefined if field.default is MISSING else field.default


def prefix_of(kind: type[BaseModel]) -> str:
    if not issubclass(kind, BaseSettings):
        return ""
    return str(kind.model_config.get("env_prefix") or "MM_…_")


def shown(default: Any) -> str:
    """Return a default as people write it."""
    match default:
        case _ if default is PydanticUndefined:
            return "required"
        case timedelta():
            return span(default)
        case None | () | [] | {}:
            return "none"
        case bool():
            return "yes" if default else "no"
        case BaseModel() | types.FunctionType():
            return "see below" if isinstance(default, BaseModel) else "the clock"
        case tuple():
            return ", ".join(shown(one) for one in default)
    return f"`{default}`"


def span(duration: timedelta) -> str:
    seconds = duration.total_seconds()
    if seconds < 1:
        return f"{seconds * 1000:g} ms" if seconds else "0 s"
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds / size:g} {unit}"


def problems() -> dict[str, list[type[Problem]]]:
    """Return the problems by the module that defines them, in the order of their definition."""
    found: dict[str, list[type[Problem]]] = {}
    for path in sorted(ROOT.glob("backend/contracts/problems*.py")):
        module = importlib.import_module(f"backend.contracts.{path.stem}")
        found[path.stem] = [
            thing
            for thing in vars(module).values()
            if inspect.isclass(thing)
            and issubclass(thing, Problem)
            and thing.__module__ == module.__name__
        ]
    return found


def names_in(path: Path) -> set[str]:
    """Return the names that a file uses; an import alone is no use."""
    return {
        node.id
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name)
    }


def made_in(path: Path) -> set[str]:
    """Return the classes that a file makes objects of, as `Kind(…)` or `Kind.model_validate(…)`."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    made = [call.func for call in calls if isinstance(call.func, ast.Name)]
    validated = [
        call.func.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "model_validate"
    ]
    return {node.id for node in (*made, *validated) if isinstance(node, ast.Name)}


def traffic() -> list[Traffic]:
    """Return who sends and who hears each message."""
    made = {
        service: set().union(*map(made_in, (ROOT / "backend" / service).rglob("*.py")))
        for service in SERVICES
    }
    heard = {service: names_in(ROOT / "backend" / service / "consumers.py") for service in SERVICES}
    return [
        Traffic(
            kind,
            tuple(service for service in SERVICES if kind.__name__ in made[service]),
            tuple(service for service in SERVICES if kind.__name__ in heard[service]),
        )
        for kind in MESSAGES.values()
    ]


def make_targets() -> dict[str, str]:
    """Return each target of the Makefile with its sentence."""
    text = (ROOT / "Makefile").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9-]+):.*?## (.+)$", text, re.MULTILINE))


def commands() -> dict[str, TyperCommand]:
    """Return each command of `moviemesh`."""
    from cli.main import app  # noqa: PLC0415 -- the tests of other pages need no command line

    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    return {name: one for name, one in group.commands.items() if isinstance(one, TyperCommand)}


def usage(name: str, command: TyperCommand) -> str:
    """Return how a command is called, with its options."""
    words = [f"moviemesh {name}"]
    for parameter in command.params:
        if isinstance(parameter, TyperArgument):
            words.append(str(parameter.name).upper())
        elif isinstance(parameter, TyperOption) and "--help" not in parameter.opts:
            value = "" if parameter.is_flag else f" {parameter.name}".upper()
            words.append(f"[{max(parameter.opts, key=len)}{value}]")
    return " ".join(words)


def addresses() -> list[tuple[str, str, str]]:
    """Return address, methods and meaning of each page of the site, alike in every language."""
    from web import pages  # noqa: PLC0415 -- the tests of other pages need no site

    return [
        (
            re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path),
            ", ".join(sorted((route.methods or set()) - {"HEAD"})),
            (inspect.getdoc(route.endpoint) or "").splitlines()[0],
        )
        for route in pages.routes()
    ]


def permissions() -> dict[str, list[str]]:
    return {operation: sorted(roles) for operation, roles in PERMISSIONS.items()}


def variables_read() -> Iterator[str]:
    """Yield the environment's variables that our code reads by name."""
    read = re.compile(r"environ(?:ment)?(?:\.get\(|\[)\s*\"([A-Z_]+)\"")
    for root in ("backend", "brand", "cli", "web", "tests/layers.py", "tests/conftest.py"):
        place = ROOT / root
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            yield from read.findall(path.read_text("utf-8"))
