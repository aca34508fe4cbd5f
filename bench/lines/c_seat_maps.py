"""c: the map of 240 seats while they are being sold, against a bare hello."""

import json
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from bench.amounts import Amounts
from bench.limit.hello import hello
from bench.lines.comparing import expect, rate_against, share_of
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, request, target
from bench.results import Figure, Outcome
from bench.stage.cinema import Stage
from bench.stage.orders import Orders

_SEATS = 240
_CLIENTS = 32
_SOLD_A_SECOND = 20
_FRESH = (
    "{} orders a second are placed on the map that is read, and their CPU counts with the maps'."
    " Each of {} maps, asked for after an order was answered, showed its seats."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Read maps while orders are placed on them; each order is followed by a look at the map."""
    screenings = stage.screenings(amounts.rounds + 1, seats=_SEATS)
    measured: list[Measured] = []
    bare: list[Measured] = []
    looks = 0
    with hello(stage.server.pid) as limit:
        for screening in screenings:
            found, fresh = _while_selling(stage, screening, amounts.seconds)
            measured.append(found)
            looks += fresh
            bare.append(limit.measure(connections=_CLIENTS, seconds=amounts.seconds))
    measured, bare = measured[1:], bare[1:]
    rates, theirs = [one.sent.rate for one in measured], [one.sent.rate for one in bare]
    return Outcome(
        "c",
        (
            rate_against(rates, theirs, name="rate against hello", at_least=35, aim=50),
            Figure("maps", "/s", tuple(rates)),
            Figure("hellos", "/s", tuple(theirs)),
        ),
        (share_of("seat map", measured), share_of("hello", bare)),
        (_FRESH.format(_SOLD_A_SECOND, looks),),
    )


def _while_selling(stage: Stage, screening: UUID, seconds: float) -> tuple[Measured, int]:
    path = f"/screenings/{screening}/seats"
    where = target(stage.address("movies"))
    sales = int(_SOLD_A_SECOND * seconds)
    requests = list(_sales(stage, screening, sales))
    selling = Plan(
        **where,
        requests="",
        mode="paced",
        rate=2 * _SOLD_A_SECOND,
        seconds=seconds,
        keeps=tuple(range(1, 2 * sales, 2)),
    )
    reading = Plan(**where, requests="", connections=_CLIENTS, seconds=seconds, repeats=True)
    with ThreadPoolExecutor(1) as other:
        sold = other.submit(measure, stage.meter, selling, requests)
        read = expect(measure(stage.meter, reading, [request("GET", path)]), 200)
        kept = sold.result().sent
    if kept.statuses != {"201": sales, "200": sales}:
        raise RuntimeError(f"selling was answered {kept.statuses}")
    for number, body in kept.kept.items():
        _check(body, 2 * (int(number) // 2) + 1)
    return read, len(kept.kept)


def _sales(stage: Stage, screening: UUID, many: int) -> Iterator[bytes]:
    """Alternate orders and looks; one connection, so that a look follows its order's answer."""
    look = request("GET", f"/screenings/{screening}/seats")
    for order in Orders(stage, [screening]).requests(many):
        yield order
        yield look


def _check(body: str, first_seat: int) -> None:
    """Raise RuntimeError unless the map shows the seats as held."""
    bits = b64decode(json.loads(body)["bitmap"])
    for seat in (first_seat, first_seat + 1):
        at = 2 * (seat - 1)
        if bits[at // 8] >> 6 - at % 8 & 3 != 1:
            raise RuntimeError(f"a map is older than the claim of seat {seat}: {body}")
