"""What every test may ask for: a database of its own, and the rules that all tests obey."""

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.postgres import TestServer, start

_SLOW_UNIT_S = 0.5
_slow: list[tuple[float, str]] = []
_skipped: list[str] = []


@pytest.fixture(scope="session")
def server() -> TestServer:
    """The run's PostgreSQL, one per worker."""
    return start()


@pytest.fixture
def database_of(server: TestServer) -> Iterator[Callable[[str], str]]:
    """Make databases with a package's schema; they are dropped after the test."""
    with ExitStack() as stack:
        yield lambda package: stack.enter_context(server.database(package))


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let unit tests reach nothing, and the others only this machine."""
    is_unit = not any(request.node.get_closest_marker(m) for m in ("integration", "e2e", "faults"))
    real = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else address
        if is_unit or host not in {"127.0.0.1", "::1", "localhost"}:
            message = f"a test tried to reach {address!r}"
            raise RuntimeError(message)
        real(self, address)

    # asyncio wakes its loop through a socket pair; on Windows alone that is a connection.
    if sys.platform != "win32":
        monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread behind which would keep the process alive."""
    before = set(threading.enumerate())
    yield
    left = [t for t in threading.enumerate() if t not in before and not t.daemon]
    mine = [t for t in left if not t.name.startswith(("asyncio_", "ThreadPoolExecutor"))]
    assert not mine, f"threads left running: {mine}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember slow unit tests and skips."""
    is_unit = not {"integration", "e2e", "faults"} & set(report.keywords)
    if report.when == "call" and is_unit and report.duration > _SLOW_UNIT_S:
        _slow.append((report.duration, report.nodeid))
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the unit tests that take more than half a second."""
    for seconds, name in sorted(_slow, reverse=True)[:10]:
        terminalreporter.write_line(f"slow unit test: {seconds:.1f} s {name[:160]}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may skip."""
    if os.environ.get("CI") == "true" and _skipped:
        print("skipped in CI:", *_skipped, sep="\n  ")  # noqa: T201 -- the reason of the failure
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
