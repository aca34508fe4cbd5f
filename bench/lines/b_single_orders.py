"""b: orders of two seats by one client, one after the other: how long an answer takes."""

from bench.amounts import Amounts
from bench.lines.comparing import expect, share_of
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, target
from bench.results import Figure, Outcome
from bench.spread import percentile
from bench.stage.cinema import Stage
from bench.stage.orders import Orders

_ORDERS = 600
_SCREENINGS = 24


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Measure rounds; the percentiles are each round's own."""
    many = amounts.scaled(_ORDERS)
    orders = Orders(stage, stage.screenings(_SCREENINGS, seats=600))
    plan = Plan(**target(stage.address("movies")), requests="", seconds=amounts.seconds)
    measured: list[Measured] = [
        expect(measure(stage.meter, plan, list(orders.requests(many))), 201)
        for _ in range(amounts.rounds + 1)
    ][1:]

    def times(share: float) -> tuple[float, ...]:
        return tuple(percentile(one.sent.times_ms, share) for one in measured)

    return Outcome(
        "b",
        (
            Figure("p50", "ms", times(0.5), better="less", at_least=1.5, aim=1),
            Figure("p99", "ms", times(0.99), better="less", at_least=10, aim=5),
            Figure("orders", "/s", tuple(one.sent.rate for one in measured)),
        ),
        (share_of("order", measured),),
        ("Every order was answered 201, after its commit.",),
    )
