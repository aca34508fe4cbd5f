"""Verdicts go by medians, and kept results stay until their line is measured again."""

import pytest

from bench.results import Figure, Outcome, Share, keep, read

RATE = Figure("rate", "%", (50.0, 40.0, 60.0), at_least=40, aim=70)


def outcome(line="a", **changes):
    given = {
        "line": line,
        "figures": (RATE, Figure("orders", "/s", (1.0,))),
        "shares": (Share("order", 0.25, 0.5, 0.125),),
        "checks": ("all the same",),
        "parts": {"web": 1.5},
        "about": {"commit": "abc"},
        **changes,
    }
    return Outcome(**given)


@pytest.mark.parametrize(
    ("better", "median", "verdict"),
    [
        ("more", 70, "aim"),
        ("more", 69.9, "met"),
        ("more", 40, "met"),
        ("more", 39.9, "missed"),
        ("less", 39.9, "aim"),
        ("less", 40, "aim"),
        ("less", 70, "met"),
        ("less", 70.1, "missed"),
    ],
)
def test_verdict_goes_by_the_median(better, median, verdict):
    at_least, aim = (40, 70) if better == "more" else (70, 40)
    figure = Figure("", "", (0.0, median, 1e9), better=better, at_least=at_least, aim=aim)

    assert figure.verdict == verdict


def test_a_figure_without_a_mark_only_informs():
    assert Figure("orders", "/s", (1.0,)).verdict == "told"


def test_outcomes_are_kept_and_others_stay(tmp_path):
    path = tmp_path / "results.json"
    keep({"a": outcome(), "b": outcome("b")}, path)
    keep({"b": outcome("b", about={"commit": "def"})}, path)

    assert read(path) == {"a": outcome(), "b": outcome("b", about={"commit": "def"})}


def test_numbers_are_kept_with_five_digits(tmp_path):
    path = tmp_path / "results.json"
    keep({"a": outcome(parts={"web": 1.23456789})}, path)

    assert read(path)["a"].parts == {"web": 1.2346}


def test_nothing_is_kept_at_first(tmp_path):
    assert read(tmp_path / "results.json") == {}
