"""l: how many statements a batch of orders costs, and how many an admission."""

import time
from collections import Counter

from bench.amounts import Amounts
from bench.limit.statements import logged
from bench.lines.comparing import expect
from bench.lines.e_admissions import Scans
from bench.load.generator import measure
from bench.load.plans import Plan, target
from bench.results import Figure, Outcome
from bench.stage.cinema import Stage
from bench.stage.orders import Orders
from bench.stage.tickets import bought

_ORDERS, _SCANS, _CLIENTS = 320, 40, 32
_SCREENINGS = 16
_IDLE_S = 2.0
_SET_UP = "SELECT set_config("
_TOLD = (
    "{} orders of {} clients took {} batches, {:.1f} orders each; {} scans one after the other."
    " Counted in PostgreSQL's own log; what an idle service sends is left"
    " out, and what a new connection is set up with."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Let PostgreSQL log what it is sent for warm orders and scans."""
    del amounts
    orders, batches, batched = _orders(stage)
    scans, scanned = _scans(stage)
    texts = tuple(f"orders: {count} x {text}" for text, count in batched.most_common(6))
    texts += tuple(f"admissions: {count} x {text}" for text, count in scanned.most_common(6))
    return Outcome(
        "l",
        (
            Figure(
                "statements a batch of orders",
                "",
                (orders / batches,),
                better="less",
                at_least=1,
                aim=1,
            ),
            Figure(
                "statements an admission", "", (scans / _SCANS,), better="less", at_least=1, aim=1
            ),
        ),
        checks=(
            _TOLD.format(_ORDERS, _CLIENTS, batches, _ORDERS / batches, _SCANS),
            *(text[:300] for text in texts),
        ),
    )


def _orders(stage: Stage) -> tuple[int, int, Counter[str]]:
    """Return statements, batches, and the statements by text."""
    orders = Orders(stage, stage.screenings(_SCREENINGS, seats=600))
    plan = Plan(**target(stage.address("movies")), requests="", connections=_CLIENTS)
    expect(measure(stage.meter, plan, list(orders.requests(2 * _CLIENTS))), 201)
    requests = list(orders.requests(_ORDERS))
    with logged(stage, "movies") as idle:
        time.sleep(_IDLE_S)
    with logged(stage, "movies") as found:
        expect(measure(stage.meter, plan, requests), 201)
    busy = without(found, idle)
    batches = sum(count for text, count in busy.items() if "place_order" in text)
    return sum(busy.values()), max(1, batches), busy


def _scans(stage: Stage) -> tuple[int, Counter[str]]:
    [order] = bought(stage, 1)
    scans = Scans(stage, order)
    plan = Plan(**target(stage.address("ticket")), requests="", connections=1)
    expect(measure(stage.meter, plan, list(scans.requests(10))), 200)
    requests = list(scans.requests(_SCANS))
    with logged(stage, "ticket") as idle:
        time.sleep(_IDLE_S)
    with logged(stage, "ticket") as found:
        expect(measure(stage.meter, plan, requests), 200)
    busy = without(found, idle)
    return sum(busy.values()), busy


def without(found: Counter[str], idle: Counter[str]) -> Counter[str]:
    """Leave out what an idle service sends, too, and what a new connection is set up with."""
    return Counter(
        {
            text: count
            for text, count in found.items()
            if text not in idle and not text.startswith(_SET_UP)
        }
    )
