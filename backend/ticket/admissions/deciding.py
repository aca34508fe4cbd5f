"""What the server knows of a ticket, put before the one rule that every door decides by."""

from moviemesh_ticketcode import (
    Admission,
    Decision,
    Door,
    Known,
    Move,
    Reading,
    Relocations,
    decide,
)

from backend.contracts.tickets import AdmissionCreate
from backend.ticket.admissions.repository import Facts


def decision(reading: Reading, facts: Facts, body: AdmissionCreate) -> Decision:
    """Decide about a scan; nothing is learnt of another cinema's ticket but that it is wrong."""
    return decide(
        reading,
        Door(screening_keys=_open_for(facts, body)),
        _known(facts, body),
        now=facts.now,
        relocations=_relocations(facts),
    )


def is_shown(facts: Facts, body: AdmissionCreate) -> bool:
    """Say whether the door's screen may show the ticket: it is of the door's own cinema."""
    return facts.id is not None and facts.cinema_id == body.cinema_id


def _open_for(facts: Facts, body: AdmissionCreate) -> frozenset[int]:
    if not is_shown(facts, body):
        return frozenset()
    # A door that names no screenings is the cinema's own entrance: all of its screenings count.
    own = facts.screening_key
    return frozenset(body.screening_keys) or frozenset(() if own is None else (own,))


def _known(facts: Facts, body: AdmissionCreate) -> Known:
    if facts.id is None:
        return Known(is_issued=False)
    if not is_shown(facts, body):
        return Known(is_issued=True)
    used = facts.admitted_at, facts.admitted_door
    return Known(
        is_issued=True,
        is_revoked=facts.status == "REVOKED",
        admission=None if used[0] is None or used[1] is None else Admission(used[0], used[1]),
    )


def _relocations(facts: Facts) -> Relocations | None:
    if facts.id is None or facts.relocation_version is None:
        return None
    assert facts.screening_key is not None
    assert facts.seat is not None
    move = Move(facts.screening_key, facts.seat, facts.relocation_version)
    return Relocations(
        cinema=str(facts.cinema_id),
        version=facts.relocation_version,
        epoch=0,
        issued_at=facts.now,
        moves={facts.id: move},
    )
