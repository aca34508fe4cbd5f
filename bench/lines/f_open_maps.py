"""f: a seat map is open 500 times: how long after an order everybody knows of it.

The clock starts when the database stamps the order, under the screening's lock and before the
commit: what is measured is a little more than the way from the commit to the screen.
"""

import json
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from statistics import median
from urllib.request import urlopen
from uuid import UUID

from bench.amounts import Amounts
from bench.load.child import child
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, target
from bench.results import Figure, Outcome, Share
from bench.spread import percentile
from bench.stage.cinema import Stage
from bench.stage.orders import Orders

_OPEN, _ORDERS, _RATE = 500, 32, 8
_SEATS = 240
_LATE_S = 2.5
_TOLD = (
    "Every one of {} open maps heard of every one of {} orders in each round; {} orders a second."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Place orders one by one while the maps are open."""
    many = amounts.scaled(_ORDERS)
    found = [
        _round(stage, screening, many)
        for screening in stage.screenings(amounts.rounds + 1, seats=_SEATS)
    ][1:]
    cpu = [measured.cpu.per(many) for _, measured, _ in found]

    def times(share: float) -> tuple[float, ...]:
        return tuple(percentile(one, share) for one, _, _ in found)

    return Outcome(
        "f",
        (
            Figure("p99", "ms", times(0.99), better="less", at_least=50, aim=25),
            Figure("p50", "ms", times(0.5), better="less"),
            Figure("slowest", "ms", times(1.0), better="less"),
        ),
        (
            Share(
                f"order told to {_OPEN}",
                median(one.server for one in cpu),
                median(one.database for one in cpu),
                median(own for _, _, own in found) * 1000 / many,
            ),
        ),
        (_TOLD.format(_OPEN, many, _RATE),),
    )


def _round(stage: Stage, screening: UUID, many: int) -> tuple[list[float], Measured, float]:
    where = target(stage.address("movies"))
    path = f"/screenings/{screening}/seats"
    selling = Plan(
        **where,
        requests="",
        mode="paced",
        # One after the other: orders that share a batch may share a version of the map, too.
        connections=1,
        rate=_RATE,
        seconds=many / _RATE,
        keeps=tuple(range(many)),
    )
    with child(
        "bench.load.streams", json.dumps({**where, "path": f"{path}/live", "connections": _OPEN})
    ) as streams:
        with urlopen(f"{stage.address('movies')}{path}", timeout=20) as answer:  # noqa: S310 -- ours
            first = int(json.load(answer)["version"])
        measured = measure(stage.meter, selling, list(Orders(stage, [screening]).requests(many)))
        time.sleep(_LATE_S)
        report = json.loads(streams.go())
    placed = {
        first + 1 + int(number): datetime.fromisoformat(json.loads(body)["placed_at"]).timestamp()
        for number, body in measured.sent.kept.items()
    }
    if measured.sent.statuses != {"201": many}:
        raise RuntimeError(f"orders were answered {measured.sent.statuses}")
    return _waits(placed, report["heard"]), measured, float(report["cpu_s"])


def _waits(placed: Mapping[int, float], heard: Sequence[Sequence[Sequence[float]]]) -> list[float]:
    """Return milliseconds for every map and order; raises RuntimeError when one was not told.

    A map that skips a version has heard of it with the next one.
    """
    waits = []
    for one in heard:
        for version, placed_at in placed.items():
            at = next((at for told, at in one if told >= version), None)
            if at is None:
                raise RuntimeError(f"an open map never heard of version {version}")
            waits.append(1000 * (at - placed_at))
    return waits
