"""The statement decides as every other door does: case by case like moviemesh_ticketcode."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, product
from typing import Any
from uuid import UUID, uuid4

import pytest
from moviemesh_ticketcode import Admission, Door, Known, Move, Relocations, decide, read

from backend.ticket.admissions import repository
from tests.backend.ticket.builders import CINEMA, OTHER_CINEMA, order_paid, paid_line, showing
from tests.backend.ticket.rig import Rig

pytestmark = pytest.mark.integration

_DAY = 24 * 60.0
_OWN, _MOVED = 77, 80
_CINEMAS = {CINEMA: "mesh", OTHER_CINEMA: "other"}
_AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """A ticket in a state, shown at a door of CINEMA that is open for some screenings."""

    cinema: UUID
    starts_in: float
    status: str
    is_moved: bool
    keys: tuple[int, ...]


def cases() -> Iterator[Case]:
    yield from (
        Case(*facts)
        for facts in product(
            (CINEMA, OTHER_CINEMA),
            (10, _DAY, -_DAY),
            ("ISSUED", "ADMITTED", "REVOKED", "GONE"),
            (False, True),
            ((), (_OWN,), (_MOVED,), (5, _MOVED, _OWN)),
        )
    )


async def made(rig: Rig, all_cases: list[Case]) -> list[tuple[UUID, str]]:
    """Make the ticket of each case; return its id and code."""
    seats = iter(range(1, len(all_cases) + 1))
    for (cinema, starts_in), together in groupby(all_cases, lambda c: (c.cinema, c.starts_in)):
        lines = [paid_line(n, seat=next(seats)) for n, _ in enumerate(together, start=1)]
        where = {"cinema_id": cinema, "cinema_slug": _CINEMAS[cinema]}
        await rig.tell(order_paid(*lines, **where, **showing(starts_in, screening_key=_OWN)))
    tickets = await rig.rows("SELECT id, code FROM ticket ORDER BY seat")
    for case, ticket in zip(all_cases, tickets, strict=True):
        await _put(rig, case, ticket["id"])
    return [(ticket["id"], ticket["code"]) for ticket in tickets]


async def _put(rig: Rig, case: Case, ticket: UUID) -> None:
    """Bring a ticket into its state."""
    if case.is_moved:
        await rig.rows(
            "INSERT INTO relocation (ticket_id, cinema_id, screening_key, seat, row_label,"
            " seat_label, room_name, version) VALUES (%s, %s, 80, 9, 'F', '9', 'Sala 4', 1)"
            " RETURNING 1",
            *(ticket, case.cinema),
        )
    if case.status == "ADMITTED":
        await rig.rows(
            "INSERT INTO admission (ticket_id, scan_id, door, subject, admitted_at)"
            " VALUES (%s, %s, 'B', 'device-2', %s) RETURNING 1",
            *(ticket, uuid4(), _AT),
        )
    if case.status == "GONE":
        await rig.rows("DELETE FROM relocation WHERE ticket_id = %s RETURNING 1", ticket)
        await rig.rows("DELETE FROM ticket WHERE id = %s RETURNING 1", ticket)
    else:
        await rig.rows(
            "UPDATE ticket SET status = %s, revocation_version = %s WHERE id = %s RETURNING 1",
            *(case.status, 1 if case.status == "REVOKED" else None, ticket),
        )


def expected(rig: Rig, case: Case, ticket: UUID, code: str) -> str:
    """Decide as a scanner would that knows what the server knows."""
    is_here, is_issued = case.cinema == CINEMA, case.status != "GONE"
    own = _MOVED if case.is_moved else _OWN
    moves = {ticket: Move(_MOVED, 9, 1)} if case.is_moved and is_issued else {}
    decided = decide(
        read(code, rig.parts.registry.listed),
        # A door that names no screenings is the cinema's own entrance.
        Door(frozenset(case.keys or (own,)) if is_here else frozenset()),
        Known(
            is_issued=is_issued,
            is_revoked=is_here and case.status == "REVOKED",
            admission=Admission(_AT, "B") if is_here and case.status == "ADMITTED" else None,
        ),
        now=datetime.now(UTC),
        relocations=Relocations(str(CINEMA), 1, 0, _AT, moves),
    )
    return decided.outcome.value


def wanted(case: Case, ticket: UUID) -> dict[str, Any]:
    return {
        "principal": "device-1",
        "route": "POST /admissions",
        "key": str(uuid4()),
        "digest": "00",
        "is_everywhere": False,
        "slugs": ["mesh"],
        "scan_id": str(uuid4()),
        "cinema_id": str(CINEMA),
        "ticket_id": str(ticket),
        "unread": None,
        "door": "A",
        "screening_keys": list(case.keys),
    }


async def test_each_case_is_decided_as_by_the_package(rig: Rig):
    all_cases = list(cases())
    tickets = await made(rig, all_cases)

    async with rig.parts.database.connection() as connection:
        answered = await repository.admit(
            connection,
            [wanted(case, ticket) for case, (ticket, _) in zip(all_cases, tickets, strict=True)],
        )

    found = dict(zip(all_cases, (one.decided for one in answered), strict=True))
    assert found == {
        case: expected(rig, case, ticket, code)
        for case, (ticket, code) in zip(all_cases, tickets, strict=True)
    }
    # The cases reach every answer that a server can give to a code that it believes.
    assert set(Counter(found.values())) == {
        "VALID",
        "DUPLICATE",
        "REVOKED",
        "WRONG_SCREENING",
        "TOO_EARLY",
        "ENDED",
        "NOT_ISSUED",
    }
