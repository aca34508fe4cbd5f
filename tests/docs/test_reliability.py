"""The amounts that the page promises are those that a full run meets."""

import re

from tests.docs.pages import ROOT
from tests.faults.amounts import FULL

# Rows of the page's table, by their first words, and what the fault suite counts for them.
_ROWS = {
    "Nothing at all": ("F0",),
    "50 people press on one seat": ("F1",),
    "64 people take": ("F2",),
    "The hold lasts a second": ("F3",),
    "`kill -9` of the cinema": ("F5 kills", "F5"),
    "PostgreSQL is stopped": ("F7",),
    "Every message comes three times": ("F10", "F10 refunds"),
    "A message that is no message": ("F12",),
    "The clocks of clients": ("F15",),
    "The card provider fails": ("F16",),
    "The provider's news are lost": ("F17",),
    "News that somebody else made up": ("F18",),
    "Refunds and disputes": ("F20",),
    "The connection is cut": ("F23",),
    "Forged and damaged ticket codes": ("F28", "F28 flips"),
    "The same ticket at two doors": ("F32 pairs", "F32"),
    "Twenty-four people schedule": ("F33",),
}


def _rows() -> dict[str, list[int]]:
    text = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    table = text.split("| What happens | How often in a full run |")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {what: [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", n)] for what, n in rows}


def test_the_page_tells_the_amounts_of_a_full_run():
    told = {
        start: numbers
        for what, numbers in _rows().items()
        for start in _ROWS
        if what.startswith(start)
    }

    wanted = {start: [FULL[name] for name in names] for start, names in _ROWS.items()}
    assert {start: numbers[: len(wanted[start])] for start, numbers in told.items()} == wanted
    assert len(told) == len(_rows())


def test_the_page_tells_of_every_fault():
    told = {name.split()[0] for names in _ROWS.values() for name in names}

    assert told == {name.split()[0] for name in FULL if re.match(r"F\d", name)}
