"""Amounts, days and lists are written as each language writes them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from brand import texts as texts_module
from brand.texts import texts

ZONE = "Europe/Bucharest"
LATE = datetime(2026, 11, 23, 22, 15, tzinfo=UTC)


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch):
    """Texts from a small catalogue of our own."""
    for language, plural in (
        ("en", 'msgstr[0] "{count} seat"\nmsgstr[1] "{count} seats"\n'),
        ("ro", 'msgstr[0] "un loc"\nmsgstr[1] "{count} locuri"\nmsgstr[2] "{count} de locuri"\n'),
    ):
        folder = tmp_path / language
        folder.mkdir()
        head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        seats = f'msgid "web.seats"\nmsgid_plural "web.seats"\n{plural}\n'
        hello = 'msgid "web.hello"\nmsgstr "Hello {name}"\n'
        (folder / "web.po").write_text(head + seats + hello, "utf-8")
    monkeypatch.setattr(texts_module, "CATALOGUES", tmp_path)
    texts.cache_clear()
    yield texts
    texts.cache_clear()


def test_text_fills_its_placeholders(spoken):
    assert spoken("en")("web.hello", name="{Ana}") == "Hello {Ana}"


def test_text_names_a_missing_key(spoken):
    with pytest.raises(KeyError, match=r"web\.nothing"):
        spoken("en")("web.nothing")


def test_text_names_a_missing_placeholder(spoken):
    with pytest.raises(KeyError, match="name"):
        spoken("en")("web.hello")


def test_text_refuses_a_language_that_nobody_speaks():
    with pytest.raises(KeyError, match="xx"):
        texts("xx")


def test_text_takes_the_plural_form_of_its_number(spoken):
    assert [spoken("en")("web.seats", count=n) for n in (0, 1, 2)] == [
        "0 seats",
        "1 seat",
        "2 seats",
    ]
    assert [spoken("ro")("web.seats", count=n) for n in (0, 1, 2, 19, 20, 101, 1200)] == [
        "0 locuri",
        "un loc",
        "2 locuri",
        "19 locuri",
        "20 de locuri",
        "101 locuri",
        "1.200 de locuri",
    ]


def test_money_is_written_with_its_currency():
    assert [texts("en").money(n, "RON") for n in (2500, 0, -123450)] == [
        "RON\u00a025.00",
        "RON\u00a00.00",
        "-RON\u00a01,234.50",
    ]
    assert texts("ro").money(123450, "RON") == "1.234,50\u00a0lei"
    assert texts("ro").money(500, "JPY") == "500\u00a0JPY"


def test_rates_keep_their_decimals():
    assert [texts("en").percent(rate) for rate in (1100, 950)] == ["11%", "9.5%"]
    assert texts("ro").percent(950) == "9,5\u00a0%"


def test_dates_are_those_of_the_zone():
    en, ro = texts("en"), texts("ro")

    assert en.date(LATE, ZONE) == "Tuesday 24 November 2026"
    assert ro.date(LATE, ZONE) == "marți, 24 noiembrie 2026"
    assert en.date(LATE, ZONE, "day") == "Tue 24 Nov"
    assert ro.date(date(2026, 5, 3), style="numeric") == "03.05.2026"
    assert en.time(LATE, ZONE) == "00:15"
    assert en.moment(LATE, ZONE) == "Tue 24 Nov, 00:15"


def test_date_of_a_moment_needs_a_zone():
    with pytest.raises(ValueError, match="zone"):
        texts("en").date(LATE)


@pytest.mark.parametrize(
    ("day", "written"),
    [(22, "Yesterday"), (23, "Today"), (24, "Tomorrow"), (29, "Sunday"), (30, "Mon 30 Nov")],
)
def test_days_near_today_have_names(day, written):
    today = date(2026, 11, 23)

    assert texts("en").relative_day(date(2026, 11, day), today) == written


def test_this_evening_is_tonight():
    today = date(2026, 11, 23)

    assert texts("ro").relative_day(today, today, evening=True) == "Diseară"


@pytest.mark.parametrize(
    ("minutes", "written"), [(14, "14 min"), (60, "1 h"), (92, "1 h 32 min"), (153, "2 h 33 min")]
)
def test_durations_are_hours_and_minutes(minutes, written):
    assert texts("en").duration(minutes) == written


def test_lists_end_in_and():
    assert texts("en").list(["F4", "F5", "F6"]) == "F4, F5 and F6"
    assert texts("ro").list(["F4", "F5"]) == "F4 și F5"


def test_films_name_their_language_and_country():
    assert texts("en").language_name("zxx") == "Silent"
    assert texts("ro").language_name("en") == "engleză"
    assert texts("en").country_name("SU") == "Soviet Union"
    assert texts("ro").country_name("DE") == "Germania"
