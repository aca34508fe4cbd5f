"""Reads the access log: a line of JSON for each good answer on an object."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from backend.contracts.permissions import Role

_ROLES = frozenset(str(role) for role in Role)


@dataclass(frozen=True, slots=True)
class Access:
    """Who was let to what. `looked_up` is the only order that a looked-up order's guest may see."""

    at: datetime
    trace_id: str
    service: str
    subject: str
    typ: str
    audiences: frozenset[str]
    roles: frozenset[Role]
    cinemas: frozenset[str]
    looked_up: UUID | None
    operation: str
    route: str
    objects: tuple[tuple[str, str], ...]

    @property
    def meaning(self) -> tuple[object, ...]:
        """What the same caller's next answer on the same object has in common with this one."""
        return (
            self.service, self.subject, self.typ, self.audiences, self.roles, self.cinemas,
            self.looked_up, self.operation, self.objects,
        )  # fmt: skip


class Unreadable(ValueError):  # noqa: N818 -- a fact about a line
    """A line that is no access."""


def read(text: str) -> Access:
    """Read a line; raises Unreadable."""
    try:
        line = json.loads(text)
        return Access(
            at=datetime.fromtimestamp(line["at"], UTC),
            trace_id=line["trace_id"],
            service=line["service"],
            subject=line["subject"],
            typ=line["typ"],
            audiences=frozenset(line["aud"]),
            roles=frozenset(Role(name) for name in line["roles"] if name in _ROLES),
            cinemas=frozenset(line["cinemas"]),
            looked_up=None if line["order"] is None else UUID(line["order"]),
            operation=line["operation"],
            route=line["route"],
            objects=tuple(sorted(line["objects"].items())),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(repr(error)) from error


def lines_of(place: Path) -> Iterator[tuple[Path, int, str]]:
    """Yield file, number and text of each line, from a file or from all files of a folder."""
    paths = sorted(place.glob("*.jsonl")) if place.is_dir() else [place]
    for path in paths:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, text in enumerate(file, start=1):
                yield path, number, text
