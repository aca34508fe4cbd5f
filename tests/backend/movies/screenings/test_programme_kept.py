"""Programmes are kept as bytes, and as true as a read after the request, whoever changed what."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from backend.movies.screenings.programmes import Page
from backend.movies.screenings.rules import business_day
from tests.backend.movies.conftest import service
from tests.backend.movies.rig import Rig

pytestmark = pytest.mark.integration
CAPACITY = 60
NEW_PRICES = """
    WITH v AS (
        INSERT INTO price_card_version (price_card_id, version, rules, fee_minor, tax_rate_bp)
        SELECT price_card_id, 2, rules, 777, 1100 FROM price_card_version RETURNING id
    ) UPDATE price_card SET version_id = v.id FROM v
"""


async def free(rig: Rig) -> list[int]:
    """Return the seats left of each screening on the programme of the day of the rig's own."""
    starts = (await rig.row("SELECT business_day FROM screening WHERE id = 1"))["business_day"]
    programme = await rig.client.programme("mesh", starts, "en")
    return [show.free for film in programme.films for show in film.screenings]


async def test_seats_left_are_those_after_the_last_commit_of_any_process(rig: Rig, second: Rig):
    assert await free(rig) == [CAPACITY]

    for taken, seat in enumerate(range(11, 41, 3), start=1):
        await (rig, second)[taken % 2].hold([seat])

        assert await free(rig) == [CAPACITY - taken]
        assert await free(second) == [CAPACITY - taken]


async def test_seat_is_free_again_the_moment_its_hold_ends(dsn: str):
    async with service(dsn, hold_web=timedelta(seconds=1)) as rig:
        await rig.hold([11])
        assert await free(rig) == [CAPACITY - 1]

        await asyncio.sleep(1.05)
        assert await free(rig) == [CAPACITY]


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ('UPDATE film SET title = \'{"en": "Faust", "ro": "Faust"}\'', "Faust"),
        ("UPDATE room SET name = 'Blue'", "Blue"),
        ("UPDATE cinema SET name = 'Mesh Two'", "Mesh Two"),
        ("UPDATE screening SET format = 'IMAX'", "IMAX"),
        (
            NEW_PRICES,
            "3977",
        ),
    ],
)
async def test_change_of_the_catalogue_is_shown_at_once(
    rig: Rig, second: Rig, change: str, shown: str
):
    path = "/cinemas/mesh/programme"
    starts = (await rig.row("SELECT business_day FROM screening WHERE id = 1"))["business_day"]
    before = await rig.http.get(path, params={"day": str(starts)})

    await second.run(change)

    after = await rig.http.get(path, params={"day": str(starts)})
    assert (shown in before.text, shown in after.text) == (False, True)


async def test_sale_that_opens_by_the_clock_is_on_sale_in_time(rig: Rig):
    await rig.run("UPDATE screening SET sale_opens_at = clock_timestamp() + interval '1 second'")
    starts = (await rig.row("SELECT business_day FROM screening WHERE id = 1"))["business_day"]
    seen = []

    for _ in range(2):
        programme = await rig.client.programme("mesh", starts, "en")
        seen += [show.is_on_sale for film in programme.films for show in film.screenings]
        await asyncio.sleep(1.05)

    assert seen == [False, True]


async def test_today_is_the_business_day_of_the_cinema(rig: Rig):
    today = business_day(datetime.now(UTC), "Europe/Bucharest", rig.cinema.cinema.day_change_hour)

    assert (await rig.client.programme("mesh", None, "en")).day == today


async def test_same_programme_is_not_sent_twice(rig: Rig):
    path = "/cinemas/mesh/programme?language=ro"
    first = await rig.http.get(path)
    tag = {"if-none-match": first.headers["etag"]}
    again = await rig.http.get(path, headers=tag)
    other = await rig.http.get("/cinemas/mesh/programme?language=en", headers=tag)

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert (again.content, again.headers["etag"]) == (b"", first.headers["etag"])
    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    ("query", "field"), [("day=tomorrow", "query.day"), ("language=fr", "query.language")]
)
async def test_wrong_question_is_told_by_its_field(rig: Rig, query: str, field: str):
    answer = await rig.http.get(f"/cinemas/mesh/programme?{query}")

    assert (answer.status_code, answer.json()["error"]) == (422, "Malformed")
    assert [wrong["field"] for wrong in answer.json()["fields"]] == [field]


async def test_programmes_asked_for_together_are_each_their_own(rig: Rig):
    asked = [
        ("mesh", {"language": "en"}),
        ("nowhere", {}),
        ("mesh", {"day": "2083-05-07"}),
        ("mesh", {"language": "ro"}),
    ] * 4

    answers = await asyncio.gather(
        *(rig.http.get(f"/cinemas/{slug}/programme", params=query) for slug, query in asked)
    )

    assert [answer.status_code for answer in answers] == [200, 404, 200, 200] * 4
    assert answers[2].json()["day"] == "2083-05-07"
    assert len({answer.content for answer in answers[::4]}) == 1


async def test_a_question_that_cannot_be_read_refuses_nobody_else_of_its_round(rig: Rig):
    programmes = rig.parts.programmes

    bad, good, unknown = await asyncio.gather(
        programmes.page("\0", None, "en"),
        programmes.page("mesh", None, "en"),
        programmes.page("nowhere", None, "en"),
        return_exceptions=True,
    )

    assert [type(bad).__name__, type(unknown).__name__] == ["DataError", "CinemaMissing"]
    assert isinstance(good, Page)
