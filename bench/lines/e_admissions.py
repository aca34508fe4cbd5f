"""e: tickets admitted at the door, each a new one, against pgbench's single update."""

import json
from collections.abc import Iterator
from statistics import median
from uuid import uuid4

from backend.ticket.issuing.facts import PaidOrder
from bench.amounts import Amounts
from bench.limit.pgbench import CLIENTS, Ran, numbers, single_update
from bench.lines.comparing import expect, rate_against, share_of
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, request, target
from bench.results import Figure, Outcome, Share
from bench.spread import percentile
from bench.stage.cinema import Stage
from bench.stage.tickets import bought, issued

_SCANS, _EACH = 2_400, 300
_PACE, _PACED_S = 100, 4.0
_ADMITTED = "SELECT count(*) FROM admission"
_CHECKED = (
    "Each scan was of another ticket, its signature was checked, and it was admitted: the database"
    " has one more admission for every answer."
)


class Scans:
    """Writes requests for tickets that nobody has shown yet."""

    def __init__(self, stage: Stage, order: PaidOrder) -> None:
        self._stage = stage
        self._order = order
        self._token = stage.token("door@mesh.example")

    def requests(self, many: int) -> Iterator[bytes]:
        """Return so many scans at the door."""
        for code in issued(self._stage, self._order, many):
            body = {"code": code, "door": "1", "cinema_id": str(self._order.cinema_id)}
            headers = {
                "Authorization": f"Bearer {self._token}",
                "Idempotency-Key": str(uuid4()),
            }
            yield request("POST", "/admissions", headers=headers, body=json.dumps(body).encode())


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Measure full speed against the update in turn, then a steady hundred a second."""
    [order] = bought(stage, 1)
    scans = Scans(stage, order)
    many, each = amounts.scaled(_SCANS), amounts.scaled(_EACH)
    limit = single_update(stage.server, stage.meter)
    measured: list[Measured] = []
    paced: list[Measured] = []
    ran: list[Ran] = []
    where = target(stage.address("ticket"))
    rush = Plan(**where, requests="", connections=CLIENTS, seconds=amounts.seconds)
    pace = Plan(
        **where, requests="", mode="paced", rate=_PACE, seconds=_PACED_S, connections=CLIENTS
    )
    for number in range(amounts.rounds + 1):
        measured.append(_admitted(stage, rush, list(scans.requests(many))))
        ran.append(limit.run(each, first=number * numbers(each)))
        paced.append(_admitted(stage, pace, list(scans.requests(int(_PACE * _PACED_S)))))
    return _outcome(measured[1:], ran[1:], paced[1:])


def _admitted(stage: Stage, plan: Plan, requests: list[bytes]) -> Measured:
    """Send scans; raises RuntimeError unless each of them let somebody in."""
    with stage.admin("ticket") as connection:
        before = connection.execute(_ADMITTED).fetchone()
        measured = expect(measure(stage.meter, plan, requests), 200)
        after = connection.execute(_ADMITTED).fetchone()
    admitted = int((after or (0,))[0]) - int((before or (0,))[0])
    if admitted != measured.sent.done:
        raise RuntimeError(f"{admitted} of {measured.sent.done} scans were admitted")
    return measured


def _outcome(measured: list[Measured], ran: list[Ran], paced: list[Measured]) -> Outcome:
    rates, theirs = [one.sent.rate for one in measured], [one.rate for one in ran]
    p99 = tuple(percentile(one.sent.times_ms, 0.99) for one in paced)
    p50 = tuple(percentile(one.sent.times_ms, 0.5) for one in paced)
    return Outcome(
        "e",
        (
            rate_against(rates, theirs, name="rate against the update", at_least=20, aim=30),
            Figure("p99 at 100 a second", "ms", p99, better="less", at_least=10, aim=4),
            Figure("p50 at 100 a second", "ms", p50, better="less"),
            Figure("admissions", "/s", tuple(rates)),
            Figure("updates", "/s", tuple(theirs)),
        ),
        (
            share_of("admission", measured),
            Share("update", 0.0, median(one.database_ms for one in ran), 0.0),
        ),
        (_CHECKED,),
    )
