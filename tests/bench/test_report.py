"""Charts and page show what was measured, and the page in docs/ is of every line."""

import re
from xml.etree import ElementTree as ET

import pytest

from bench import results
from bench.lines import LINES
from bench.report import chart, document
from bench.report.titles import TITLES
from bench.results import Figure, Outcome, Share
from brand.tokens import tokens

SVG = "{http://www.w3.org/2000/svg}"
MISSED = Outcome(
    "c",
    (
        Figure("rate <fast>", "%", (10.0, 20.0, 30.0), at_least=40, aim=80),
        Figure("maps", "/s", (900.0,)),
    ),
    (Share("seat map", 0.5, 0.25, 0.25), Share("hello", 0.1, 0.0, 0.1)),
    about={"made": "2026-11-25 02:00 UTC", "commit": "abc1234"},
)


def widths(drawing, kind):
    rows = ET.fromstring(drawing).iter(f"{SVG}rect")
    return [float(row.get("width", "")) for row in rows if row.get("class") == kind]


def test_bar_is_as_long_as_the_figure_is_near_its_mark():
    half = chart.reached([MISSED])
    [width] = widths(half, "missed")

    twice = Outcome("c", (Figure("rate", "%", (40.0,), at_least=40, aim=80),))
    [whole] = widths(chart.reached([twice]), "met")
    assert width == pytest.approx(whole / 2)


def test_a_time_is_better_when_it_is_shorter():
    slow = Figure("p99", "ms", (100.0,), better="less", at_least=50, aim=25)

    assert chart.ratio(slow, 50) == 0.5
    assert chart.ratio(Figure("p99", "ms", (10.0,), better="less"), 50) == 5


def test_bars_say_in_words_what_they_show():
    root = ET.fromstring(chart.reached([MISSED]))

    assert root.findtext(f"{SVG}desc") == "c  rate <fast>: 20 %, misses"
    assert "20 %, misses" in [text.text for text in root.iter(f"{SVG}text")]


def test_cpu_is_stacked_by_process():
    drawing = chart.spent([MISSED])
    server, database, client = (widths(drawing, kind) for kind in ("server", "database", "client"))

    assert server[0] == pytest.approx(2 * database[0])
    assert server[0] + database[0] + client[0] == pytest.approx(
        5 * (server[1] + client[1]), rel=0.01
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_are_the_brands(theme):
    drawing = chart.reached([MISSED])
    known = set(tokens().palette("light").values()) | set(tokens().palette("dark").values())

    assert tokens().palette(theme)["text"] in drawing
    assert set(re.findall(r"#[0-9a-f]{6}", drawing)) <= known


def test_page_tells_a_missed_line_as_missed():
    page = document.page({"c": MISSED}, {"method": "How.", "c": "Reading JSON."})

    row = "| rate <fast> | 20 % | 10 to 30 | ≥ 40 % | ≥ 80 % | **missed** |"
    assert row in page
    assert "Reading JSON." in page
    assert "| c | 2026-11-25 02:00 UTC | abc1234 |" in page


@pytest.mark.parametrize(("others", "is_told"), [("88 %", True), ("3 %", False)])
def test_page_warns_of_a_busy_machine(others, is_told):
    outcome = Outcome("c", MISSED.figures, about={"others": others})

    assert ("Measured on a busy machine: c." in document.page({"c": outcome}, {})) is is_told


def test_every_line_has_words_and_a_measurement():
    assert sorted(TITLES) == sorted(LINES) == list("abcdefghijkl")


def test_every_line_says_where_its_time_goes():
    assert sorted(document.notes()) == [*LINES, "method"]


def test_page_has_every_line_with_its_day_and_commit():
    kept = results.read()

    assert sorted(kept) == sorted(LINES)
    unnamed = [
        line
        for line, outcome in kept.items()
        if not re.fullmatch(r"[0-9a-f]{7,}( with changes)?", outcome.about.get("commit", ""))
        or not re.match(r"\d{4}-\d{2}-\d{2} ", outcome.about.get("made", ""))
    ]
    assert unnamed == []


def test_page_and_charts_are_what_was_measured():
    kept = results.read()
    drawn = {name: (document.PICTURES / name).read_text("utf-8") for name in document.charts(kept)}

    assert document.PAGE.read_text("utf-8") == document.page(kept, document.notes())
    assert drawn == document.charts(kept)
