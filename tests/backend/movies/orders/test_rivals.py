"""Rivals (F1): many buyers want one seat at once, and exactly one gets it.

The control runs the same rig against a check-then-insert without a key, and must see seats sold
twice: a rig that cannot catch that proves nothing.
"""

import asyncio
from collections import Counter
from uuid import uuid4

import pytest

from backend.contracts.problems import Problem
from backend.contracts.problems_orders import SeatTaken
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration
BUYERS = 50
ROUNDS = 8


async def test_exactly_one_of_fifty_rivals_gets_the_seat(rig):
    for seat in range(11, 11 + ROUNDS * 3, 3):
        outcomes = await asyncio.gather(*(_try(rig, [seat]) for _ in range(BUYERS)))

        assert Counter(outcomes) == {"won": 1, SeatTaken: BUYERS - 1}
    sold = await rig.rows("SELECT count(*) AS n, count(DISTINCT seat_id) AS d FROM seat_claim")
    assert (sold[0]["n"], sold[0]["d"]) == (ROUNDS, ROUNDS)


async def test_overlapping_parties_get_all_or_nothing(rig):
    parties = [[seat, seat + 1, seat + 2] for seat in range(21, 28)] * 4

    await asyncio.gather(*(_try(rig, party) for party in parties))

    rows = await rig.rows(
        "SELECT o.seats, (SELECT count(*) FROM seat_claim c WHERE c.order_id = o.id) AS has"
        " FROM orders o"
    )
    assert rows
    assert [row["has"] for row in rows] == [row["seats"] for row in rows]


async def test_control_catches_check_then_insert(rig):
    """The same crowd against a table without the key: seats are sold twice, and the rig sees it."""
    async with rig.parts.database.connection() as connection:
        await connection.execute("CREATE TABLE naive (seat_id integer, buyer text)")

    async def naive(seat: int) -> None:
        async with rig.parts.database.transaction() as connection:
            found = await connection.execute("SELECT 1 FROM naive WHERE seat_id = %s", (seat,))
            if await found.fetchone() is None:
                await connection.execute("INSERT INTO naive VALUES (%s, %s)", (seat, uuid4().hex))

    for seat in range(ROUNDS):
        await asyncio.gather(*(naive(seat) for _ in range(BUYERS)))

    twice = await rig.rows("SELECT seat_id FROM naive GROUP BY seat_id HAVING count(*) > 1")
    assert twice


async def _try(rig, seats):
    try:
        await rig.hold(seats, token=guest_token())
    except Problem as problem:
        return type(problem)
    return "won"
