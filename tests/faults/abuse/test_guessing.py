"""A8: guessing references of orders: few tries a minute, and time tells nothing of a known one."""

import asyncio
import json
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Address

import psycopg
import pytest

from tests.faults.abuse.knocking import knock
from tests.faults.abuse.world import World
from tests.faults.amounts import amount
from tests.faults.rig.wire import Answer, Wire

pytestmark = pytest.mark.fault("A8")
_TRIES_A_MINUTE = 5
_AT_ONCE = 16
_DIFFER_S = 0.002
_ROUNDS = 3
_UNKNOWN = "ZZZZ-ZZZZ-ZZZZ"


@pytest.mark.parametrize(
    "addresses",
    [
        ["198.51.100.7"] * 20,
        [f"2001:db8:5:6::{number:x}" for number in range(20)],
        ["198.51.100.8", "::ffff:198.51.100.8"] * 10,
    ],
    ids=["one address", "one home's network", "one address in two ways"],
)
async def test_guesses_of_one_place_are_throttled(world: World, addresses):
    answers = [await _look_up(world, _UNKNOWN, address) for address in addresses]

    statuses = [answer.status for answer in answers]
    assert statuses == [404] * _TRIES_A_MINUTE + [429] * (len(addresses) - _TRIES_A_MINUTE)
    assert {answer.headers.get("retry-after") for answer in answers[_TRIES_A_MINUTE:]} == {"60"}


async def test_guesser_cannot_claim_to_be_somewhere_else(world: World):
    """Only the site may say where a visitor is; the words of a stranger count for nothing."""
    body = json.dumps({"reference": _UNKNOWN, "code": "ABCD-EFGH"}).encode()
    found: Counter[int] = Counter()
    for number in range(12):
        headers = [
            ("content-type", "application/json"),
            ("x-forwarded-for", f"203.0.113.{number}"),
            ("forwarded", f"for=203.0.113.{number}"),
            ("x-real-ip", f"203.0.113.{number}"),
        ]
        answer = await knock(
            world.open.addresses["auth"], "POST", "/auth/lookups", headers=headers, body=body
        )
        found[answer.status] += 1

    assert set(found) <= {404, 429}
    assert found[404] <= _TRIES_A_MINUTE


async def test_known_reference_answers_like_an_unknown_one(world: World, tally):
    known = _reference(world)
    differences = []
    for attempt in range(_ROUNDS):
        times, bodies = await _measured(world, known, attempt)
        tally.runs += sum(map(len, times.values()))
        differences.append(
            abs(statistics.median(times[known]) - statistics.median(times[_UNKNOWN]))
        )
        assert bodies[known] == bodies[_UNKNOWN]
        if differences[-1] < _DIFFER_S:
            break

    assert min(differences) < _DIFFER_S, differences


async def _measured(
    world: World, known: str, attempt: int
) -> tuple[dict[str, list[float]], dict[str, set[str]]]:
    """Ask after both by turns, each time as somebody else; return the times and the answers."""
    times: dict[str, list[float]] = {known: [], _UNKNOWN: []}
    bodies: dict[str, set[str]] = {known: set(), _UNKNOWN: set()}
    places, slots = _places(attempt), asyncio.Semaphore(_AT_ONCE)
    wire = Wire(world.open.addresses["auth"])

    async def one(reference: str, place: str) -> None:
        async with slots:
            began = time.perf_counter()
            answer = await _look_up(world, reference, place, wire)
            times[reference].append(time.perf_counter() - began)
        told = {name: value for name, value in answer.json().items() if name != "trace_id"}
        bodies[reference].add(json.dumps([answer.status, told], sort_keys=True))

    asked = [known, _UNKNOWN] * amount("A8")
    try:
        await asyncio.gather(*(one(each, next(places)) for each in asked))
    finally:
        await wire.close()
    return times, bodies


async def _look_up(world: World, reference: str, place: str, wire: Wire | None = None) -> Answer:
    """Ask as the site does, on behalf of a visitor at a place."""
    headers = {
        "authorization": f"Bearer {world.callers.service('web', 'auth')}",
        "content-type": "application/json",
    }
    body = json.dumps({"reference": reference, "code": "ABCD-EFGH"}).encode()
    target = f"/internal/lookups?client_ip={place}"
    if wire is not None:
        return await wire.request("POST", target, headers=headers, body=body)
    return await knock(
        world.open.addresses["auth"], "POST", target, headers=headers.items(), body=body
    )


def _places(attempt: int) -> Iterator[str]:
    """Yield addresses that were not used yet, from the block that is kept for tests."""
    first = int(IPv4Address("198.18.0.0")) + attempt * 30_000
    for number in range(30_000):
        yield str(IPv4Address(first + number))


def _reference(world: World) -> str:
    with psycopg.connect(world.open.dsn("movies")) as connection:
        query = "SELECT reference FROM orders WHERE id = %s"
        row = connection.execute(query, (world.order,)).fetchone()
    assert row is not None
    return str(row[0])
