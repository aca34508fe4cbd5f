"""g: the PDF of an order of two, against reportlab drawing the same text without codes."""

import json
import pickle
import subprocess
import sys
from dataclasses import dataclass, replace

from backend.ticket.issuing.facts import PaidOrder
from bench.amounts import Amounts
from bench.results import Figure, Outcome, Share
from bench.spread import Spread, ratios
from bench.stage.cinema import Stage
from bench.stage.tickets import bought

_ORDERS, _DOCUMENTS = 4, 60
_TOLD = (
    "A document for two is four pages: the party's, a page for each ticket with its code, the"
    " receipt; {:.0f} kB with the fonts embedded. No two are alike."
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """CPU seconds of each round, ours and bare, and the size of a document in bytes."""

    ours: list[float]
    bare: list[float]
    size: int


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Buy a few orders, then draw variations of them where nothing else runs."""
    orders = bought(stage, _ORDERS)
    many = amounts.scaled(_DOCUMENTS)
    drawn = _drawn(orders, amounts.rounds + 1, many)
    single = _drawn([_alone(order) for order in orders], amounts.rounds + 1, many)
    per_second = tuple(many / seconds for seconds in drawn.ours[1:])
    bare = tuple(many / seconds for seconds in drawn.bare[1:])
    against = tuple(100 * ratio for ratio in ratios(per_second, bare).rounds)
    return Outcome(
        "g",
        (
            Figure("PDFs for two, a CPU second", "/s", per_second, at_least=200, aim=400),
            Figure("rate against reportlab", "%", against),
            Figure("reportlab, the same text, a CPU second", "/s", bare),
            Figure(
                "PDFs for one, a CPU second",
                "/s",
                tuple(many / seconds for seconds in single.ours[1:]),
            ),
        ),
        (
            Share("PDF for two", 1000 / Spread(per_second).median, 0.0, 0.0),
            Share("its text by reportlab", 1000 / Spread(bare).median, 0.0, 0.0),
        ),
        (_TOLD.format(drawn.size / 1000),),
    )


def _alone(order: PaidOrder) -> PaidOrder:
    """Return an order of its first ticket alone."""
    return replace(order, lines=order.lines[:1], tickets=order.tickets[:1])


def _drawn(orders: list[PaidOrder], rounds: int, many: int) -> Drawn:
    ran = subprocess.run(
        [sys.executable, "-m", "bench.drawing"],
        input=pickle.dumps((orders, rounds, many)),
        capture_output=True,
        check=False,
    )
    if ran.returncode:
        raise RuntimeError(f"the documents could not be drawn:\n{ran.stderr.decode()}")
    return Drawn(**json.loads(ran.stdout))
