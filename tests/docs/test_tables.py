"""The tables of docs/ are what the code says now, and everything has its row."""

import pytest

from tests.docs import facts
from tests.docs.pages import ROOT, pages, read, rows
from tests.docs.tables import kept, written

PAGES = {page.name: page for page in pages()}


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.tables()])
def test_tables_are_fresh(name):
    page = PAGES[name]

    assert written(page) == page.text, "run `make docs` and commit what it writes"


def test_a_stale_table_is_found():
    page = read(ROOT / "docs/running.md")
    stale = type(page)(page.path, page.text.replace("| `make run` |", "| `make walk` |"))

    assert stale.text != page.text
    assert written(stale) == page.text


def test_cells_written_by_hand_are_kept():
    old = "| A | B | C |\n| --- | --- | --- |\n| x | 1 | told |\n| gone | 2 | lost |\n"

    assert kept(old, [("x", "9"), ("new", "3")]) == [("x", "9", "told"), ("new", "3", "")]


def test_cells_written_by_hand_are_written():
    empty = {
        name: [cells[0] for table in page.tables().values() for cells in rows(table) if "" in cells]
        for name, page in PAGES.items()
    }

    assert {name: cells for name, cells in empty.items() if cells} == {}


def test_every_settings_class_has_a_table():
    told = {
        name for name in PAGES["docs/configuration.md"].tables() if name.startswith("settings:")
    }

    assert told == {f"settings:{name}" for name in facts.settings_classes()}


def test_every_variable_that_is_read_is_told():
    pages_told = PAGES["docs/configuration.md"].text + PAGES["docs/running.md"].text
    silent = {name for name in facts.variables_read() if f"`{name}" not in pages_told}

    # What any program has: where commands are, and where a window can be opened.
    assert silent - {"PATH", "LD_LIBRARY_PATH", "DISPLAY", "WAYLAND_DISPLAY"} == set()


def test_every_problem_has_a_row():
    told = {name for name in PAGES["docs/problems.md"].tables() if name.startswith("problems:")}

    assert told == {f"problems:{module}" for module in facts.problems()}


def test_codes_are_told_apart():
    codes = [kind.__name__ for kinds in facts.problems().values() for kind in kinds]

    assert sorted(codes) == sorted(set(codes))


def test_every_problem_says_what_to_do():
    silent = [
        kind.__name__
        for kinds in facts.problems().values()
        for kind in kinds
        if not kind.detail.endswith((".", "!", "?")) or not kind.__doc__
    ]

    assert silent == []


def test_every_message_is_sent_by_one_service_and_heard():
    lost = [one.message.TYPE for one in facts.traffic() if len(one.senders) != 1 or not one.hearers]

    assert lost == []
