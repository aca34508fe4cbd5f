"""Access: whoever was let to an object owns it, or works at its cinema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from backend.audit.access_lines import Access, Unreadable, lines_of, read
from backend.audit.invariant import Invariant, Look, Tally
from backend.audit.sources import Row
from backend.contracts.permissions import PERMISSIONS, STAFF, Role

_BATCH = 2_000
_CLOSE = "Find the route by its trace id in the service's log, and close it; then tell the owner."
_TYPES = {Role.GUEST: "Guest", Role.SERVICE: "Service"}
# Which cinema, and which owner, an object has; each statement takes the objects' ids as text.
_WHOSE: Mapping[str, LiteralString] = {
    "order_id": """
        SELECT o.id::text AS id, o.owner, c.slug FROM orders o JOIN cinema c ON c.id = o.cinema_id
        WHERE o.id::text = ANY (%(ids)s)
    """,
    "film_id": """
        SELECT f.id::text AS id, NULL AS owner, c.slug
        FROM film f JOIN cinema c ON c.id = f.cinema_id WHERE f.id::text = ANY (%(ids)s)
    """,
    "screening_id": """
        SELECT s.public_id::text AS id, NULL AS owner, c.slug
        FROM screening s JOIN cinema c ON c.id = s.cinema_id
        WHERE s.public_id::text = ANY (%(ids)s)
    """,
    "cinema_id": """
        SELECT id::text AS id, NULL AS owner, slug FROM cinema WHERE id::text = ANY (%(ids)s)
    """,
    "cinema": """
        SELECT slug AS id, NULL AS owner, slug FROM cinema WHERE slug = ANY (%(ids)s)
    """,
}
# Payment's objects are for services alone; what else stands in a path is no object of its own.
_OF_SERVICES = frozenset({"attempt", "refund_id"})
_PARTS = frozenset({"slug", "code"})
KNOWN_OBJECTS = _WHOSE.keys() | _OF_SERVICES | _PARTS


@dataclass(frozen=True, slots=True)
class _Seen:
    """An access and where it is written, so that somebody can look it up."""

    access: Access
    path: Path
    number: int

    def row(self, thing: Row | None) -> Row:
        """Show it beside the object."""
        access = self.access
        return {
            "at": access.at,
            "subject": access.subject,
            "roles": sorted(access.roles),
            "cinemas": sorted(access.cinemas),
            "operation": access.operation,
            "route": access.route,
            "objects": dict(access.objects),
            "owner": thing and thing["owner"],
            "cinema": thing and thing["slug"],
            "trace_id": access.trace_id,
            "line": f"{self.path.name}:{self.number}",
        }


async def _allowed(look: Look, tally: Tally) -> None:
    """I24: work out anew, from the databases, whether each caller might."""
    assert look.access_log is not None
    batch: list[_Seen] = []
    known: set[tuple[object, ...]] = set()
    for path, number, text in lines_of(look.access_log):
        tally.rows_checked += 1
        try:
            access = read(text)
        except Unreadable as error:
            what = f"Line {number} of {path.name} cannot be read."
            tally.found(what, {"error": str(error)}, "See whether the disk is well.")
            continue
        # What came after the snapshot is about rows that it may not have.
        if access.at > look["movies"].at or access.meaning in known:
            continue
        known.add(access.meaning)
        batch.append(_Seen(access, path, number))
        if len(batch) == _BATCH:
            await _judge(look, tally, batch)
            batch.clear()
            known.clear()
    await _judge(look, tally, batch)


async def _judge(look: Look, tally: Tally, batch: list[_Seen]) -> None:
    things = await _things(look, batch)
    for seen in batch:
        for what, thing in _objections(seen.access, things):
            tally.found(f"{seen.access.subject} {what}.", seen.row(thing), _CLOSE)


async def _things(look: Look, batch: list[_Seen]) -> dict[tuple[str, str], Row]:
    """Read whose the objects of a batch are."""
    things = {}
    for kind, statement in _WHOSE.items():
        ids = sorted(
            {value for seen in batch for name, value in seen.access.objects if name == kind}
        )
        if ids:
            rows = await look["movies"].rows(statement, {"ids": ids})
            things.update({(kind, row["id"]): row for row in rows})
    return things


def _objections(
    access: Access, things: Mapping[tuple[str, str], Row]
) -> Iterator[tuple[str, Row | None]]:
    if not access.roles & PERMISSIONS.get(access.operation, frozenset()):
        yield f"did {access.operation} without a role that opens it", None
    typ = next((_TYPES[role] for role in access.roles if role in _TYPES), "Bearer")
    if access.typ != typ or access.service not in access.audiences:
        yield f"passed {access.service} with a token that is not for it", None
    if Role.SERVICE in access.roles:
        return  # a service asks for whoever asked it
    for kind, value in access.objects:
        if kind in _OF_SERVICES:
            yield f"was let to the {kind} {value} of services", None
        elif kind not in _PARTS:
            thing = things.get((kind, value))
            if thing is None:
                yield f"was let to {kind} {value}, which there is not", None
            elif not _may(access, kind, thing):
                yield f"was let to {kind} {value}, which is not theirs", thing


def _may(access: Access, kind: str, thing: Row) -> bool:
    """Say whether the caller owns an object, looked it up, or works at its cinema."""
    works_there = Role.ADMIN in access.roles or thing["slug"] in access.cinemas
    if kind != "order_id":
        return works_there
    if access.looked_up is not None:
        return access.looked_up == UUID(thing["id"])
    if access.operation == "orders.refund":
        return works_there
    return bool(thing["owner"] == access.subject) or (bool(access.roles & STAFF) and works_there)


INVARIANTS = (
    Invariant(
        "I24",
        "Whoever was let to an object owns it or works at its cinema, with a token for that",
        ("movies", "access log"),
        _allowed,
    ),
)
