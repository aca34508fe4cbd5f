"""Every module says what it is for, every exception from a rule says why, nothing is left to do."""

import ast
import re

import pytest

from tests.architecture.sources import EVERYTHING, Source, refuse, written

_EXCUSE = re.compile(r"#\s*(noqa|type:\s*ignore)(?P<rest>.*)")
_REASONED = re.compile(r"^(: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|\[[a-z-]+(, ?[a-z-]+)*\])\s.*-- \S")
# Written apart, so that this file passes its own check.
_UNFINISHED = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + "X" + r"|HA" + r"CK)\b")


def without_purpose(sources: list[Source]) -> list[str]:
    """Return the modules without a docstring; an empty `__init__.py` of tests needs none."""
    return [s.path for s in sources if s.text.strip() and not ast.get_docstring(s.tree)]


def without_reason(sources: list[Source]) -> list[str]:
    return [
        source.at(line, comment)
        for source in sources
        for line, comment in source.comments.items()
        if (excuse := _EXCUSE.search(comment)) and not _REASONED.match(excuse["rest"])
    ]


def unfinished(sources: list[Source]) -> list[str]:
    return [
        source.at(number, line.strip())
        for source in sources
        for number, line in enumerate(source.lines, 1)
        if _UNFINISHED.search(line)
    ]


def test_modules_say_what_they_are_for():
    refuse(without_purpose(EVERYTHING))


def test_exceptions_from_the_rules_say_why():
    refuse(without_reason(EVERYTHING))


def test_nothing_is_left_to_do():
    refuse(unfinished(EVERYTHING))


@pytest.mark.parametrize(
    ("comment", "is_reasoned"),
    [
        ("# noqa: S311 -- jitter", True),
        ("# type: ignore[no-any-return]  # -- the driver is untyped", True),
        ("# noqa: S311, S608 -- a constant", True),
        ("# noqa", False),
        ("# noqa: S311", False),
        ("# noqa: S311 --", False),
        ("# type: ignore", False),
        ("# type: ignore -- no code", False),
    ],
)
def test_an_unreasoned_exception_is_found(comment, is_reasoned):
    source = Source("a.py", f"x = 1  {comment}\n")

    assert (without_reason([source]) == []) is is_reasoned


def test_a_module_without_a_docstring_is_found():
    assert without_purpose([written("x = 1", "a.py"), written("", "b.py")]) == ["a.py"]


def test_unfinished_work_is_found():
    assert unfinished([Source("a.py", "x = 1  # TO" + "DO later\n")]) != []
    assert unfinished([Source("a.py", "x = todo_list\n")]) == []
