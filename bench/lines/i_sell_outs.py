"""i: a room of 240 seats is sold out to 128 rivals: exactly, and how much CPU it takes."""

import json
from statistics import median
from uuid import UUID

from bench.amounts import Amounts
from bench.cpu import Cpu
from bench.load.child import child
from bench.load.plans import target
from bench.results import Figure, Outcome, Share
from bench.stage.cinema import Stage

_SEATS, _RIVALS = 240, 128
_TOLD = (
    "In every round the database has 240 claims of 120 orders, two neighbours each; the 120 were"
    " answered 201, and 8 rivals found nothing free. A rival looks at the map, asks for two"
    " seats that it shows as free, and looks again when somebody was faster: {} maps, {} refusals"
    " in the last round."
)
_CLAIMS = """
    SELECT count(*), count(DISTINCT seat_id), count(DISTINCT order_id),
           count(*) FILTER (WHERE c.seat_id %% 2 = 1 AND EXISTS (
               SELECT 1 FROM seat_claim d WHERE d.screening_id = c.screening_id
               AND d.order_id = c.order_id AND d.seat_id = c.seat_id + 1))
    FROM seat_claim c JOIN screening s ON s.id = c.screening_id
    WHERE s.public_id = %s AND c.state = 'HELD'
"""
_ORDERS = """
    SELECT count(*), count(DISTINCT buyer) FROM orders o JOIN screening s ON s.id = o.screening_id
    WHERE s.public_id = %s
"""


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Sell a room out in each round; raises RuntimeError when the database is not exact."""
    screenings = stage.screenings(amounts.rounds + 1, seats=_SEATS)
    found = [_sold(stage, one, seed) for seed, one in enumerate(screenings)][1:]
    cpu = [one for one, _, _ in found]
    statuses = found[-1][1]
    seconds = tuple(one.server for one in cpu)
    return Outcome(
        "i",
        (
            Figure("CPU of the server", "s", seconds, better="less", at_least=0.3, aim=0.15),
            Figure("CPU of PostgreSQL", "s", tuple(one.database for one in cpu), better="less"),
        ),
        (
            Share(
                "sell-out",
                1000 * median(seconds),
                1000 * median(one.database for one in cpu),
                1000 * median(own for _, _, own in found),
            ),
        ),
        (_TOLD.format(statuses.get("map 200", 0), statuses.get("order 409", 0)),),
    )


def _sold(stage: Stage, screening: UUID, seed: int) -> tuple[Cpu, dict[str, int], float]:
    plan = {
        **target(stage.address("movies")),
        "screening": str(screening),
        "tokens": stage.guests.tokens(_RIVALS),
        "seed": seed,
    }
    with child("bench.load.rivals", json.dumps(plan)) as rivals:
        before = stage.meter.read()
        report = json.loads(rivals.go())
        cpu = stage.meter.read() - before
    _check(stage, screening, report["statuses"])
    return cpu, report["statuses"], report["cpu_s"]


def _check(stage: Stage, screening: UUID, statuses: dict[str, int]) -> None:
    with stage.admin("movies") as connection:
        claims = connection.execute(_CLAIMS, (screening,)).fetchone()
        orders = connection.execute(_ORDERS, (screening,)).fetchone()
    pairs = _SEATS // 2
    is_exact = (
        claims == (_SEATS, _SEATS, pairs, pairs)
        and orders == (pairs, pairs)
        and statuses.get("order 201") == pairs
        and set(statuses) <= {"map 200", "order 201", "order 409"}
    )
    if not is_exact:
        raise RuntimeError(f"not exact: claims {claims}, orders {orders}, answers {statuses}")
