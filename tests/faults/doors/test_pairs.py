"""F32: one ticket at two of four doors at the same moment lets one person in, and is told so."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from tests.faults.amounts import amount
from tests.faults.doors.rig import Steward, counted, sold_room
from tests.faults.rig.scenario import Scenario

DOORS = ("Door 1", "Door 2", "Door 3", "Door 4")


@pytest.mark.fault("F32")
async def test_one_ticket_at_two_doors_lets_one_in(scenario: Scenario):
    pairs = amount("F32 pairs")
    room = await sold_room(scenario, pairs + 1)
    steward = Steward(scenario, room)
    slots = asyncio.Semaphore(16)

    async def both(code: str) -> list[dict]:
        here, there = scenario.dice.sample(DOORS, 2)
        async with slots:
            return await asyncio.gather(steward.scan(code, here), steward.scan(code, there))

    # A scan that is sent again is the same scan, also when all of it arrives at once.
    key, code = uuid4().hex, room.codes[-1]
    again = await asyncio.gather(*(steward.scan(code, key=key) for _ in range(5)))
    shown = await asyncio.gather(*(both(code) for code in room.codes[:-1]))
    wrong = [f"a pair was told {told}" for pair in shown if (told := _told(pair))]
    later = await steward.outcomes(
        [scenario.dice.choice(room.codes) for _ in range(amount("F32") - 2 * pairs)]
    )
    scenario.tally.runs = 2 * pairs + len(later)
    scenario.tally.rivals = 2 * 16

    assert counted([one["outcome"] for one in again]) == {"VALID": 5}
    assert counted(later) == {"DUPLICATE": len(later)}
    assert await _admitted(scenario, room.key) == pairs + 1
    await scenario.judge(*wrong)


def _told(pair: list[dict]) -> str:
    """Return what is wrong with a pair's answers: one is let in, the other hears when and where."""
    first, second = sorted(pair, key=lambda one: one["outcome"], reverse=True)
    seen = (first["outcome"], second["outcome"])
    where = {(one["admitted_at"], one["admitted_door"]) for one in pair}
    return "" if seen == ("VALID", "DUPLICATE") and len(where) == 1 else f"{seen} {where}"


async def _admitted(scenario: Scenario, key: int) -> int:
    async with await psycopg.AsyncConnection.connect(scenario.cinema.dsn("ticket")) as connection:
        cursor = await connection.execute(
            "SELECT count(*) FROM admission JOIN ticket ON ticket.id = admission.ticket_id"
            " WHERE ticket.screening_key = %s",
            (key,),
        )
        row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
