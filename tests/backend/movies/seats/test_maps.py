"""The live map: true at the moment of asking, pushed within the sweep, free when a hold ends."""

import asyncio
import json
from base64 import b64decode
from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contracts.problems_orders import ScreeningMissing
from backend.contracts.seats import STATUSES, SeatMap
from backend.movies.orders import following
from backend.movies.orders.reaper import expire_holds
from backend.movies.seats.bits import TakenSeats, held, packed, shifts_of, written
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

FREE = dict.fromkeys(range(1, 61), "free")


def read(found: SeatMap) -> dict[int, str]:
    """Unpack a map as its readers do: two bits a seat, in the order of the layout."""
    content = b64decode(found.bitmap)
    return {
        seat: STATUSES[content[(seat - 1) // 4] >> 6 - 2 * ((seat - 1) % 4) & 3]
        for seat in range(1, 61)
    }


def drawn(seats: list[int], states: dict[int, str]) -> bytes:
    return b64decode(written(packed(shifts_of(seats), states.items()), len(seats)))


def test_map_packs_two_bits_a_seat_most_significant_first():
    states = {1: "HELD", 2: "SOLD", 3: "BLOCKED", 4: "FREE", 5: "PAYING"}

    assert drawn([1, 2, 3, 4, 5], states) == bytes([0b01_10_11_00, 0b01_000000])
    assert drawn([5, 1], {5: "SOLD"}) == bytes([0b10_00_0000])
    assert drawn([], {}) == b""


@given(
    states=st.dictionaries(st.integers(1, 60), st.sampled_from(("HELD", "SOLD", "BLOCKED"))),
    more=st.sets(st.integers(1, 60)),
)
def test_holds_added_to_a_map_are_taken_and_the_others_stay(states, more):
    shifts, new = shifts_of(range(1, 61)), more - states.keys()

    both = packed(shifts, states.items()) | held(shifts, new)

    assert both == packed(shifts, (states | dict.fromkeys(new, "HELD")).items())
    assert TakenSeats(shifts, both).listed() == states.keys() | new


@pytest.mark.integration
async def test_map_shows_each_seat_as_it_is_now(rig: Rig):
    screening = rig.cinema.screening
    empty = await rig.client.seat_map(screening)
    assert read(empty) == FREE

    await rig.hold([11, 12])
    await rig.paying([15, 16])
    await rig.paid([21, 22])
    await rig.run("UPDATE seat_claim SET state = 'BLOCKED' WHERE seat_id = 22")
    await rig.run("UPDATE screening_seats SET version = version + 1")

    found = await rig.client.seat_map(screening)
    assert found.version > empty.version
    taken = {11: "held", 12: "held", 15: "held", 16: "held", 21: "sold", 22: "blocked"}
    assert read(found) == FREE | taken


@pytest.mark.integration
async def test_map_of_another_process_is_never_older_than_the_request(rig: Rig, second: Rig):
    for seat in range(11, 41, 3):
        await rig.client.seat_map(rig.cinema.screening)
        await second.hold([seat])

        found = await rig.client.seat_map(rig.cinema.screening)
        assert read(found)[seat] == "held"


@pytest.mark.integration
async def test_requests_at_once_share_one_read(rig: Rig, monkeypatch: pytest.MonkeyPatch):
    await rig.client.seat_map(rig.cinema.screening)
    reads, real = [], rig.parts.maps.versions

    async def counted(screenings: list[int]) -> dict[int, int]:
        reads.append(len(screenings))
        await asyncio.sleep(0.02)
        return await real(screenings)

    monkeypatch.setattr(rig.parts.maps, "versions", counted)
    await asyncio.gather(*(rig.client.seat_map(rig.cinema.screening) for _ in range(40)))

    assert len(reads) <= 3
    assert set(reads) == {1}


@pytest.mark.integration
async def test_hold_that_ran_out_is_free_on_the_map_before_anybody_tidies(rig: Rig):
    order = await rig.hold([11])
    await rig.run("UPDATE seat_claim SET expires_at = clock_timestamp() + interval '0.4 seconds'")
    await rig.run("UPDATE screening_seats SET version = version + 1")
    held = await rig.client.seat_map(rig.cinema.screening)
    assert read(held)[11] == "held"

    await asyncio.sleep(0.5)

    free = await rig.client.seat_map(rig.cinema.screening)
    assert (read(free), free.version) == (FREE, held.version)
    await expire_holds(rig.parts.database, order.screening.key)
    assert read(await rig.client.seat_map(rig.cinema.screening)) == FREE


@pytest.mark.integration
@pytest.mark.parametrize("screening", ["00000000-0000-4000-8000-000000000000", "tonight", "1"])
async def test_map_of_no_screening_is_missing(rig: Rig, screening):
    answer = await rig.http.get(f"/screenings/{screening}/seats")

    assert (answer.status_code, answer.json()["error"]) == (404, "ScreeningMissing")


class Watching:
    """Reads a stream of maps for as long as the test lasts."""

    def __init__(self, rig: Rig) -> None:
        self._events = rig.parts.feed.events(rig.cinema.screening)

    async def next(self) -> dict[int, str]:
        event = await asyncio.wait_for(anext(self._events), 10)
        head, body = event.decode().removesuffix("\n\n").split("\n")
        assert head == "event: seats"
        return read(SeatMap.model_validate(json.loads(body.removeprefix("data: "))))

    async def close(self) -> None:
        await self._events.aclose()


@pytest.mark.integration
async def test_stream_tells_the_map_and_then_each_change(rig: Rig):
    token = guest_token()
    watching = Watching(rig)
    assert await watching.next() == FREE

    order = await rig.hold([11], token=token)
    assert await watching.next() == FREE | {11: "held"}
    await rig.client.release(order.id, token=token, key="let-it-go")
    assert await watching.next() == FREE
    await watching.close()


@pytest.mark.integration
async def test_stream_hears_of_another_process_by_its_own_sweep(rig: Rig, second: Rig):
    watching = Watching(second)
    await watching.next()

    await rig.hold([11])

    assert await watching.next() == FREE | {11: "held"}
    await watching.close()


@pytest.mark.integration
async def test_stream_shows_a_hold_run_out(rig: Rig):
    order = await rig.hold([11])
    watching = Watching(rig)
    assert await watching.next() == FREE | {11: "held"}

    await rig.age(order.id, timedelta(minutes=11))
    await rig.run("UPDATE screening_seats SET version = version + 1")

    assert await watching.next() == FREE
    await watching.close()


@pytest.mark.integration
async def test_stream_ends_when_the_database_is_away(rig: Rig):
    watching = Watching(rig)
    await watching.next()
    await rig.parts.database.close()

    with pytest.raises(StopAsyncIteration):
        await watching.next()


@pytest.mark.integration
async def test_best_seats_are_free_and_together(rig: Rig):
    screening = rig.cinema.screening
    first = (await rig.client.best_seats(screening, 4)).seats
    assert first == list(range(first[0], first[0] + 4))

    await rig.hold(first)
    second = (await rig.client.best_seats(screening, 4)).seats
    assert set(first) & set(second) == set()
    assert (await rig.hold(second)).lines

    for party in (0, 11, "many"):
        answer = await rig.http.get(f"/screenings/{screening}/seats/best?party={party}")
        assert (answer.status_code, answer.json()["error"]) == (422, "Malformed")
    with pytest.raises(ScreeningMissing):
        await rig.client.best_seats(uuid4(), 2)
    live = await rig.http.get(f"/screenings/{uuid4()}/seats/live")
    assert (live.status_code, live.json()["error"]) == (404, "ScreeningMissing")


@pytest.mark.integration
async def test_order_stream_tells_each_state(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    events = following.events(rig.parts.database, rig.parts.nudges, order.id)
    assert b'"state":"HELD","version":1' in await asyncio.wait_for(anext(events), 10)

    await rig.pay(order.id, token)

    assert b'"state":"PAYING","version":2' in await asyncio.wait_for(anext(events), 10)
    await events.aclose()
