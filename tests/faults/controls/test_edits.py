"""Each planted bug can still be planted, and names tests that exist."""

import pytest

from tests.faults.controls.bugs import BUGS, Bug
from tests.faults.controls.planting import ROOT


def named(bug: Bug) -> str:
    return bug.name


@pytest.mark.parametrize("bug", BUGS, ids=named)
def test_edit_applies_exactly_once(bug):
    for edit in bug.edits:
        text = (ROOT / edit.path).read_text("utf-8")
        assert (text.count(edit.old), edit.old != edit.new) == (1, True), edit.path


@pytest.mark.parametrize("bug", BUGS, ids=named)
def test_bug_names_tests_that_exist(bug):
    for test in bug.caught_by:
        path, _, name = test.partition("::")
        assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_there_are_enough_bugs_and_each_has_a_name_of_its_own():
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 12
