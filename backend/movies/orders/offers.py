"""What a screening offers right now: its seats, prices and ticket types, kept while they hold.

They hold as long as the catalogue's version is the same, which is looked at every two seconds. An
offer is only used to price and to refuse early; the claim itself checks sale window and price
version again, under the lock.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from backend.contracts.catalogue import PriceRule
from backend.contracts.problems_orders import ScreeningMissing
from backend.contracts.seats import LayoutSeat
from backend.kit.database import Connection, Database
from backend.kit.gathering import Gathering
from backend.movies.prices.rules import PriceCard, Showing
from backend.movies.seats.bits import Shifts, shifts_of
from backend.movies.seats.rules import Room, room_of

_FRESH_S = 2.0
_LARGEST = 5_000

_FIND = """
    SELECT s.id, s.public_id, s.starts_at, s.ends_at, s.format, s.state, s.layout_id,
           s.business_day, s.sale_closes_at,
           c.id AS cinema_id, c.slug AS cinema_slug, c.name AS cinema_name, c.zone, c.currency,
           c.seller, f.id AS film_id, f.title, f.certificate, r.name AS room_name,
           v.id AS version_id, v.rules, v.fee_minor, v.tax_rate_bp,
           (SELECT jsonb_object_agg(t.code, jsonb_build_object('name', t.name, 'rule', t.rule))
            FROM ticket_type t WHERE t.cinema_id = c.id AND t.archived_at IS NULL) AS ticket_types,
           catalogue_version() AS catalogue_version
    FROM screening s
    JOIN cinema c ON c.id = s.cinema_id
    JOIN film f ON f.id = s.film_id
    JOIN room r ON r.id = s.room_id
    JOIN price_card p ON p.id = s.price_card_id
    JOIN price_card_version v ON v.id = p.version_id
    WHERE s.public_id = %s
"""
_VERSION = "SELECT catalogue_version() AS version"
_SEATS = """
    SELECT seat_id AS seat, row_label AS row, seat_label AS label, kind, x, y, block, position,
           pair, is_broken AS broken
    FROM layout_seat WHERE layout_id = %s ORDER BY ordinal
"""


@dataclass(frozen=True, slots=True)
class TicketType:
    """Who a ticket is for, by language, and its rule."""

    name: dict[str, str]
    rule: str


@dataclass(frozen=True, slots=True)
class Offer:
    """A screening as an order needs it."""

    screening_id: int
    public_id: UUID
    cinema_id: UUID
    cinema_slug: str
    cinema_name: str
    seller: dict[str, str]
    zone: str
    currency: str
    film_id: UUID
    title: dict[str, str]
    certificate: str
    room_name: str
    starts_at: datetime
    ends_at: datetime
    layout_id: int
    layout: tuple[LayoutSeat, ...]
    room: Room
    shifts: Shifts
    card: PriceCard
    showing: Showing
    ticket_types: dict[str, TicketType]
    # What was made once and is needed again: of this offer, and of the seats of its layout.
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    layout_memo: dict[int, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class _Layout:
    """A layout's seats, the same arranged for the rules, and what was made of them once."""

    seats: tuple[LayoutSeat, ...]
    room: Room
    shifts: Shifts
    memo: dict[int, Any] = field(default_factory=dict)


class Offers:
    """Reads offers; layouts never change, so they are kept for good."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._offers: dict[UUID, Offer] = {}
        self._layouts: dict[int, _Layout] = {}
        self._looks = Gathering("catalogue rounds", self._look)
        self._version = -1
        self._fresh_until = float("-inf")

    async def get(self, screening: UUID) -> Offer:
        """Return the offer of a screening; raises ScreeningMissing."""
        offer = self._offers.get(screening)
        if offer is not None and time.monotonic() < self._fresh_until:
            return offer
        if offer is not None:
            await self._looks.get("version")
            offer = self._offers.get(screening)
        if offer is None:
            offer = await self._read(screening)
        return offer

    def forget(self, screening: UUID) -> None:
        """Read it anew next time: the database said that it changed."""
        self._offers.pop(screening, None)

    async def current(self, connection: Connection, screening: UUID) -> Offer:
        """Read the offer as it is now; raises ScreeningMissing."""
        return await self._offer(connection, await _row(connection, screening))

    async def _look(self, _asked: Sequence[str]) -> Mapping[str, int]:
        """Read the catalogue's version, once for all who wait for it."""
        began = time.monotonic()
        async with self._database.connection() as connection:
            row = await (await connection.execute(_VERSION)).fetchone() or {}
        self._saw(row["version"], began)
        return row

    async def _read(self, screening: UUID) -> Offer:
        began = time.monotonic()
        async with self._database.connection() as connection:
            row = await _row(connection, screening)
            offer = await self._offer(connection, row)
        self._saw(row["catalogue_version"], began)
        if row["catalogue_version"] == self._version:
            if len(self._offers) >= _LARGEST:
                self._offers.clear()
            self._offers[screening] = offer
        return offer

    def _saw(self, version: int, began: float) -> None:
        """Note the catalogue's version as of `began`; what was kept of another is dropped."""
        if version != self._version:
            self._offers.clear()
            self._version = version
        self._fresh_until = max(self._fresh_until, began + _FRESH_S)

    async def _offer(self, connection: Connection, row: dict[str, Any]) -> Offer:
        return _offer(row, await self._layout(connection, row["layout_id"]))

    async def _layout(self, connection: Connection, layout_id: int) -> _Layout:
        if layout_id not in self._layouts:
            rows = await (await connection.execute(_SEATS, (layout_id,))).fetchall()
            seats = tuple(LayoutSeat.model_validate(row) for row in rows)
            self._layouts[layout_id] = _Layout(
                seats, room_of(seats), shifts_of([seat.seat for seat in seats])
            )
        return self._layouts[layout_id]


async def _row(connection: Connection, screening: UUID) -> dict[str, Any]:
    row = await (await connection.execute(_FIND, (screening,))).fetchone()
    if row is None or row["state"] == "draft":
        raise ScreeningMissing
    return row


def _offer(row: dict[str, Any], layout: _Layout) -> Offer:
    local = row["starts_at"].astimezone(ZoneInfo(row["zone"]))
    return Offer(
        screening_id=row["id"],
        public_id=row["public_id"],
        cinema_id=row["cinema_id"],
        cinema_slug=row["cinema_slug"],
        cinema_name=row["cinema_name"],
        seller=row["seller"],
        zone=row["zone"],
        currency=row["currency"],
        film_id=row["film_id"],
        title=row["title"],
        certificate=row["certificate"],
        room_name=row["room_name"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        layout_id=row["layout_id"],
        layout=layout.seats,
        room=layout.room,
        shifts=layout.shifts,
        layout_memo=layout.memo,
        card=PriceCard(
            version_id=row["version_id"],
            rules=tuple(PriceRule.model_validate(rule) for rule in row["rules"]),
            fee_minor=row["fee_minor"],
            tax_rate_bp=row["tax_rate_bp"],
        ),
        showing=Showing(
            # A show after midnight belongs to the evening before, also for its price.
            weekday=row["business_day"].weekday(),
            minute=local.hour * 60 + local.minute,
            format=row["format"],
        ),
        ticket_types={
            code: TicketType(kind["name"], kind["rule"])
            for code, kind in (row["ticket_types"] or {}).items()
        },
    )
