"""What a day's programme should have sold, and what of it is still missing."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from backend.contracts.catalogue import (
    CinemaRead,
    FilmRead,
    Programme,
    ProgrammeFilm,
    ScreeningRead,
)
from backend.onebox.demo.films import films
from backend.onebox.demo.prices import CINEMA
from backend.onebox.demo.shows import shows_of

_AT = datetime(2026, 11, 27, 9, tzinfo=UTC)


def _programme(*slugs: str, capacity: int = 100) -> Programme:
    return Programme(
        cinema=CinemaRead(id=uuid4(), **CINEMA.model_dump()),
        day=date(2026, 11, 27),
        days=[],
        films=[
            ProgrammeFilm(
                film=_film(slug), screenings=[_screening(_AT + timedelta(hours=n), capacity)]
            )
            for n, slug in enumerate(slugs)
        ],
    )


def _film(slug: str) -> FilmRead:
    known = films()[0].write.model_dump()
    texts = {"title": slug, "synopsis": slug, "slug": slug}
    return FilmRead.model_validate(known | texts | {"id": uuid4(), "poster_version": None})


def _screening(starts_at: datetime, capacity: int) -> ScreeningRead:
    return ScreeningRead(
        id=uuid4(),
        key=1,
        film_id=uuid4(),
        room_id=uuid4(),
        room_name="Salon",
        starts_at=starts_at,
        ends_at=starts_at,
        business_day=starts_at.date(),
        format="2D",
        spoken_language="zxx",
        subtitles="ro",
        state="on_sale",
        is_on_sale=True,
        capacity=capacity,
        free=capacity,
        from_price_minor=3150,
        currency="RON",
    )


def test_the_days_least_and_most_wanted_screenings_are_a_tenth_and_all_of_their_seats():
    shows = shows_of(_programme("haxan", "the-kid", "nosferatu", "metropolis"), 0)

    assert (min(s.wanted for s in shows), max(s.wanted for s in shows)) == (10, 100)
    assert [show.film.slug for show in shows] == ["haxan", "the-kid", "nosferatu", "metropolis"]


def test_a_film_that_somebody_else_shows_gets_no_visitors_of_ours():
    assert shows_of(_programme("somebody-elses-film"), 0) == []


def test_one_or_two_seats_are_not_worth_an_order():
    assert [s.wanted for s in shows_of(_programme("haxan"), 5)] == [0]
    assert [s.wanted for s in shows_of(_programme("haxan", capacity=400), 5)] == [4]


@pytest.mark.parametrize(("ahead", "is_soon"), [(-1, False), (0, True), (1, True), (2, False)])
def test_today_and_tomorrow_are_soon(ahead, is_soon):
    assert [show.is_soon for show in shows_of(_programme("haxan"), ahead)] == [is_soon]


def test_what_others_bought_counts_and_what_is_not_on_sale_is_not_missing():
    show = shows_of(_programme("haxan"), 0)[0]
    assert (show.wanted, show.missing) == (10, 10)

    def with_screening(**changes: object) -> int:
        screening = show.screening.model_copy(update=changes)
        return replace(show, screening=screening).missing

    assert with_screening(free=96) == 6
    assert with_screening(free=50) == 0
    assert with_screening(is_on_sale=False) == 0
