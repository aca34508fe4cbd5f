"""Every decision record has its parts, fits on a page, and stands in the index."""

import re

import pytest

from tests.docs.pages import ROOT, read, rows

_LINES = 60
_PARTS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]
_HEAD = re.compile(
    r"^# \d+\. .+\n\n- Status: (accepted|proposed|replaced by \[.+\]\(.+\))\n"
    r"- Date: \d{4}-\d{2}-\d{2}\n- Area: .+\n"
)

RECORDS = sorted(path for path in (ROOT / "docs/decisions").glob("*.md") if path.stem != "index")


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_record_has_its_parts(path):
    page = read(path)

    assert _HEAD.match(page.text)
    assert page.headings(2) == _PARTS
    assert len(page.text.splitlines()) <= _LINES
    assert page.headings(1)[0].startswith(f"{int(path.stem[:4])}. ")


def test_records_are_counted_without_gaps():
    assert [int(path.stem[:4]) for path in RECORDS] == list(range(1, len(RECORDS) + 1))


def test_index_has_every_record():
    table = read(ROOT / "docs/decisions/index.md").tables()["decisions"]

    assert [re.sub(r".*\((.+)\)", r"\1", cells[1]) for cells in rows(table)] == [
        path.name for path in RECORDS
    ]
