"""Reads the provider's form encoding: a[b][0][c]=value becomes dictionaries in dictionaries.

A list is a dictionary whose names are its places; only the shape of a call knows which is meant.
"""

import re
from typing import TypeAlias
from urllib.parse import parse_qsl

from backend.onebox.stripe_simulator.errors import StripeError, wrong

Raw: TypeAlias = "str | dict[str, Raw]"

MOST_PAIRS = 2_000
MOST_DEPTH = 8
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_STEP = re.compile(r"\[([^\[\]]*)\]")


def parse(encoded: bytes) -> dict[str, Raw]:
    """Return the parameters; raises StripeError for what is no form."""
    try:
        pairs = parse_qsl(
            encoded.decode(),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_PAIRS,
        )
    except (UnicodeDecodeError, ValueError):
        raise _unreadable() from None
    tree: dict[str, Raw] = {}
    for name, value in pairs:
        if "\0" in name or "\0" in value:
            raise wrong("Invalid string: a NUL character is not allowed", None, _label(name))
        _plant(tree, _steps(name), value)
    return tree


def _unreadable() -> StripeError:
    return wrong("The request body is not application/x-www-form-urlencoded.", None)


def _label(name: str) -> str:
    return name.replace("\0", "")


def _steps(name: str) -> list[str]:
    match = _NAME.fullmatch(name)
    if match is None:
        raise wrong(f"Invalid parameter name: {name}", "parameter_unknown", name)
    steps = [match[1], *_STEP.findall(match[2])]
    if len(steps) > MOST_DEPTH:
        raise wrong(f"Parameter nested too deeply: {name}", "parameter_unknown", name)
    return steps


def _plant(tree: dict[str, Raw], steps: list[str], value: str) -> None:
    branch = tree
    for step in steps[:-1]:
        below = branch.setdefault(_position(branch, step), {})
        if isinstance(below, str):
            raise wrong(f"Invalid hash and string both given: {steps[0]}", None, steps[0])
        branch = below
    last = _position(branch, steps[-1])
    if isinstance(branch.get(last), dict):
        raise wrong(f"Invalid hash and string both given: {steps[0]}", None, steps[0])
    branch[last] = value


def _position(branch: dict[str, Raw], step: str) -> str:
    return step or str(len(branch))
