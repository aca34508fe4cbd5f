"""Damage as the tests write it down: where, what, and the sentences that it must lead to."""

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass(frozen=True)
class Damage:
    """Statements for one database each; `%(issued)s` and the like are orders of the house."""

    invariant: str
    statements: tuple[tuple[str, str], ...]
    says: tuple[str, ...]


def planted(name: str, invariant: str, *damage: str, says: str | tuple[str, ...]) -> Any:
    """Return a parameter; each piece of damage reads `database: statement`."""
    parted = (each.partition(": ") for each in damage)
    statements = tuple((database, statement) for database, _, statement in parted)
    sentences = (says,) if isinstance(says, str) else says
    return pytest.param(Damage(invariant, statements, sentences), id=f"{invariant} {name}")
