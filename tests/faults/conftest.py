"""One furnished cinema for the whole run, one of its own for who kills it, and the final table."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.faults.amounts import SCALE, SEED
from tests.faults.rig import report
from tests.faults.rig.cinema import Cinema, new_state, opened
from tests.faults.rig.report import Progress
from tests.faults.rig.scenario import Scenario

_good = pytest.StashKey[bool]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tell the seed before anything can hang or fail."""
    has_faults = any(item.get_closest_marker("fault") for item in session.items)
    if has_faults and session.config.pluginmanager.hasplugin("terminalreporter"):
        session.config.get_terminal_writer().line(f"faults: SCALE={SCALE} SEED={SEED}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark every scenario as a fault test, and keep those that ONLY names."""
    wanted = {
        name.strip().upper() for name in os.environ.get("ONLY", "").split(",") if name.strip()
    }
    left: list[pytest.Item] = []
    kept: list[pytest.Item] = []
    for item in items:
        mark = item.get_closest_marker("fault")
        if mark is not None:
            item.add_marker("faults")
        is_wanted = not wanted or (mark is not None and mark.args[0].upper() in wanted)
        (kept if is_wanted else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Remember whether the scenario itself passed."""
    found = yield
    if found.when == "call":
        item.stash[_good] = found.passed
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of the scenarios that ran."""
    if report.TALLIES:
        terminalreporter.ensure_newline()
        report.show(f"Faults, SCALE={SCALE} SEED={SEED}")


@pytest.fixture(scope="session")
def fresh_state(request: pytest.FixtureRequest) -> Iterator[Path | None]:
    """A state that nobody has sold in, to begin from; none where only one cinema is asked."""
    needs = [item.fixturenames for item in request.session.items if hasattr(item, "fixturenames")]
    alone = sum("scenario_alone" in names for names in needs)
    if alone + any("shared_cinema" in names for names in needs) < 2:
        yield None
        return
    with new_state() as folder:
        yield folder


@pytest.fixture(scope="session")
def shared_cinema(fresh_state: Path | None) -> Iterator[Cinema]:
    """The cinema of all scenarios that do not kill it."""
    with opened(begin_with=fresh_state) as cinema:
        yield cinema


@pytest.fixture
async def scenario(
    request: pytest.FixtureRequest, shared_cinema: Cinema, tmp_path: Path
) -> AsyncIterator[Scenario]:
    """A scenario in the shared cinema."""
    async for one in _played(request, shared_cinema, tmp_path):
        yield one


@pytest.fixture
async def scenario_alone(
    request: pytest.FixtureRequest, fresh_state: Path | None, tmp_path: Path
) -> AsyncIterator[Scenario]:
    """A scenario in a cinema of its own, that it may kill."""
    mark = request.node.get_closest_marker("settings")
    settings = {} if mark is None else mark.kwargs
    with opened(settings, begin_with=fresh_state) as cinema:
        async for one in _played(request, cinema, tmp_path):
            yield one


async def _played(
    request: pytest.FixtureRequest, cinema: Cinema, folder: Path
) -> AsyncIterator[Scenario]:
    fault = request.node.get_closest_marker("fault").args[0]
    scenario = Scenario(fault, cinema, progress=Progress(request.config, fault), folder=folder)
    try:
        yield scenario
    finally:
        is_good = request.node.stash.get(_good, False)
        await scenario.end(is_good=is_good)
        if not is_good:
            kept = await asyncio.to_thread(_keep, cinema, folder)
            print(f"{fault}: history and logs are in {kept}")  # noqa: T201 -- for who looks into it
    assert scenario.is_judged, "a scenario must end with judge()"


def _keep(cinema: Cinema, folder: Path) -> Path:
    cinema.keep_logs(folder / "logs")
    return folder
