"""Shapes of parameters: what a call takes, and the provider's refusal of everything else.

`unbuilt` names what the provider knows and the simulator does not build: refused with that reason,
so that nobody believes it had an effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from backend.onebox.stripe_simulator.errors import missing, wrong
from backend.onebox.stripe_simulator.forms import Raw


class Check(Protocol):
    """Turns a raw parameter into its value, or refuses it."""

    def read(self, raw: Raw, at: str) -> Any: ...


@dataclass(frozen=True, slots=True)
class Text:
    """A string that is not empty."""

    longest: int = 5_000

    def read(self, raw: Raw, at: str) -> str:
        if not isinstance(raw, str):
            raise wrong(f"Invalid string: {raw}", None, at)
        if raw == "":
            raise wrong(
                f"You passed an empty string for '{at}'. Leave the parameter out instead.",
                "parameter_invalid_empty",
                at,
            )
        if len(raw) > self.longest:
            raise wrong(
                f"Invalid string: must be at most {self.longest} characters",
                "parameter_invalid_string",
                at,
            )
        return raw


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number of at least `low`."""

    low: int = 0

    def read(self, raw: Raw, at: str) -> int:
        digits = raw.removeprefix("-") if isinstance(raw, str) else ""
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise wrong(f"Invalid integer: {raw}", "parameter_invalid_integer", at)
        value = int(str(raw))
        if value < self.low:
            raise wrong(
                f"This value must be greater than or equal to {self.low}.",
                "parameter_invalid_integer",
                at,
            )
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""

    def read(self, raw: Raw, at: str) -> bool:
        if raw not in ("true", "false"):
            raise wrong(f"Invalid boolean: {raw}", None, at)
        return raw == "true"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words; `unbuilt` ones are the provider's but not the simulator's."""

    words: tuple[str, ...]
    unbuilt: tuple[str, ...] = ()

    def read(self, raw: Raw, at: str) -> str:
        if isinstance(raw, str) and raw in self.words:
            return raw
        if isinstance(raw, str) and raw in self.unbuilt:
            raise wrong(f"The simulator does not build {at}={raw}.", None, at)
        listed = ", ".join(self.words)
        raise wrong(f"Invalid {at}: must be one of {listed}", None, at)


@dataclass(frozen=True, slots=True)
class Metadata:
    """At most 50 strings by name; an empty string for one, or for all, removes it."""

    def read(self, raw: Raw, at: str) -> dict[str, str]:
        if raw == "":
            return {}
        if not isinstance(raw, dict):
            raise wrong("Invalid hash", None, at)
        if len(raw) > 50:
            raise wrong("Metadata can have at most 50 keys.", None, at)
        return {name: _note(name, value, at) for name, value in raw.items()}


def _note(name: str, value: Raw, at: str) -> str:
    if not isinstance(value, str):
        raise wrong("Metadata values must be strings.", None, f"{at}[{name}]")
    if len(name) > 40 or len(value) > 500:
        raise wrong(
            "Metadata keys can have up to 40 characters, values up to 500.", None, f"{at}[{name}]"
        )
    return value


@dataclass(frozen=True, slots=True)
class Many:
    """A list."""

    of: Check
    most: int = 100

    def read(self, raw: Raw, at: str) -> list[Any]:
        if isinstance(raw, str) or not all(map(_is_place, raw)):
            raise wrong("Invalid array", None, at)
        if len(raw) > self.most:
            raise wrong(f"At most {self.most} elements are allowed.", None, at)
        return [self.of.read(raw[place], f"{at}[{place}]") for place in sorted(raw, key=int)]


def _is_place(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 6


@dataclass(frozen=True, slots=True)
class Shape:
    """Parameters by name."""

    fields: Mapping[str, Check] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    unbuilt: frozenset[str] = frozenset()

    def read(self, raw: Raw, at: str = "") -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise wrong("Invalid hash", None, at)
        for name in raw:
            if name not in self.fields:
                raise self._unknown(name, at)
        for name in self.required:
            if name not in raw:
                raise missing(_at(at, name))
        return {name: self.fields[name].read(value, _at(at, name)) for name, value in raw.items()}

    def _unknown(self, name: str, at: str) -> Exception:
        label = _at(at, name)
        if name in self.unbuilt:
            return wrong(f"The simulator does not build {label}.", "parameter_unknown", label)
        return wrong(f"Received unknown parameter: {label}", "parameter_unknown", label)


@dataclass(frozen=True, slots=True)
class Moment:
    """A Unix time, or bounds of one: created=…, created[gte]=…."""

    bounds: Shape = Shape({name: Whole() for name in ("gt", "gte", "lt", "lte")})

    def read(self, raw: Raw, at: str) -> dict[str, int]:
        if isinstance(raw, str):
            exact = Whole().read(raw, at)
            return {"gte": exact, "lte": exact}
        return self.bounds.read(raw, at)


def _at(outer: str, name: str) -> str:
    return f"{outer}[{name}]" if outer else name
