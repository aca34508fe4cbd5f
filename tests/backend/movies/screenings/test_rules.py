"""Times: what the clocks skip is refused, what they repeat needs an offset, nights belong back."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contracts.problems_catalogue import TimeMissing, TimeTwice
from backend.movies.screenings.rules import business_day, starts_at

local = datetime.fromisoformat
ZONES = ["Europe/Bucharest", "Europe/London", "America/New_York", "Australia/Lord_Howe", "UTC"]
MISSING = [
    ("Europe/Bucharest", local("2026-03-29T03:30")),
    ("Europe/London", local("2026-03-29T01:00")),
    ("America/New_York", local("2026-03-08T02:59")),
    ("Australia/Lord_Howe", local("2026-10-04T02:15")),
]
TWICE = [
    ("Europe/Bucharest", local("2026-10-25T03:00"), "+03:00", "+02:00"),
    ("Europe/London", local("2026-10-25T01:30"), "+01:00", "+00:00"),
    ("America/New_York", local("2026-11-01T01:15"), "-04:00", "-05:00"),
    ("Australia/Lord_Howe", local("2026-04-05T01:45"), "+11:00", "+10:30"),
]


@pytest.mark.parametrize(("zone", "wanted"), MISSING)
def test_time_that_the_clocks_skip_is_refused(zone, wanted):
    with pytest.raises(TimeMissing):
        starts_at(wanted, zone)


@pytest.mark.parametrize(("zone", "wanted", "first", "second"), TWICE)
def test_time_that_comes_twice_needs_its_offset(zone, wanted, first, second):
    with pytest.raises(TimeTwice):
        starts_at(wanted, zone)

    early = starts_at(datetime.fromisoformat(f"{wanted.isoformat()}{first}"), zone)
    late = starts_at(datetime.fromisoformat(f"{wanted.isoformat()}{second}"), zone)
    for at in (early, late):
        assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wanted
    assert late > early


@pytest.mark.parametrize(
    ("zone", "wanted", "at"),
    [
        (
            "Europe/Bucharest",
            local("2026-03-29T02:59"),
            local("2026-03-29T00:59+00:00"),
        ),
        ("Europe/Bucharest", local("2026-03-29T04:00"), local("2026-03-29T01:00+00:00")),
        ("Europe/Bucharest", local("2026-07-01T20:00"), local("2026-07-01T17:00+00:00")),
        ("America/New_York", local("2026-11-01T02:00"), local("2026-11-01T07:00+00:00")),
    ],
)
def test_local_time_becomes_its_instant(zone, wanted, at):
    assert starts_at(wanted, zone) == at


@given(st.datetimes(local("2000-01-01T00:00"), local("2060-01-01T00:00")), st.sampled_from(ZONES))
def test_time_that_is_accepted_shows_as_it_was_entered_and_is_the_only_one(wanted, zone):
    wanted = wanted.replace(microsecond=0)
    here = ZoneInfo(zone)
    instants = {
        at
        for hours in range(-14, 15)
        for half in (0, 30)
        for at in [(wanted - timedelta(hours=hours, minutes=half)).replace(tzinfo=UTC)]
        if at.astimezone(here).replace(tzinfo=None) == wanted
    }
    try:
        found = starts_at(wanted, zone)
    except TimeMissing:
        assert instants == set()
    except TimeTwice:
        assert len(instants) == 2
    else:
        assert instants == {found}


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("2026-05-01T20:30", date(2026, 5, 1)),
        ("2026-05-02T00:15", date(2026, 5, 1)),
        ("2026-05-02T04:59", date(2026, 5, 1)),
        ("2026-05-02T05:00", date(2026, 5, 2)),
        ("2027-01-01T01:00", date(2026, 12, 31)),
    ],
)
@pytest.mark.parametrize("zone", ["Europe/Bucharest", "America/New_York", "Asia/Tokyo"])
def test_business_day_begins_at_five_in_the_cinemas_own_zone(zone, shown, day):
    at = datetime.fromisoformat(shown).replace(tzinfo=ZoneInfo(zone))

    assert business_day(at.astimezone(UTC), zone, 5) == day


def test_cinema_that_closes_at_midnight_has_plain_days():
    at = datetime(2026, 5, 2, 0, 15, tzinfo=ZoneInfo("Europe/London"))

    assert business_day(at, "Europe/London", 0) == date(2026, 5, 2)
