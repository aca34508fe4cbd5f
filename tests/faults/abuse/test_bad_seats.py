"""A14: seats that are none, of another room, twice; screenings that are over, or closed by then."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.contracts.permissions import Role
from tests.faults.abuse.knocking import knock
from tests.faults.abuse.world import HERE, Place, World, place
from tests.faults.rig.wire import Answer

pytestmark = pytest.mark.fault("A14")
_SALE = timedelta(seconds=3)

# The room has seats 1 to 60; the other one of the same cinema has 80.
WRONG_SEATS: Mapping[str, tuple[Any, str]] = {
    "negative": ([-1], "Malformed"),
    "zero": ([0], "Malformed"),
    "one too far": ([61], "SeatUnknown"),
    "of another room": ([70], "SeatUnknown"),
    "the last number there is": ([32_767], "SeatUnknown"),
    "one more than there is": ([32_768], "Malformed"),
    "beyond 32 bits": ([2**31], "Malformed"),
    "beyond 64 bits": ([2**64], "Malformed"),
    "with a hundred digits": ([10**100], "Malformed"),
    "a fraction": ([1.5], "Malformed"),
    "a whole fraction": ([1.0], "Malformed"),
    "a word": (["1"], "Malformed"),
    "true": ([True], "Malformed"),
    "nothing": ([None], "Malformed"),
    "a list": ([[1]], "Malformed"),
    "an object": ([{"seat": 1}], "Malformed"),
    "twice": ([1, 1], "SeatTwice"),
    "thrice among others": ([5, 1, 5, 2, 5], "SeatTwice"),
    "none": ([], "Malformed"),
    "eleven": ([*range(1, 12)], "Malformed"),
    "a thousand": ([*range(1, 1001)], "Malformed"),
    "one good and one bad": ([1, 61], "SeatUnknown"),
}


async def test_seats_that_are_none_are_refused_and_nothing_is_held(world: World):
    here = await _rooms(world)
    token = world.callers.token(Role.GUEST, "movies")

    found = {
        name: _told(await _hold(world, here.screening, seats, token))
        for name, (seats, _) in WRONG_SEATS.items()
    }

    assert found == {name: (422, code) for name, (_, code) in WRONG_SEATS.items()}
    assert _claims(world, here.screening) == []


async def test_hold_cannot_be_swapped_for_seats_that_are_none(world: World):
    here = await _rooms(world)
    token = world.callers.token(Role.GUEST, "movies")
    order = (await _hold(world, here.screening, [5], token)).json()["id"]

    found = {
        name: _told(await _send(world, f"PUT /orders/{order}/seats", token, _lines(seats)))
        for name, (seats, _) in WRONG_SEATS.items()
    }

    assert found == {name: (422, code) for name, (_, code) in WRONG_SEATS.items()}
    assert _claims(world, here.screening) == [5]


async def test_screening_that_is_over_sells_nothing(world: World):
    here = await _rooms(world, starts_in=-timedelta(hours=5))

    held = await _hold(world, here.screening, [7], world.callers.token(Role.GUEST, "movies"))

    assert _told(held) == (409, "SaleClosed")
    assert _claims(world, here.screening) == []


async def test_sale_that_runs_out_after_the_hold_is_over(world: World):
    here = await _rooms(world, sale_for=_SALE)
    token = world.callers.token(Role.GUEST, "movies")
    order = (await _hold(world, here.screening, [5], token)).json()["id"]
    await asyncio.sleep(_SALE.total_seconds())

    held = await _hold(world, here.screening, [7], world.callers.token(Role.GUEST, "movies"))
    paid = await _pay(world, order, token)
    swapped = await _send(world, f"PUT /orders/{order}/seats", token, _lines([9]))

    assert [_told(one) for one in (held, paid, swapped)] == [(409, "SaleClosed")] * 3
    assert _claims(world, here.screening) == [5]


async def test_sale_that_closes_between_hold_and_pay_is_closed(world: World):
    here = await _rooms(world)
    token = world.callers.token(Role.GUEST, "movies")
    order = (await _hold(world, here.screening, [5], token)).json()["id"]
    manager = world.callers.token(Role.MANAGER, "movies", cinemas=(HERE,))
    close = f"/cinemas/{HERE}/screenings/{here.screening}/close"

    closed = await _send(world, f"POST {close}", manager, None)
    paid = await _pay(world, order, token)
    state = json.loads((await _send(world, f"GET /orders/{order}", token, None)).body)["state"]

    assert (closed.status, _told(paid), state) == (200, (409, "SaleClosed"), "HELD")


async def test_screening_that_is_none_has_no_seats(world: World):
    token = world.callers.token(Role.GUEST, "movies")

    assert _told(await _hold(world, uuid4(), [1], token)) == (404, "ScreeningMissing")


async def _rooms(world: World, **times: timedelta) -> Place:
    """Make a screening in a room of 60 seats, beside one of 80."""
    await place(world.open, world.callers, HERE, seats=80)
    return await place(world.open, world.callers, HERE, seats=60, **times)


async def _hold(world: World, screening: UUID, seats: Any, token: str) -> Answer:
    body = {"screening_id": str(screening), **_lines(seats)}
    return await _send(world, "POST /orders", token, body)


async def _pay(world: World, order: str, token: str) -> Answer:
    body = {"email": "buyer@guests.example"}
    return await _send(world, f"POST /orders/{order}/pay", token, body)


async def _send(world: World, request: str, token: str, body: Any) -> Answer:
    method, target = request.split(" ")
    headers = {
        "authorization": f"Bearer {token}",
        "content-type": "application/json",
        "idempotency-key": uuid4().hex,
    }
    content = b"" if body is None else json.dumps(body).encode()
    return await knock(
        world.open.addresses["movies"], method, target, headers=headers.items(), body=content
    )


def _lines(seats: Any) -> dict[str, Any]:
    return {"lines": [{"seat": seat} for seat in seats]}


def _told(answer: Answer) -> tuple[int, str]:
    return answer.status, str(answer.json().get("error"))


def _claims(world: World, screening: UUID) -> list[int]:
    query = """
        SELECT seat_id FROM seat_claim JOIN screening ON screening.id = seat_claim.screening_id
        WHERE screening.public_id = %s ORDER BY 1
    """
    with psycopg.connect(world.open.dsn("movies")) as connection:
        return [row[0] for row in connection.execute(query, (screening,)).fetchall()]
