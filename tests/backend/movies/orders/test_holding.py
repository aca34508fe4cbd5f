"""Holding seats: all or none, priced by us; a refusal says what to do and changes nothing."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.contracts.orders import LineChoice, OrderCreate, OrderState
from backend.contracts.problems_orders import (
    CarerAlone,
    LoneSeat,
    SaleClosed,
    SaleNotOpen,
    ScreeningMissing,
    SeatBroken,
    SeatTaken,
    SeatUnknown,
    TicketTypeUnknown,
)
from backend.movies.prices import repository as prices
from backend.movies.seats import maps
from tests.backend.movies.rig import Rig
from tests.support.cinema import price_card, small_cinema
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration


async def test_hold_is_priced_and_named_by_us(rig: Rig):
    token = guest_token()
    body = rig.order([11, 12]).model_copy(update={"language": "ro"})

    order = await rig.client.create_order(body, token=token, key="hold-two")

    assert (order.state, order.version, order.currency) == (OrderState.HELD, 1, "RON")
    assert (order.total_minor, order.fee_minor, order.tax_minor) == (6700, 300, 664)
    assert [(line.seat.row, line.seat.label, line.price_minor) for line in order.lines] == [
        ("B", "1", 3200),
        ("B", "2", 3200),
    ]
    assert order.screening.film_title == "Nosferatu"
    assert 590 < (order.expires_in_s or 0) <= 600
    assert await rig.claims(order.id) == [(11, "HELD"), (12, "HELD")]
    again = await rig.client.order(order.id, token=token)
    assert again.model_copy(update={"expires_in_s": None}) == order.model_copy(
        update={"expires_in_s": None}
    )


async def test_accessible_mode_begins_with_double_time(rig: Rig):
    body = rig.order([11]).model_copy(update={"accessible_time": True})

    order = await rig.client.create_order(body, token=guest_token(), key=uuid4().hex)

    assert 1190 < (order.expires_in_s or 0) <= 1200


async def test_seats_are_held_all_or_none_and_the_taken_ones_named(rig: Rig):
    await rig.hold([12, 15])

    with pytest.raises(SeatTaken) as raised:
        await rig.hold([11, 12, 15, 16])

    assert raised.value.facts == {"seats": [12, 15]}
    assert await rig.rows("SELECT seat_id FROM seat_claim ORDER BY 1") == [
        {"seat_id": 12},
        {"seat_id": 15},
    ]
    assert len(await rig.rows("SELECT 1 FROM orders")) == 1
    assert len(await rig.rows("SELECT 1 FROM idempotency")) == 1


async def test_seats_just_taken_elsewhere_are_named_by_the_database(
    rig: Rig, second: Rig, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(maps, "_GLIMPSE_S", 3600.0)
    await rig.client.seat_map(rig.cinema.screening)  # known, and soon no longer true
    other = await second.hold([12])

    with pytest.raises(SeatTaken) as raised:
        await rig.hold([11, 12])

    assert raised.value.facts == {"seats": [12]}
    assert await rig.claims(other.id) == [(12, "HELD")]
    assert await rig.rows("SELECT order_id FROM seat_claim") == [{"order_id": other.id}]
    assert len(await rig.rows("SELECT 1 FROM idempotency")) == 1
    assert len(await rig.rows("SELECT 1 FROM orders")) == 1


async def test_seats_let_go_elsewhere_are_not_refused_from_memory(rig: Rig, second: Rig):
    token = guest_token()
    order = await second.hold([12], token=token)
    await rig.client.seat_map(rig.cinema.screening)
    await second.client.release(order.id, token=token, key=uuid4().hex)

    assert (await rig.hold([12])).state is OrderState.HELD


MALFORMED: dict[str, dict[str, Any]] = {
    "seat of no room": {"lines": [{"seat": 999}]},
    "seat below nothing": {"lines": [{"seat": -5}]},
    "no seat number": {"lines": [{"seat": 0}]},
    "seat past the type": {"lines": [{"seat": 99999}]},
    "seat in words": {"lines": [{"seat": "eleven"}]},
    "no seats": {"lines": []},
    "eleven seats": {"lines": [{"seat": n} for n in range(11, 22)]},
    "the same seat twice": {"lines": [{"seat": 11}, {"seat": 11}]},
    "price": {"price_minor": 1},
    "price of a line": {"lines": [{"seat": 11, "price_minor": 1}]},
    "status": {"state": "PAID"},
    "owner": {"owner": "guest:somebody"},
    "role": {"role": "admin"},
    "ticket": {"lines": [{"seat": 11, "ticket_id": str(uuid4())}]},
    "bad address": {"email": "ana at example.org"},
    "address with a line": {"email": "ana@example.org\nBcc: all@example.org"},
    "address of nobody": {"email": "@example.org"},
    "long address": {"email": "a" * 300 + "@example.org"},
    "unknown language": {"language": "fr"},
    "ticket type of another form": {"lines": [{"seat": 11, "ticket_type": "Adult; DROP"}]},
    "screening that is no id": {"screening_id": "tonight"},
}


async def test_order_of_another_shape_is_refused_and_changes_nothing(rig: Rig):
    good = {"screening_id": str(rig.cinema.screening), "lines": [{"seat": 11}]}
    headers = {"authorization": f"Bearer {guest_token()}", "idempotency-key": "as-it-is"}

    answers = {name: await rig.post({**good, **MALFORMED[name]}, **headers) for name in MALFORMED}

    assert {n: a.status_code for n, a in answers.items()} == dict.fromkeys(MALFORMED, 422)
    codes = {name: answer.json()["error"] for name, answer in answers.items()}
    assert codes == dict.fromkeys(MALFORMED, "Malformed") | {
        "seat of no room": "SeatUnknown",
        "the same seat twice": "SeatTwice",
    }
    assert await rig.rows("SELECT 1 FROM seat_claim") == []
    assert await rig.rows("SELECT 1 FROM orders") == []
    assert (await rig.post(good, **headers)).status_code == 201


async def test_seat_of_another_room_is_unknown(rig: Rig):
    other = await small_cinema(rig.parts.database, "other", rows=8)  # its room has seats to 80
    wanted = OrderCreate(screening_id=rig.cinema.screening, lines=[LineChoice(seat=75)])

    with pytest.raises(SeatUnknown) as raised:
        await rig.client.create_order(wanted, token=guest_token(), key=uuid4().hex)

    assert raised.value.facts == {"seats": [75]}
    there = wanted.model_copy(update={"screening_id": other.screening})
    assert (await rig.client.create_order(there, token=guest_token(), key=uuid4().hex)).lines


async def test_two_cinemas_sell_side_by_side(rig: Rig):
    other = await small_cinema(rig.parts.database, "other")
    token = guest_token()
    here = await rig.hold([11, 12], token=token)
    await rig.pay(here.id, token)
    body = rig.order([11, 12]).model_copy(update={"screening_id": other.screening})

    there = await rig.client.create_order(body, token=token, key=uuid4().hex)

    assert there.screening.cinema_id == other.cinema.id
    assert await rig.claims(here.id) == [(11, "PAYING"), (12, "PAYING")]
    assert await rig.claims(there.id) == [(11, "HELD"), (12, "HELD")]


async def test_broken_seat_is_not_sold(rig: Rig):
    await rig.run("UPDATE layout_seat SET is_broken = true WHERE seat_id = 15")

    with pytest.raises(SeatBroken) as raised:
        await rig.hold([15])

    assert raised.value.facts == {"seats": [15]}


async def test_single_seat_is_not_left_alone(rig: Rig):
    await rig.hold([11, 12])

    with pytest.raises(LoneSeat) as raised:
        await rig.hold([14, 15])

    assert raised.value.facts == {"seats": [13]}
    assert (await rig.hold([13, 14])).state is OrderState.HELD


async def test_carer_comes_free_and_never_alone(rig: Rig):
    with pytest.raises(CarerAlone):
        await rig.hold([2], ticket_type="carer")
    body = OrderCreate(
        screening_id=rig.cinema.screening,
        lines=[LineChoice(seat=1), LineChoice(seat=2, ticket_type="carer")],
    )

    order = await rig.client.create_order(body, token=guest_token(), key=uuid4().hex)

    assert [line.gross_minor for line in order.lines] == [3350, 0]


async def test_ticket_type_that_is_not_sold_is_named(rig: Rig):
    with pytest.raises(TicketTypeUnknown) as raised:
        await rig.hold([11], ticket_type="senior")

    assert raised.value.facts == {"ticket_type": "senior", "seat": 11}


CLOSED = {
    "window ended": ("sale_closes_at = clock_timestamp()", SaleClosed),
    "closed by staff": ("state = 'closed'", SaleClosed),
    "being cancelled": ("state = 'cancelling'", SaleClosed),
    "cancelled": ("state = 'cancelled'", SaleClosed),
    "not open yet": ("sale_opens_at = clock_timestamp() + interval '1 hour'", SaleNotOpen),
    "draft": ("state = 'draft'", ScreeningMissing),
}


@pytest.mark.parametrize(("change", "problem"), CLOSED.values(), ids=CLOSED.keys())
async def test_nothing_is_sold_outside_the_sale(rig: Rig, change, problem):
    if problem is not ScreeningMissing:
        await rig.client.screening(rig.cinema.screening, "en")  # its offer stays in memory
    await rig.run(f"UPDATE screening SET {change}")

    with pytest.raises(problem):
        await rig.hold([11])

    assert await rig.rows("SELECT 1 FROM seat_claim") == []


async def test_past_screening_is_not_sold(rig: Rig):
    await rig.run(
        "UPDATE screening SET starts_at = starts_at - interval '1 day',"
        " ends_at = ends_at - interval '1 day', sale_closes_at = sale_closes_at - interval '1 day'"
    )

    with pytest.raises(SaleClosed):
        await rig.hold([11])


async def test_screening_of_nobody_is_missing(rig: Rig):
    body = rig.order([11]).model_copy(update={"screening_id": uuid4()})

    with pytest.raises(ScreeningMissing):
        await rig.client.create_order(body, token=guest_token(), key=uuid4().hex)


async def test_order_priced_by_an_old_card_is_priced_again(rig: Rig):
    await rig.client.screening(rig.cinema.screening, "en")
    async with rig.parts.database.transaction() as connection:
        await prices.save_card(connection, rig.cinema.cinema.id, price_card(adult=4000))

    order = await rig.hold([11])

    assert order.total_minor == 4150
    frozen = await rig.row(
        "SELECT v.version FROM orders o JOIN price_card_version v ON v.id = o.price_version_id"
    )
    assert frozen == {"version": 2}


async def test_held_order_keeps_its_price(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    async with rig.parts.database.transaction() as connection:
        await prices.save_card(connection, rig.cinema.cinema.id, price_card(adult=4000))

    assert (await rig.client.order(order.id, token=token)).total_minor == 3350


async def test_database_that_is_gone_is_said_and_nothing_hangs(rig: Rig):
    await rig.parts.database.close()
    headers = {"authorization": f"Bearer {guest_token()}", "idempotency-key": "gone-away"}
    body = {"screening_id": str(rig.cinema.screening), "lines": [{"seat": 11}]}

    answers = await asyncio.gather(
        rig.post(body, **headers),
        rig.http.get(f"/screenings/{rig.cinema.screening}/seats"),
        rig.http.get("/health/ready"),
        rig.http.get("/cinemas/mesh/programme"),
    )

    assert [answer.status_code for answer in answers] == [503] * 4
    assert {answer.json()["error"] for answer in answers} == {"Unavailable"}
    assert all(answer.headers["retry-after"] == "2" for answer in answers)
    assert (await rig.http.get("/health/live")).status_code == 200


async def test_hold_belongs_to_the_moment_of_the_database(rig: Rig):
    before = datetime.now(UTC) - timedelta(seconds=1)
    order = await rig.hold([11])

    event = await rig.row("SELECT kind, seats, expires_at, at FROM seat_event")
    assert (event["kind"], event["seats"]) == ("HOLD", [11])
    assert event["at"] == order.placed_at
    assert event["expires_at"] - event["at"] == timedelta(minutes=10)
    assert order.placed_at > before
