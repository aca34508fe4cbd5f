"""F33: many writers plan the same rooms; nights when the clocks change; shows after midnight."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from backend.onebox.demo.prices import CINEMA
from tests.faults.amounts import amount
from tests.faults.rig.house import RUNTIME_MINUTES
from tests.faults.rig.scenario import Scenario

WRITERS, ROOMS = 24, 3
TRAILERS, CLEANING = 15, 20
LASTS = timedelta(minutes=RUNTIME_MINUTES + TRAILERS)
BLOCKED = LASTS + timedelta(minutes=CLEANING)
FIRST = datetime(2027, 6, 1, 8, tzinfo=UTC)

# A local time that does not exist, and one that exists twice, in three zones (one moves by 30 min).
NIGHTS: Mapping[str, tuple[str, str]] = {
    "Europe/Bucharest": ("2027-03-28T03:30", "2027-10-31T03:30"),
    "America/New_York": ("2027-03-14T02:30", "2027-11-07T01:30"),
    "Australia/Lord_Howe": ("2027-10-03T02:15", "2027-04-04T01:45"),
}


@dataclass
class Planner:
    """A manager who plans one cinema. Times go over the wire as written here."""

    scenario: Scenario
    slug: str
    film: str
    card: str

    async def room(self) -> str:
        room = await self.scenario.house.room(self.slug, cleaning_minutes=CLEANING)
        return str(room)

    async def plan(self, room: str, starts_at: str) -> tuple[int, Mapping[str, Any]]:
        body = {
            "film_id": self.film,
            "room_id": room,
            "price_card_id": self.card,
            "starts_at": starts_at,
            "trailers_minutes": TRAILERS,
        }
        headers = {
            "authorization": f"Bearer {await self.scenario.staff.token('admin')}",
            "content-type": "application/json",
            "idempotency-key": uuid4().hex,
        }
        answer = await self.scenario.wires.movies.request(
            "POST",
            f"/cinemas/{self.slug}/screenings",
            headers=headers,
            body=json.dumps(body).encode(),
        )
        return answer.status, answer.json()

    async def read(self, screening: str) -> Mapping[str, Any]:
        answer = await self.scenario.wires.movies.request(
            "GET", f"/screenings/{screening}", headers={}
        )
        return answer.json()["screening"]


async def planner(scenario: Scenario, slug: str = CINEMA.slug, zone: str = CINEMA.zone) -> Planner:
    made = await scenario.house.furniture(slug, zone)
    return Planner(scenario, slug, str(made.film), str(made.card))


@pytest.mark.fault("F33")
async def test_rooms_that_many_writers_plan_are_never_used_twice(scenario: Scenario):
    manager = await planner(scenario)
    rooms = [await manager.room() for _ in range(ROOMS)]
    wishes = [
        (room, FIRST + timedelta(minutes=5 * scenario.dice.randrange(amount("F33") * 12)))
        for room in rooms
        for _ in range(amount("F33") // ROOMS)
    ]

    answers = await scenario.crowd(
        [partial(manager.plan, room, at.isoformat()) for room, at in wishes], WRITERS
    )
    scenario.tally.runs = len(answers)

    seen = Counter((status, body.get("error", "")) for status, body in answers)
    assert set(seen) == {(200, ""), (409, "ScreeningOverlap")}
    wrong = []
    for room in rooms:
        of_room = [
            (at, status)
            for (where, at), (status, _) in zip(wishes, answers, strict=True)
            if where == room
        ]
        planned = sorted(at for at, status in of_room if status == 200)
        wrong += [f"I4: {a} and {b} overlap" for a, b in pairwise(planned) if b - a < BLOCKED]
        wrong += [
            f"{at} was refused, and nothing is in its way"
            for at, status in of_room
            if status == 409 and not any(abs(at - other) < BLOCKED for other in planned)
        ]
    await scenario.judge(*wrong)


@pytest.mark.fault("F33")
async def test_cleaning_time_and_nights_of_the_clock_change(scenario: Scenario):
    found = await cleaning(scenario)
    for zone, (missing, twice) in NIGHTS.items():
        found += await night(scenario, zone, missing=missing, twice=twice)
    scenario.tally.runs = 5 + 5 * len(NIGHTS)

    await scenario.judge(*found)


async def cleaning(scenario: Scenario) -> list[str]:
    """The next film may begin when the room is clean, not a minute before; so at midnight too."""
    manager = await planner(scenario)
    room = await manager.room()
    evening = datetime(2027, 6, 5, 23, 30, tzinfo=ZoneInfo(CINEMA.zone))
    starts = {
        "the first show": (evening, 200),
        "one minute too early": (evening + BLOCKED - timedelta(minutes=1), 409),
        "as soon as it is clean": (evening + BLOCKED, 200),
        "one minute too late before it": (evening - BLOCKED + timedelta(minutes=1), 409),
        "just in time before it": (evening - BLOCKED, 200),
    }
    wrong = []
    for what, (at, expected) in starts.items():
        status, body = await manager.plan(room, at.isoformat())
        if status != expected:
            wrong.append(f"I4: {what}: {status} {body.get('error', '')}")
        elif status == 200:
            wrong += await misread(manager, body["id"], at, evening=at.hour < 5)
    return wrong


async def night(scenario: Scenario, zone: str, *, missing: str, twice: str) -> list[str]:
    manager = await planner(scenario, zone.lower().replace("/", "-").replace("_", "-"), zone)
    room = await manager.room()
    here = ZoneInfo(zone)
    first, second = (
        datetime.fromisoformat(twice).replace(tzinfo=here, fold=fold) for fold in (0, 1)
    )
    wrong = []
    for text, problem in ((missing, "TimeMissing"), (twice, "TimeTwice")):
        status, body = await manager.plan(room, text)
        if (status, body.get("error")) != (422, problem):
            wrong.append(f"I22: {text} in {zone}: {status} {body}")
    # With its offset each of the two is a time of its own; the later one in another room.
    for at, where in ((first, room), (second, await manager.room())):
        status, body = await manager.plan(where, at.isoformat())
        if status != 200:
            wrong.append(f"I22: {at.isoformat()} in {zone}: {status} {body}")
            continue
        wrong += await misread(manager, body["id"], at, evening=True)
    return wrong


async def misread(manager: Planner, screening: str, at: datetime, *, evening: bool) -> list[str]:
    """I22: the instant is the one that was meant, it lasts as long as the film, on its day."""
    read = await manager.read(screening)
    starts, ends = (datetime.fromisoformat(read[name]) for name in ("starts_at", "ends_at"))
    local = at.astimezone(at.tzinfo)
    day = local.date() - timedelta(days=1 if evening else 0)
    facts = (starts == at.astimezone(UTC), ends - starts == LASTS, read["business_day"])
    expected = (True, True, day.isoformat())
    return [] if facts == expected else [f"I22: {at.isoformat()} is read as {read}"]
