"""Crowds (F2): random parties, swaps, extensions, payments and lapses at once; nothing half done.

The log of seats is replayed at the end, and must tell the claims as they stand.
"""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.contracts.orders import LineChoice, SeatsChange
from backend.contracts.problems import Problem, Unavailable
from backend.contracts.problems_orders import LoneSeat, SeatTaken
from backend.movies.orders.reaper import expire_holds
from tests.backend.movies.payment import authorised, captured
from tests.backend.movies.rig import Rig
from tests.backend.movies.seat_log import BrokenLog, check, check_orders, replay
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration
SEATS = range(1, 61)


async def test_random_parties_hold_whole_or_not_at_all(rig: Rig, second: Rig):
    dice = random.Random(1)

    async def buyer(one: Rig) -> list[object]:
        outcomes: list[object] = []
        token = guest_token()
        for _ in range(3):
            try:
                await one.hold(dice.sample(SEATS, dice.randint(1, 6)), token=token)
            except Problem as problem:
                outcomes.append(type(problem))
                continue
            return [*outcomes, "held"]
        return outcomes

    results = await asyncio.gather(*(buyer(one) for one in (rig, second) * 32))

    outcomes = Counter(outcome for result in results for outcome in result)
    assert set(outcomes) <= {"held", SeatTaken, LoneSeat}
    assert outcomes["held"] == len(await rig.rows("SELECT 1 FROM orders")) > 5
    await check_orders(rig)
    await check(rig)


class Visitor:
    """Somebody who holds, changes their mind, takes more time, pays or forgets."""

    def __init__(self, rig: Rig, dice: random.Random) -> None:
        self.rig, self.dice, self.token = rig, dice, guest_token()
        self.outcomes: Counter[str] = Counter()

    async def visit(self) -> None:
        for _ in range(4):
            seats = self.dice.sample(SEATS, self.dice.randint(1, 4))
            order = await self.act("hold", self.rig.hold(seats, token=self.token))
            if order is not None:
                await self.go_on(order.id)

    async def go_on(self, order) -> None:
        client, key = self.rig.client, uuid4().hex
        lines = [LineChoice(seat=seat) for seat in self.dice.sample(SEATS, 3)]
        for deed in self.dice.sample(["swap", "extend", "lapse", "release", "pay"], 3):
            if deed == "swap":
                swap = client.change_seats(
                    order, SeatsChange(lines=lines), token=self.token, key=key
                )
                await self.act(deed, swap)
            elif deed == "extend":
                await self.act(deed, client.extend(order, token=self.token, key=key))
            elif deed == "lapse":
                await self.rig.run(
                    "WITH o AS (UPDATE orders SET expires_at = clock_timestamp()"
                    " WHERE id = %s AND state = 'HELD' RETURNING id) UPDATE seat_claim"
                    " SET expires_at = clock_timestamp() FROM o WHERE order_id = o.id",
                    order,
                )
            elif deed == "release":
                await self.act(deed, client.release(order, token=self.token, key=key))
            elif await self.act(deed, self.rig.pay(order, self.token)) is not None:
                for event in (authorised(order), captured(order)):
                    await self.rig.hear(event)
                return

    async def act(self, deed: str, call):
        try:
            answer = await call
        except Unavailable:
            raise
        except Problem as problem:
            self.outcomes[type(problem).__name__] += 1
            return None
        self.outcomes[deed] += 1
        return answer


async def test_everything_at_once_ends_whole_and_without_deadlock(rig: Rig, second: Rig):
    dice = random.Random(2)
    visitors = [Visitor(one, dice) for one in (rig, second) * 12]
    screening = (await rig.row("SELECT id FROM screening"))["id"]

    async def reap() -> None:
        for _ in range(15):
            await expire_holds(rig.parts.database, screening)
            await asyncio.sleep(0.1)

    await asyncio.gather(reap(), *(visitor.visit() for visitor in visitors))

    outcomes = sum((visitor.outcomes for visitor in visitors), Counter())
    assert min(outcomes[deed] for deed in ("hold", "extend", "release", "pay")) > 0, outcomes
    assert await rig.rows("SELECT 1 FROM dead_letter") == []
    await check_orders(rig)
    sold = await check(rig)
    assert Counter(state for _, state in sold.values())["SOLD"] > 0


def _event(kind: str, order: str, *seats: int) -> dict:
    return {"kind": kind, "order_id": order, "seats": list(seats), "at": 2, "expires_at": 3}


@pytest.mark.parametrize(
    "events",
    [
        [_event("HOLD", "a", 1), _event("HOLD", "b", 1)],
        [_event("HOLD", "a", 1), _event("SELL", "a", 1), _event("SELL", "a", 1)],
        [_event("HOLD", "a", 1), _event("SELL", "b", 1)],
        [_event("HOLD", "a", 1), _event("RELEASE", "b", 1)],
        [_event("HOLD", "a", 1), _event("TAKE_OVER", "a", 1)],
    ],
)
def test_replay_sees_what_may_never_happen(events):
    with pytest.raises(BrokenLog):
        replay(events)


async def test_hold_that_ran_out_is_taken_once_by_all_who_want_it(rig: Rig, second: Rig):
    over = await rig.hold([11, 12, 13])
    await rig.age(over.id, timedelta(minutes=11))

    outcomes = await asyncio.gather(
        *(one.hold([11, 12]) for one in (rig, second) * 10), return_exceptions=True
    )

    won = [one for one in outcomes if not isinstance(one, BaseException)]
    assert len(won) == 1
    assert {type(one) for one in outcomes if isinstance(one, BaseException)} == {SeatTaken}
    await check(rig)
