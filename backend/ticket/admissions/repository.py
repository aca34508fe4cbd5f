"""The statement of scans, and the count of who came in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from backend.contracts.tickets import AdmissionCounts
from backend.kit.database import Connection

_ADMIT = "SELECT * FROM admit_scans(%s::jsonb)"
_COUNTS = """
    SELECT count(*) AS sold, count(*) FILTER (WHERE t.status = 'ADMITTED') AS admitted
    FROM ticket t JOIN cinema c ON c.id = t.cinema_id LEFT JOIN relocation r ON r.ticket_id = t.id
    WHERE t.status IN ('ISSUED', 'ADMITTED') AND (%(everywhere)s OR c.slug = ANY(%(slugs)s))
      AND (t.screening_key = %(key)s AND r.ticket_id IS NULL OR r.screening_key = %(key)s)
"""

Wanted = Mapping[str, Any]
Refusal = Literal["CinemaMissing", "Denied", "IdempotencyKeyReused"]


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to a scan as it was stored, now or before, or why there is none."""

    answer: str | None
    decided: str | None
    is_replayed: bool
    refusal: Refusal | None


async def admit(connection: Connection, scans: Sequence[Wanted]) -> list[Answered]:
    """Answer scans in the order given; each answer is final and stored under its caller's key."""
    wanted = json.dumps([{**one, "number": number} for number, one in enumerate(scans)])
    rows = await (await connection.execute(_ADMIT, (wanted,))).fetchall()
    rows.sort(key=lambda row: row.pop("number"))
    return [Answered(**row) for row in rows]


async def counts(
    connection: Connection, screening_key: int, *, slugs: frozenset[str], everywhere: bool
) -> AdmissionCounts:
    """Count a screening's tickets at the cinemas where the caller works."""
    values = {"key": screening_key, "slugs": sorted(slugs), "everywhere": everywhere}
    row = await (await connection.execute(_COUNTS, values)).fetchone()
    return AdmissionCounts.model_validate({"screening_key": screening_key, **(row or {})})
