"""d: the programme of a day with availability, against a bare hello."""

import json
from typing import Any
from urllib.request import urlopen

from bench.amounts import Amounts
from bench.limit.hello import hello
from bench.lines.comparing import expect, rate_against, share_of
from bench.load.generator import Measured, measure
from bench.load.plans import Plan, request, target
from bench.results import Figure, Outcome
from bench.stage.cinema import Stage
from bench.stage.orders import place

_CLIENTS = 32
_SEATS = 240
_CHECKED = (
    "The demo's own day: {} films, {} screenings, {:.0f} kB. An order that is placed between two"
    " readings is missing from the second one's free seats."
)


def run(stage: Stage, amounts: Amounts) -> Outcome:
    """Read the demo cinema's next day, and hello in turn."""
    movies = stage.address("movies")
    today = _read(f"{movies}/cinemas/mesh/programme")
    path = f"/cinemas/mesh/programme?day={today['days'][1]}&language=en"
    day = _read(f"{movies}{path}")
    _prove(stage)
    plan = Plan(
        **target(movies), requests="", connections=_CLIENTS, seconds=amounts.seconds, repeats=True
    )
    measured: list[Measured] = []
    bare: list[Measured] = []
    with hello(stage.server.pid) as limit:
        for _ in range(amounts.rounds + 1):
            measured.append(expect(measure(stage.meter, plan, [request("GET", path)]), 200))
            bare.append(limit.measure(connections=_CLIENTS, seconds=amounts.seconds))
    measured, bare = measured[1:], bare[1:]
    rates, theirs = [one.sent.rate for one in measured], [one.sent.rate for one in bare]
    shows = sum(len(film["screenings"]) for film in day["films"])
    size = len(json.dumps(day, ensure_ascii=False).encode()) / 1000
    return Outcome(
        "d",
        (
            rate_against(rates, theirs, name="rate against hello", at_least=35, aim=55),
            Figure("programmes", "/s", tuple(rates)),
            Figure("hellos", "/s", tuple(theirs)),
        ),
        (share_of("programme", measured), share_of("hello", bare)),
        (_CHECKED.format(len(day["films"]), shows, size),),
    )


def _prove(stage: Stage) -> None:
    """Raise RuntimeError unless the programme knows of an order as soon as it is answered."""
    [screening] = stage.screenings(1, seats=_SEATS)
    movies = stage.address("movies")
    day = _read(f"{movies}/screenings/{screening}")["screening"]["business_day"]
    free = []
    for pair in range(3):
        found = _read(f"{movies}/cinemas/bench/programme?day={day}")
        shown = {one["id"]: one["free"] for film in found["films"] for one in film["screenings"]}
        free.append(shown[str(screening)])
        place(stage, screening, 2 * pair + 1)
    if free != [_SEATS, _SEATS - 2, _SEATS - 4]:
        raise RuntimeError(f"the programme showed {free} free seats while two were sold each time")


def _read(url: str) -> dict[str, Any]:
    with urlopen(url, timeout=20) as answer:  # noqa: S310 -- our own cinema on loopback
        found: dict[str, Any] = json.load(answer)
    return found
