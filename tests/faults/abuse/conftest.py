"""What is abused, made once in the shared cinema, and the rows of the table at the end."""

import time
from collections.abc import Iterator

import pytest

from tests.faults.abuse.world import World, made
from tests.faults.rig import report
from tests.faults.rig.cinema import Cinema
from tests.faults.rig.history import History

_rows: dict[str, report.Tally] = {}
_passed = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def world(shared_cinema: Cinema, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """What there is to abuse."""
    history = History(tmp_path_factory.mktemp("abuse") / "history.jsonl")
    try:
        yield made(shared_cinema, history)
    finally:
        history.close()


@pytest.fixture(autouse=True)
def tally(request: pytest.FixtureRequest) -> Iterator[report.Tally]:
    """The row of the table that the tests of one kind share; a scenario has its own."""
    fault = request.node.get_closest_marker("fault").args[0]
    if "scenario" in request.fixturenames:
        yield report.Tally(fault)
        return
    row = _rows.get(fault) or _rows.setdefault(fault, report.add(report.Tally(fault)))
    began = time.monotonic()
    yield row
    row.seconds += time.monotonic() - began
    if not request.node.stash.get(_passed, False):
        row.findings.append(f"{request.node.name} failed")
    row.outcome = "FAILED" if row.findings else "ok"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):  # noqa: ARG001 -- the names are pytest's
    """Remember whether the test itself passed."""
    found = yield
    if found.when == "call":
        item.stash[_passed] = found.passed
    return found
