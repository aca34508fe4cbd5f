"""What there is to abuse: two cinemas, a guest with a paid order and a hold, and a refund."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx2
import psycopg

from backend.client.catalogue import CatalogueClient
from backend.client.http import ServiceHttp
from backend.contracts.catalogue import (
    CinemaWrite,
    FilmWrite,
    PriceCardWrite,
    PriceRule,
    RoomWrite,
    ScreeningWrite,
)
from backend.contracts.permissions import Role
from backend.onebox.demo.prices import CINEMA, TICKET_TYPES
from tests.faults.abuse.callers import Callers
from tests.faults.abuse.contracts import Operation, operations
from tests.faults.abuse.examples import example
from tests.faults.rig.buyers import Buyer, Wires
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.history import History
from tests.faults.rig.house import plain_layout
from tests.faults.rig.people import guest_tokens
from tests.faults.rig.wire import Wire

HERE, ELSEWHERE = "harm", "elsewhere"
_LOOKS, _LOOK_S = 200, 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """A cinema with one film and one screening."""

    slug: str
    cinema: UUID
    film: UUID
    room: UUID
    card: UUID
    screening: UUID
    seats: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class World:
    """The open cinema and what is in it. The owner has all orders."""

    open: Cinema
    operations: list[Operation]
    callers: Callers
    here: Place
    elsewhere: Place
    owner: str
    token: str
    order: UUID
    hold: UUID
    refund: UUID

    def address(self, operation: Operation) -> str:
        """Return where an operation's service is."""
        return self.open.addresses[operation.service]

    def target(self, operation: Operation, place: Place | None = None, **others: Any) -> str:
        """Return its path and query, filled with what is here; raises KeyError for a new name."""
        known = {**self.names(place or self.here), **others}
        path = operation.path.format_map({name: known[name] for name in operation.places})
        query = "&".join(f"{one['name']}={known[one['name']]}" for one in operation.queries)
        return f"{path}?{query}" if query else path

    def body(self, operation: Operation, place: Place | None = None) -> dict[str, Any] | None:
        """Return a good JSON body, about what is here."""
        if operation.schema is None:
            return None
        given = self.names(place or self.here)
        found: dict[str, Any] = example(operation.schema, operation.document, given)
        return found

    def names(self, place: Place) -> Mapping[str, Any]:
        """Return the ids by the names that contracts give them."""
        return {
            "attempt": 1,
            "cinema": place.slug,
            "cinema_id": str(place.cinema),
            "client_ip": "127.0.0.1",
            "code": "abuse",
            "film_id": str(place.film),
            "order_id": str(self.order),
            "price_card_id": str(place.card),
            "refund_id": str(self.refund),
            "room_id": str(place.room),
            "screening_id": str(place.screening),
            "screening_key": 1,
            "slug": "abuse",
        }


def made(cinema: Cinema, history: History) -> World:
    """Make it all, over HTTP, in a loop of its own."""
    return asyncio.run(_made(cinema, history))


async def _made(cinema: Cinema, history: History) -> World:
    callers = Callers(cinema)
    here, elsewhere = await place(cinema, callers, HERE), await place(cinema, callers, ELSEWHERE)
    wires = Wires(*(Wire(cinema.addresses[one]) for one in ("movies", "ticket", "simulator")))
    guest = guest_tokens(cinema).new()
    buyer = Buyer(wires, history, subject=guest.subject, token=guest.token, dice=Random())
    try:
        order = await buyer.buy(here.screening, here.seats[:3])
        assert order is not None
        assert await buyer.until_over(order) == "ISSUED"
        hold = await buyer.hold(here.screening, here.seats[3:4])
        refund = await _refunded(cinema, callers, order)
        assert await buyer.until_over(order) == "PART_REFUNDED"
    finally:
        await wires.close()
    return World(
        open=cinema,
        operations=operations(cinema),
        callers=callers,
        here=here,
        elsewhere=elsewhere,
        owner=guest.subject,
        token=guest.token,
        order=UUID(order),
        hold=UUID(str(hold.body["id"])),
        refund=refund,
    )


async def place(
    cinema: Cinema,
    callers: Callers,
    slug: str,
    *,
    seats: int = 60,
    starts_in: timedelta = timedelta(hours=2),
    sale_for: timedelta | None = None,
) -> Place:
    """Make a cinema, or another screening in it, that is sold until it begins or only so long."""
    token = callers.token(Role.ADMIN, "movies")
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
        client = CatalogueClient(ServiceHttp(http, cinema.addresses["movies"]))
        found = await _house(client, slug, token)
        film = await client.save_film(slug, _film(), token=token)
        card = await client.save_price_card(slug, _card(), token=token)
        layout = plain_layout(seats)
        room = await client.save_room(
            slug, RoomWrite(name=f"Room {uuid4().hex[:8]}", seats=layout), token=token
        )
        made = await client.make_screening(
            slug,
            ScreeningWrite(
                film_id=film.id,
                room_id=room.id,
                price_card_id=card.id,
                starts_at=datetime.now(UTC) + starts_in,
                sale_closes_at=None if sale_for is None else datetime.now(UTC) + sale_for,
            ),
            token=token,
        )
    return Place(
        slug=slug,
        cinema=found,
        film=film.id,
        room=room.id,
        card=card.id,
        screening=made.id,
        seats=tuple(seat.seat for seat in layout),
    )


async def _house(client: CatalogueClient, slug: str, token: str) -> UUID:
    house = CinemaWrite.model_validate(CINEMA.model_dump() | {"slug": slug, "name": slug})
    found = await client.save_cinema(house, token=token)
    for kind in TICKET_TYPES:
        await client.save_ticket_type(slug, kind, token=token)
    return found.id


async def _refunded(cinema: Cinema, callers: Callers, order: str) -> UUID:
    """Give the last line back, and wait until the provider did."""
    token = callers.token(Role.MANAGER, "movies", cinemas=(HERE,))
    wire = Wire(cinema.addresses["movies"])
    answer = await wire.request(
        "POST",
        f"/orders/{order}/refunds",
        headers={
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "idempotency-key": uuid4().hex,
        },
        body=b'{"lines": [3], "seats": "free", "reason": "for the abuse"}',
    )
    await wire.close()
    assert answer.status == 200, answer.body
    for _ in range(_LOOKS):
        async with await psycopg.AsyncConnection.connect(cinema.dsn("payment")) as connection:
            query = "SELECT id FROM refund WHERE order_id = %s AND state = 'SUCCEEDED'"
            row = await (await connection.execute(query, (order,))).fetchone()
        if row is not None:
            refund: UUID = row[0]
            return refund
        await asyncio.sleep(_LOOK_S)
    raise AssertionError("the refund did not come")


def _film() -> FilmWrite:
    return FilmWrite(
        slug="nosferatu",
        title={"en": "Nosferatu", "ro": "Nosferatu"},
        original_title="Nosferatu",
        synopsis={"en": "A shadow.", "ro": "O umbră."},
        year=1922,
        runtime_minutes=94,
        certificate="AP-12",
        directors=["F. W. Murnau"],
        cast=[],
        countries=["DE"],
        spoken_languages=["zxx"],
        genres=["horror"],
    )


def _card() -> PriceCardWrite:
    rules = [PriceRule(ticket_type="adult", price_minor=3200)]
    return PriceCardWrite(name="Standard", rules=rules, fee_minor=150, tax_rate_bp=1100)
