"""l: how many statements a batch of orders costs, and how many an admission."""

import time
from collections import Counter
from collections.abc import Callable

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
_WARM, _SHOWN, _LONGEST = 10, 6, 200
# Longer than most rounds of housekeeping are apart.
_IDLE_S = 8.0
_SET_UP = "SELECT set_config("
_TOLD = (
    "{} orders of {} clients took {} batches, {:.1f} orders each; {} scans one after the other."
    " Counted in PostgreSQL's own log; what an idle service sends is left"
    " out, and what a new connection is set up with."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Let PostgreSQL log what it is sent for warm orders and scans."""
    del amounts
    send_orders, send_scans = _orders(stage), _scans(stage)
    with logged(stage) as idle:
        time.sleep(_IDLE_S)
    with logged(stage) as found:
        send_orders()
        send_scans()
    orders = without(found["movies"], idle["movies"])
    scans = without(found["ticket"], idle["ticket"])
    batches = max(1, sum(count for text, count in orders.items() if "place_order" in text))
    texts = [("orders", *one) for one in orders.most_common(_SHOWN)]
    texts += [("admissions", *one) for one in scans.most_common(_SHOWN)]
    return Outcome(
        "l",
        (
            _figure("statements a batch of orders", orders.total() / batches),
            _figure("statements an admission", scans.total() / _SCANS),
        ),
        checks=(
            _TOLD.format(_ORDERS, _CLIENTS, batches, _ORDERS / batches, _SCANS),
            *(f"{what}, {count} times: `{text[:_LONGEST]}`" for what, text, count in texts),
        ),
    )


def _figure(name: str, count: float) -> Figure:
    return Figure(name, "", (count,), better="less", at_least=1, aim=1)


def _orders(stage: Stage) -> Callable[[], object]:
    """Return what sends the orders, all screenings having been sold from before."""
    orders = Orders(stage, stage.screenings(_SCREENINGS, seats=600))
    plan = Plan(**target(stage.address("movies")), requests="", connections=_CLIENTS)
    expect(measure(stage.meter, plan, list(orders.requests(2 * _CLIENTS))), 201)
    requests = list(orders.requests(_ORDERS))
    return lambda: expect(measure(stage.meter, plan, requests), 201)


def _scans(stage: Stage) -> Callable[[], object]:
    """Return what sends the scans, the door having been open for a while."""
    [order] = bought(stage, 1)
    scans = Scans(stage, order)
    plan = Plan(**target(stage.address("ticket")), requests="", connections=1)
    expect(measure(stage.meter, plan, list(scans.requests(_WARM))), 200)
    requests = list(scans.requests(_SCANS))
    return lambda: expect(measure(stage.meter, plan, requests), 200)


def without(found: Counter[str], idle: Counter[str]) -> Counter[str]:
    """Leave out what an idle service sends, too, and what a new connection is set up with."""
    return Counter(
        {
            text: count
            for text, count in found.items()
            if text not in idle and not text.startswith(_SET_UP)
        }
    )
