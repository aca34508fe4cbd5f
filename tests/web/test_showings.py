"""What can still be bought, what comes first, and which day is today's."""

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.web.builders import cinema, film, programme, screening
from web.showings import business_day, by_day, is_evening, showing, shown_day

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)
BEGUN = NOW - timedelta(minutes=10)
OVER = NOW - timedelta(hours=4)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({"free": 60}, "plenty"),
        ({"free": 11}, "plenty"),
        ({"free": 10}, "few"),
        ({"free": 1}, "few"),
        ({"free": 0}, "sold_out"),
        ({"capacity": 20, "free": 4}, "plenty"),
        ({"capacity": 20, "free": 3}, "few"),
        ({"is_on_sale": False, "sale_opens_at": SOON}, "not_open"),
        ({"is_on_sale": False, "sale_opens_at": BEGUN}, "closed"),
        ({"is_on_sale": False, "state": "closed", "sale_opens_at": SOON}, "closed"),
        ({"is_on_sale": False}, "closed"),
        ({"is_on_sale": False, "state": "cancelled"}, "cancelled"),
        ({"is_on_sale": True, "state": "cancelling"}, "cancelled"),
        ({"starts_at": BEGUN}, "plenty"),
        ({"starts_at": OVER}, "closed"),
    ],
)
def test_standing_of_a_screening(changes, standing):
    assert showing(screening(**{"starts_at": SOON, **changes}), NOW).standing == standing


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-11-24T21:59:00+00:00", date(2026, 11, 24)),
        ("2026-11-24T22:00:00+00:00", date(2026, 11, 24)),
        ("2026-11-25T02:59:00+00:00", date(2026, 11, 24)),
        ("2026-11-25T03:00:00+00:00", date(2026, 11, 25)),
        # The night when the clocks go back: 03:30 comes twice and is still of the day before.
        ("2026-10-25T01:30:00+00:00", date(2026, 10, 24)),
        ("2026-10-25T03:00:00+00:00", date(2026, 10, 25)),
    ],
)
def test_business_day_ends_at_the_day_change_of_the_cinema(at, day):
    assert business_day(cinema(), datetime.fromisoformat(at)) == day


@pytest.mark.parametrize(
    ("hour", "evening"), [(2, True), (3, False), (14, False), (15, True), (21, True)]
)
def test_evening_begins_at_five_and_ends_with_the_business_day(hour, evening):
    assert is_evening(cinema(), datetime(2026, 11, 24, hour, tzinfo=UTC)) is evening


def test_films_that_are_over_come_apart():
    day = shown_day(programme(screening(starts_at=OVER)), NOW)

    assert (day.coming, [shown.film.slug for shown in day.over]) == ((), ["nosferatu"])


def test_next_start_decides_the_order_and_past_screenings_do_not():
    early = programme(screening(starts_at=SOON + timedelta(minutes=5)))
    twice = programme(
        screening(starts_at=NOW + timedelta(hours=3)),
        screening(starts_at=OVER),
        shown=film(slug="metropolis"),
    )
    both = early.model_copy(update={"films": [*twice.films, *early.films]})

    day = shown_day(both, NOW)

    assert [shown.film.slug for shown in day.coming] == ["nosferatu", "metropolis"]
    assert (day.over, day.count) == ((), 2)


def test_next_up_is_the_first_start_with_seats_left():
    day = shown_day(
        programme(
            screening(starts_at=BEGUN),
            screening(starts_at=SOON, free=0),
            screening(starts_at=SOON + timedelta(hours=2), room_name="Last"),
            screening(starts_at=SOON + timedelta(hours=1), room_name="Next"),
        ),
        NOW,
    )

    assert day.next_up is not None
    assert day.next_up.showing.screening.room_name == "Next"


def test_nothing_is_next_when_all_is_sold_out():
    assert shown_day(programme(screening(starts_at=SOON, free=0)), NOW).next_up is None


def test_screenings_of_a_film_come_day_by_day_without_those_over():
    later = screening(starts_at=SOON + timedelta(days=1))
    late, soon = screening(starts_at=SOON + timedelta(hours=2)), screening(starts_at=SOON)

    days = by_day([later, late, screening(starts_at=OVER), soon], NOW)

    assert [(day, [shown.screening.id for shown in showings]) for day, showings in days] == [
        (date(2026, 11, 24), [soon.id, late.id]),
        (date(2026, 11, 25), [later.id]),
    ]
