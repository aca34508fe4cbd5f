"""The programme, over any day: no room shows two films at once, and every start exists once."""

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.onebox.demo.films import films
from backend.onebox.demo.programme import Showing, plan
from backend.onebox.demo.rooms import rooms

BUCHAREST = ZoneInfo("Europe/Bucharest")
# Clocks change at midnight, at one, by half an hour, or never.
_ZONES = ("Europe/Bucharest", "America/Santiago", "Africa/Cairo", "Australia/Lord_Howe", "UTC")
_DAYS = st.dates(date(2024, 1, 1), date(2032, 12, 31))
_WEEK = [date(2026, 11, 23) + timedelta(days=n) for n in range(7)]
_FRIDAY, _SATURDAY = 4, 5
# The Sundays on which Romanian clocks change, with the nights before and after.
_CHANGES = [date(2026, 3, 29) + timedelta(days=n) for n in (-1, 0, 1)] + [
    date(2026, 10, 25) + timedelta(days=n) for n in (-1, 0, 1)
]


def _plan(day: date, zone: ZoneInfo = BUCHAREST) -> list[Showing]:
    return plan(day, films(), rooms(), zone)


def _by_room(showings: list[Showing]) -> dict[str, list[Showing]]:
    found: dict[str, list[Showing]] = defaultdict(list)
    for showing in sorted(showings, key=lambda showing: showing.starts_at):
        found[showing.room].append(showing)
    return found


@given(day=_DAYS, zone=st.sampled_from(_ZONES))
@settings(max_examples=25, deadline=None)
def test_no_room_is_used_twice_at_once_over_two_days(day: date, zone: str):
    two_days = _plan(day, ZoneInfo(zone)) + _plan(day + timedelta(days=1), ZoneInfo(zone))

    for showings in _by_room(two_days).values():
        for one, following in pairwise(showings):
            assert one.free_again_at <= following.starts_at


@given(day=_DAYS, zone=st.sampled_from(_ZONES))
@settings(max_examples=25, deadline=None)
def test_every_start_is_a_local_time_that_exists_once_and_reads_well(day: date, zone: str):
    here = ZoneInfo(zone)

    for showing in _plan(day, here):
        local = showing.starts_at.astimezone(here)
        early, late = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
        assert early == late == showing.starts_at
        assert (local.minute % 5, local.second) == (0, 0)


@pytest.mark.parametrize("day", _CHANGES, ids=str)
def test_a_night_with_another_length_changes_no_running_time(day: date):
    cleaning = {room.name: room.cleaning_minutes for room in rooms()}

    for showing in _plan(day):
        busy = showing.free_again_at - showing.starts_at
        assert busy == timedelta(
            minutes=showing.trailers_minutes + showing.film.runtime_minutes + cleaning[showing.room]
        )


@given(day=_DAYS)
@settings(max_examples=20, deadline=None)
def test_rooms_open_around_eleven_and_close_in_time(day: date):
    midnight = datetime.combine(day + timedelta(days=1), time(0, 10), BUCHAREST)

    for number, showings in enumerate(_by_room(_plan(day)).values()):
        assert time(10, 45) <= showings[0].starts_at.astimezone(BUCHAREST).time() <= time(11, 45)
        assert [showing.slot for showing in showings] == list(range(len(showings)))
        latest = showings[-1].starts_at
        if latest != midnight:
            assert latest.astimezone(BUCHAREST).time() <= time(21, 45), number
        assert 5 <= len(showings) <= 9


@given(day=_DAYS)
@settings(max_examples=20, deadline=None)
def test_the_largest_room_has_a_midnight_show_on_fridays_and_saturdays_only(day: date):
    late = [
        showing for showing in _plan(day) if showing.starts_at.astimezone(BUCHAREST).date() > day
    ]

    assert bool(late) == (day.weekday() in {_FRIDAY, _SATURDAY})
    assert {showing.business_day for showing in late} <= {day}
    if late:
        assert late[0].room == "Lumière"


@given(day=_DAYS)
@settings(max_examples=20, deadline=None)
def test_films_suit_their_hour(day: date):
    for showing in _plan(day):
        local = showing.starts_at.astimezone(BUCHAREST)
        is_evening = local.hour >= 17 or local.hour < 5
        if showing.film.is_for_adults:
            assert local.hour >= 19 or local.hour < 5
        if showing.film.is_short:
            assert not is_evening
        is_weekend = day.weekday() in {5, 6} or (day.weekday() == _FRIDAY and is_evening)
        assert showing.price_card == (
            "Weekend" if is_weekend else "Weekday evening" if is_evening else "Weekday matinee"
        )


@given(day=_DAYS)
@settings(max_examples=20, deadline=None)
def test_no_film_follows_itself_or_starts_beside_itself(day: date):
    showings = _plan(day)

    for one, following in pairwise(showings):
        assert one.room != following.room or one.film is not following.film
    for showing in showings:
        beside = [
            other
            for other in showings
            if other.film is showing.film
            and other is not showing
            and abs(other.starts_at - showing.starts_at) < timedelta(minutes=30)
        ]
        assert not beside, f"{showing.film.slug} twice at {showing.starts_at}"


def test_the_same_day_has_the_same_programme_and_another_day_another():
    monday, tuesday = _WEEK[:2]

    assert _plan(monday) == _plan(monday)
    assert [s.film.slug for s in _plan(monday)] != [s.film.slug for s in _plan(tuesday)]


def test_a_week_shows_every_film_in_its_languages():
    showings = [showing for day in _WEEK for showing in _plan(day)]

    assert {showing.film.slug for showing in showings} == {film.slug for film in films()}
    for showing in showings:
        is_romanian = showing.film.write.countries == ["RO"]
        assert showing.subtitles == ("en" if is_romanian else "ro")


def test_prints_are_shown_on_some_evenings_and_only_of_silent_films():
    prints = [s for day in _WEEK for s in _plan(day) if s.format != "2D"]

    assert prints
    assert {(s.room, s.format, s.film.language) for s in prints} == {("Brezeanu", "35 mm", "zxx")}


def test_keys_of_showings_are_unique():
    keys = [showing.key for day in _WEEK for showing in _plan(day)]

    assert len(keys) == len(set(keys))
