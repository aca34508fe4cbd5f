"""Rounds come again, also after one that failed, until they are stopped."""

import asyncio
from datetime import timedelta

import psycopg
import pytest

from backend.kit.app import running
from backend.kit.rounds import Rounds


class Work:
    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs = 0
        self.enough = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        self.enough.set()


@pytest.mark.parametrize("failure", [psycopg.OperationalError("away"), KeyError("a bug")])
async def test_failed_round_does_not_end_the_rounds(failure):
    work = Work(failure, failure)
    rounds = Rounds("test", work, timedelta(0))

    await rounds.start()
    await asyncio.wait_for(work.enough.wait(), 5)
    await rounds.stop()
    ended = work.runs
    await asyncio.sleep(0)

    assert ended >= 3
    assert work.runs == ended


class Part:
    def __init__(self, log: list[str], name: str, *, fails_at: str = "") -> None:
        self.log, self.name, self.fails_at = log, name, fails_at

    async def start(self) -> None:
        self._note("start")

    async def stop(self) -> None:
        self._note("stop")

    def _note(self, what: str) -> None:
        self.log.append(f"{what} {self.name}")
        if what == self.fails_at:
            raise RuntimeError(what)


async def test_parts_start_in_order_and_stop_in_the_reverse_one():
    log: list[str] = []

    async with running(Part(log, "a"), Part(log, "b")):
        log.append("work")

    assert log == ["start a", "start b", "work", "stop b", "stop a"]


async def test_part_that_fails_to_start_stops_those_before_it():
    log: list[str] = []

    with pytest.raises(RuntimeError):
        await running(Part(log, "a"), Part(log, "b", fails_at="start")).__aenter__()

    assert log == ["start a", "start b", "stop a"]


async def test_part_that_fails_to_stop_keeps_no_other_from_stopping():
    log: list[str] = []

    async def run() -> None:
        async with running(Part(log, "a"), Part(log, "b", fails_at="stop")):
            pass

    with pytest.raises(RuntimeError):
        await run()

    assert log == ["start a", "start b", "stop b", "stop a"]
