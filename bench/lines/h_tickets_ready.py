"""h: from the moment an order is paid to its PDF in the folder of documents, one at a time."""

import asyncio
import re
import time
from pathlib import Path

from bench.amounts import Amounts
from bench.results import Figure, Outcome
from bench.spread import percentile
from bench.stage.cinema import Stage
from bench.stage.shopper import Shopper

_ORDER = re.compile(r"/orders/([0-9a-f-]{36})")
# Enough for a 99th percentile that is not simply the slowest.
_PURCHASES, _WARM = 120, 3
_SETTLE_S = 0.2
_WAIT_S, _LOOK_S = 10.0, 0.02
_PAID = "SELECT extract(epoch FROM paid_at)::float8 FROM orders WHERE id = %s"
_TOLD = (
    "{} purchases, one after the other, nobody else in the house. From the time that movies wrote"
    " with PAID, to the time of the finished file."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Buy on the site, and compare the database's time with the file's."""
    many = amounts.scaled(_PURCHASES)
    waits = asyncio.run(_waits(stage, many + _WARM))[_WARM:]
    # One purchase at a time is one round: a percentile needs all of them.
    return Outcome(
        "h",
        (
            Figure("p99", "ms", (percentile(waits, 0.99),), better="less", at_least=25, aim=12),
            Figure("p50", "ms", (percentile(waits, 0.5),), better="less"),
            Figure("slowest", "ms", (max(waits),), better="less"),
        ),
        checks=(_TOLD.format(many),),
    )


async def _waits(stage: Stage, many: int) -> list[float]:
    shopper = Shopper(stage.cinema.site, settle_s=_SETTLE_S)
    await shopper.find()
    waits = []
    with stage.admin("movies") as connection:
        for number in range(many):
            url = (await shopper.buy(number, takes_pdf=False)).order_url
            match = _ORDER.search(url)
            order = match.group(1) if match else ""
            ready_at = await _ready_at(stage.cinema.folders.documents, order)
            row = connection.execute(_PAID, (order,)).fetchone()
            waits.append(1000 * (ready_at - float((row or (0.0,))[0])))
    return waits


async def _ready_at(folder: Path, order: str) -> float:
    """Return when the order's PDF was written; raises RuntimeError when it is not."""
    until = time.monotonic() + _WAIT_S
    while time.monotonic() < until:
        finished = _finished(folder, order)
        if finished is not None:
            return finished
        await asyncio.sleep(_LOOK_S)
    raise RuntimeError(f"the tickets of {order} were not drawn within {_WAIT_S:.0f} s")


def _finished(folder: Path, order: str) -> float | None:
    for path in folder.glob(f"{order}-*tickets*.pdf"):
        return path.stat().st_mtime_ns / 1e9
    return None
