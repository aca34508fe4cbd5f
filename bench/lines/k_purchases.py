"""k: a whole purchase on the site, page by page; the simulator and the PDF are listed apart.

The whole is the CPU of the onebox's process. What of it the simulator and the PDF are is told by
a second cinema with a ledger; both are taken off the whole, and so is what an idle cinema uses.
"""

import asyncio
import json
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from bench.amounts import Amounts
from bench.cpu import Cpu, Meter
from bench.results import Figure, Outcome, Share
from bench.stage.cinema import Stage
from bench.stage.ledger import PDF
from bench.stage.opening import ACCOUNTED, asked, opened
from bench.stage.shopper import Purchase, Shopper
from tests.support.onebox import OpenCinema

_PURCHASES = 6
_IDLE_S = 3.0
_SIMULATOR = "simulator"
_PAGES = (
    "A purchase is {} requests of a browser without scripts: the programme, a screening, the best"
    " seats for two, hold, pay, the card page, the order, the PDF ({:.0f} kB)."
)
_IDLE = "An idle cinema's {:.1f} ms of CPU a second are taken off by the clock."


@dataclass(frozen=True, slots=True)
class Idle:
    """CPU seconds that a cinema uses in a second when nobody comes."""

    cpu: Cpu

    def off(self, cpu: Cpu, seconds: float) -> Cpu:
        """Take it off a span."""
        return Cpu(
            cpu.server - self.cpu.server * seconds, cpu.database - self.cpu.database * seconds
        )


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Buy in rounds on the cinema as it is, then a few times on one with a ledger."""
    many = amounts.scaled(_PURCHASES)
    with asyncio.Runner() as runner:
        shopper = Shopper(stage.cinema.site)
        runner.run(shopper.find())
        runner.run(_bought(shopper, 0, many))
        idle = _idle(stage.meter)
        rounds, purchases, client_ms = [], [], []
        for number in range(1, amounts.rounds + 1):
            before, began, own = stage.meter.read(), time.monotonic(), time.process_time()
            purchases += runner.run(_bought(shopper, number * many, many))
            spent = idle.off(stage.meter.read() - before, time.monotonic() - began)
            client_ms.append((time.process_time() - own) / many * 1000)
            rounds.append(spent.per(many))
        parts = _parts(runner, many)
    return _outcome(rounds, parts, purchases[-1], idle=idle, client_ms=median(client_ms))


async def _bought(shopper: Shopper, first: int, many: int) -> list[Purchase]:
    return [await shopper.buy(number) for number in range(first, first + many)]


def _idle(meter: Meter) -> Idle:
    before, began = meter.read(), time.monotonic()
    time.sleep(_IDLE_S)
    seconds = time.monotonic() - began
    spent = meter.read() - before
    return Idle(Cpu(spent.server / seconds, spent.database / seconds))


def _parts(runner: asyncio.Runner, many: int) -> dict[str, float]:
    """Return CPU milliseconds of one purchase by part, of the cinema with a ledger."""
    with opened(ACCOUNTED, {}) as cinema:
        shopper = Shopper(cinema.site)
        runner.run(shopper.find())
        runner.run(_bought(shopper, 0, 2))
        idle = _grown(cinema, lambda: time.sleep(_IDLE_S))
        began = time.monotonic()
        spent = _grown(cinema, lambda: runner.run(_bought(shopper, 2, many)))
        seconds = time.monotonic() - began
    per = {
        part: (cost - idle.get(part, 0.0) * seconds / _IDLE_S) / many * 1000
        for part, cost in spent.items()
    }
    return dict(sorted(per.items(), key=lambda item: -item[1]))


def _grown(cinema: OpenCinema, work: Callable[[], object]) -> dict[str, float]:
    before = _costs(cinema)
    work()
    after = _costs(cinema)
    return {part: cost - before.get(part, 0.0) for part, cost in after.items()}


def _costs(cinema: OpenCinema) -> dict[str, float]:
    """Return CPU seconds by part since the cinema was opened."""
    costs: dict[str, float] = json.loads(asked(cinema, signal.SIGUSR1))
    return costs


def _outcome(
    rounds: list[Cpu], parts: Mapping[str, float], bought: Purchase, *, idle: Idle, client_ms: float
) -> Outcome:
    apart = parts.get(_SIMULATOR, 0.0) + parts.get(PDF, 0.0)
    whole = tuple(one.server for one in rounds)
    return Outcome(
        "k",
        (
            Figure(
                "CPU of a purchase, without simulator and PDF",
                "ms",
                tuple(one - apart for one in whole),
                better="less",
                at_least=20,
                aim=12,
            ),
            Figure("the whole process", "ms", whole, better="less"),
        ),
        (Share("purchase", median(whole), median(one.database for one in rounds), client_ms),),
        (
            _PAGES.format(bought.pages, len(bought.pdf) / 1000),
            _IDLE.format(idle.cpu.server * 1000),
        ),
        parts,
    )
