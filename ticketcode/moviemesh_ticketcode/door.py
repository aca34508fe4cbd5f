"""The door's decision: one rule for scanners with and without a network, and for the server.

In this order: what the text is (MALFORMED, UNKNOWN_KEY, FORGED); whether the ticket is known
(NOT_ISSUED); whether it died (REVOKED); whether it is of this door (WRONG_SCREENING); whether it
was used (DUPLICATE); whether it is time (TOO_EARLY, ENDED); whether what we know is too old to
say yes (STALE). Everything after reading is keyed by the ticket's id, never by the text: the same
ticket can be written in more than one way. Where a ticket was moved, its new place counts.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from moviemesh_ticketcode.keys import KeyList
from moviemesh_ticketcode.lists import Relocations, Revocations
from moviemesh_ticketcode.mm1 import TicketFields
from moviemesh_ticketcode.problems import Forged, Malformed, UnknownKey


class Outcome(StrEnum):
    """What a door says to a scan."""

    VALID = "VALID"
    DUPLICATE = "DUPLICATE"
    WRONG_SCREENING = "WRONG_SCREENING"
    TOO_EARLY = "TOO_EARLY"
    ENDED = "ENDED"
    REVOKED = "REVOKED"
    FORGED = "FORGED"
    NOT_ISSUED = "NOT_ISSUED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    STALE = "STALE"
    MALFORMED = "MALFORMED"


@dataclass(frozen=True, slots=True)
class Admission:
    """The first use of a ticket."""

    at: datetime
    door: str


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a ticket where the decision is made.

    `is_issued` is None where nobody can know it (offline, without the day's manifest).
    """

    is_issued: bool | None = None
    is_revoked: bool = False
    admission: Admission | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """Which screenings a door admits now; `lists_limit` is how old its lists may be."""

    screening_keys: Collection[int]
    lists_limit: timedelta = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Reading:
    """A code as read: its fields, or why there are none."""

    fields: TicketFields | None
    outcome: Outcome | None

    @property
    def ticket_id(self) -> UUID | None:
        """The ticket, if the code could be believed."""
        return None if self.fields is None else self.fields.ticket_id


@dataclass(frozen=True, slots=True)
class Decision:
    """The door's answer, and the seat that counts after a move."""

    outcome: Outcome
    ticket_id: UUID | None = None
    screening_key: int | None = None
    seat: int | None = None
    admission: Admission | None = None


def read(text: str, keys: KeyList) -> Reading:
    """Read a scanned text; never raises."""
    try:
        return Reading(keys.read(text), None)
    except Malformed:
        return Reading(None, Outcome.MALFORMED)
    except UnknownKey:
        return Reading(None, Outcome.UNKNOWN_KEY)
    except Forged:
        return Reading(None, Outcome.FORGED)


def decide(
    reading: Reading,
    door: Door,
    known: Known,
    *,
    now: datetime,
    revocations: Revocations | None = None,
    relocations: Relocations | None = None,
) -> Decision:
    """Decide about a reading. A door without lists (the server) knows all by `known`."""
    fields = reading.fields
    if fields is None:
        return Decision(reading.outcome or Outcome.MALFORMED)
    move = relocations.moves.get(fields.ticket_id) if relocations is not None else None
    screening, seat = (
        (fields.screening_key, fields.seat) if move is None else (move.screening_key, move.seat)
    )
    is_revoked = known.is_revoked or (
        revocations is not None and revocations.holds(fields.ticket_id)
    )
    is_stale = revocations is not None and now - revocations.issued_at > door.lists_limit
    checks = (
        (known.is_issued is False, Outcome.NOT_ISSUED),
        (is_revoked, Outcome.REVOKED),
        (screening not in door.screening_keys, Outcome.WRONG_SCREENING),
        (known.admission is not None, Outcome.DUPLICATE),
        (now < fields.not_before_at, Outcome.TOO_EARLY),
        (now > fields.not_after_at, Outcome.ENDED),
        (is_stale, Outcome.STALE),
    )
    outcome = next((outcome for fails, outcome in checks if fails), Outcome.VALID)
    return Decision(outcome, fields.ticket_id, screening, seat, known.admission)
