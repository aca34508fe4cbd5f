"""The live map: one read of the database serves everybody who asked before it began.

A map is never older than the last commit before its request came: requests wait for a read that
starts after them, and what that read finds unchanged is served from bytes kept per version.
"""

import asyncio
import time
from base64 import b64encode
from dataclasses import dataclass, replace
from uuid import UUID

from backend.contracts.seats import SeatMap
from backend.kit.database import Database
from backend.movies.orders.offers import Offers

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
_BITS = {"FREE": 0, "HELD": 1, "PAYING": 1, "SOLD": 2, "BLOCKED": 3}
_LARGEST = 2_000
# For so long the last known map may let an order through to the claim, which decides.
_GLIMPSE_S = 1.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Which seats are not free, at one version, as read at a monotonic time.

    `until` is when the next hold runs out: then the map changes without a new version.
    """

    version: int
    states: dict[int, str]
    until: float
    read_at: float

    @property
    def seats(self) -> frozenset[int]:
        """The seats that nobody else can choose."""
        return frozenset(self.states)


class SeatMaps:
    """Reads maps in shared rounds."""

    def __init__(self, database: Database, offers: Offers) -> None:
        self._database = database
        self._offers = offers
        self._known: dict[int, Taken] = {}
        self._bytes: dict[int, tuple[int, float, bytes]] = {}
        self._waiting: dict[int, list[asyncio.Future[Taken]]] = {}
        self._round: asyncio.Task[None] | None = None

    async def taken(self, screening_id: int) -> Taken:
        """Return the taken seats by a read that begins after this call."""
        future: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(screening_id, []).append(future)
        if self._round is None:
            self._round = asyncio.create_task(self._rounds(), name="seat map rounds")
        return await future

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

    async def body(self, public_id: UUID) -> bytes:
        """Return the JSON of a SeatMap."""
        offer = await self._offers.get(public_id)
        taken = await self.taken(offer.screening_id)
        version, until, content = self._bytes.get(offer.screening_id, (-1, 0.0, b""))
        if version == taken.version and until == taken.until:
            return content
        seats = [seat.seat for seat in offer.layout]
        content = (
            SeatMap(
                screening_id=public_id, version=taken.version, bitmap=bitmap(seats, taken.states)
            )
            .model_dump_json()
            .encode()
        )
        if len(self._bytes) >= _LARGEST:
            self._bytes.clear()
        self._bytes[offer.screening_id] = (taken.version, taken.until, content)
        return content

    async def versions(self, screenings: list[int]) -> dict[int, int]:
        """Return the current version of each screening's map."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_VERSIONS, (screenings,))).fetchall()
        return {row["screening_id"]: row["version"] for row in rows}

    async def _rounds(self) -> None:
        try:
            while self._waiting:
                waiting, self._waiting = self._waiting, {}
                try:
                    await self._read(list(waiting))
                # Whoever waits gets the error; the next round starts anew.
                except Exception as error:  # noqa: BLE001 -- handed to every waiter
                    for futures in waiting.values():
                        for future in futures:
                            if not future.done():
                                future.set_exception(error)
                    continue
                for screening_id, futures in waiting.items():
                    for future in futures:
                        if not future.done():
                            future.set_result(self._known[screening_id])
        finally:
            self._round = None

    async def _read(self, screenings: list[int]) -> None:
        versions = await self.versions(screenings)
        now = time.monotonic()
        stale = [
            screening
            for screening in screenings
            if (known := self._known.get(screening)) is None
            or known.version != versions.get(screening)
            or known.until <= now
        ]
        for screening in set(screenings) - set(stale):
            self._known[screening] = replace(self._known[screening], read_at=now)
        if not stale:
            return
        if len(self._known) >= _LARGEST:
            self._known.clear()
            stale = screenings
        async with self._database.connection() as connection:
            rows = await (await connection.execute(_CLAIMS, (stale,))).fetchall()
        for row in rows:
            changes_in_s = row["changes_in_s"]
            states = zip(row["seats"] or (), row["states"] or (), strict=True)
            self._known[row["screening_id"]] = Taken(
                row["version"],
                {seat: state for seat, state in states if state != "FREE"},
                now + changes_in_s if changes_in_s is not None else float("inf"),
                now,
            )


def bitmap(seats: list[int], states: dict[int, str]) -> str:
    """Pack two bits a seat in the layout's order, most significant first, as base64."""
    value = 0
    for seat in seats:
        value = value << 2 | _BITS[states.get(seat, "FREE")]
    padding = -len(seats) % 4
    return b64encode((value << 2 * padding).to_bytes((len(seats) + 3) // 4, "big")).decode()
