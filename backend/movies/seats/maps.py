"""The live map: one read of the database serves everybody who asked before it began.

A map is never older than the last commit before its request came: requests wait for a read that
starts after them, and what that read finds unchanged is served from bytes kept per version.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from backend.contracts.problems_orders import ScreeningMissing
from backend.kit.database import Database
from backend.kit.gathering import Gathering
from backend.movies.orders.offers import Offer, Offers
from backend.movies.orders.placing import Placement
from backend.movies.seats.bits import Shifts, TakenSeats, held, packed, written

_VERSIONS = "SELECT screening_id, version FROM screening_seats WHERE screening_id = ANY(%s)"
_CLAIMS = """
    WITH now AS MATERIALIZED (SELECT clock_timestamp() AS t)
    SELECT v.screening_id, v.version,
           array_agg(c.seat_id) FILTER (WHERE c.seat_id IS NOT NULL) AS seats,
           array_agg(CASE WHEN c.state = 'HELD' AND c.expires_at <= t THEN 'FREE' ELSE c.state END)
               FILTER (WHERE c.seat_id IS NOT NULL) AS states,
           extract(epoch FROM min(c.expires_at) FILTER (WHERE c.state = 'HELD' AND c.expires_at > t)
               - min(t))::float8 AS changes_in_s
    FROM now, screening_seats v LEFT JOIN seat_claim c ON c.screening_id = v.screening_id
    WHERE v.screening_id = ANY(%s) GROUP BY v.screening_id, v.version
"""
_LARGEST = 2_000
# For so long the last known map may let an order through to the claim, which decides. What this
# process did meanwhile is in it; what others did can only cost a seat left alone.
_GLIMPSE_S = 5.0
# How long an answer of the database may have been under way.
_COMMIT_S = 2.0


@dataclass(frozen=True, slots=True)
class Taken:
    """A map at one version, as read at a monotonic time.

    `until` is when the next hold runs out: then the map changes without a new version.
    """

    version: int
    seats: TakenSeats
    until: float
    read_at: float


class SeatMaps:
    """Reads maps in shared rounds, and follows what this process changes itself."""

    def __init__(self, database: Database, offers: Offers) -> None:
        self._database = database
        self._offers = offers
        self._known: dict[int, Taken] = {}
        self._shifts: dict[int, Shifts] = {}
        self._bytes: dict[int, tuple[Taken, bytes]] = {}
        self._reads = Gathering("seat map rounds", self._read)

    async def taken(self, offer: Offer) -> Taken:
        """Return the taken seats by a read that begins after this call; raises ScreeningMissing."""
        self._shifts[offer.screening_id] = offer.shifts
        found = await self._reads.get(offer.screening_id)
        if found is None:
            raise ScreeningMissing
        return found

    def glimpse(self, screening_id: int) -> Taken | None:
        """Return what was known a moment ago, without asking."""
        known, now = self._known.get(screening_id), time.monotonic()
        is_fresh = known is not None and now < min(known.until, known.read_at + _GLIMPSE_S)
        return known if is_fresh else None

    def outdate(self, screening_id: int) -> None:
        """Say that this process changed the map: what was known of it is no glimpse any more."""
        known = self._known.get(screening_id)
        if known is not None:
            self._known[screening_id] = replace(known, read_at=float("-inf"))

    def placed(self, placement: Placement) -> None:
        """Add the seats of new holds to the version before; any other version is read anew."""
        known, now = self._known.get(placement.screening), time.monotonic()
        if known is None:
            return
        # A hold that ran out in between may have been ended with it.
        if known.version + 1 != placement.version or known.until <= now:
            self.outdate(placement.screening)
            return
        shifts = known.seats.shifts
        self._known[placement.screening] = Taken(
            placement.version,
            TakenSeats(shifts, known.seats.bits | held(shifts, placement.seats)),
            # Too early by what passed since the commit: then it is read anew, no harm.
            min(known.until, now + placement.hold_s - _COMMIT_S),
            now,
        )

    async def body(self, public_id: UUID) -> bytes:
        """Return the JSON of a SeatMap."""
        offer = await self._offers.get(public_id)
        taken = await self.taken(offer)
        before, content = self._bytes.get(offer.screening_id, (None, b""))
        if before is not None and before.version == taken.version and before.seats == taken.seats:
            return content
        content = (
            f'{{"screening_id":"{public_id}","version":{taken.version},'
            f'"bitmap":"{written(taken.seats.bits, len(offer.shifts))}"}}'
        ).encode()
        if len(self._bytes) >= _LARGEST:
            self._bytes.clear()
        self._bytes[offer.screening_id] = (taken, content)
        return content

    async def versions(self, screenings: Sequence[int]) -> dict[int, int]:
        """Return the current version of each screening's map."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_VERSIONS, (list(screenings),))).fetchall()
        return {row["screening_id"]: row["version"] for row in rows}

    async def _read(self, screenings: Sequence[int]) -> dict[int, Taken]:
        """Read the versions, then the claims of those screenings that changed since."""
        now = time.monotonic()
        versions = await self.versions(screenings)
        found: dict[int, Taken] = {}
        for screening, version in versions.items():
            known = self._known.get(screening)
            if known is not None and known.version == version and known.until > now:
                found[screening] = self._known[screening] = replace(known, read_at=now)
        stale = versions.keys() - found.keys()
        if stale:
            found |= await self._read_claims(list(stale))
        return found

    async def _read_claims(self, screenings: list[int]) -> dict[int, Taken]:
        if len(self._known) >= _LARGEST:
            self._known.clear()
            self._shifts = {screening: self._shifts[screening] for screening in screenings}
        now = time.monotonic()
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_CLAIMS, (screenings,))).fetchall()
        found = {
            row["screening_id"]: _taken(row, now, self._shifts[row["screening_id"]]) for row in rows
        }
        for screening, taken in found.items():
            known = self._known.get(screening)
            # An order placed while this was read may have come further already.
            if known is None or known.version <= taken.version:
                self._known[screening] = taken
        return found


def _taken(row: dict[str, Any], now: float, shifts: Shifts) -> Taken:
    changes_in_s = row["changes_in_s"]
    states = zip(row["seats"] or (), row["states"] or (), strict=True)
    return Taken(
        row["version"],
        TakenSeats(shifts, packed(shifts, states)),
        now + changes_in_s if changes_in_s is not None else float("inf"),
        now,
    )
