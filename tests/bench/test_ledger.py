"""Each step of each task is charged to the application that it is a part of, and to no other."""

import asyncio
from types import SimpleNamespace

import pytest

from bench.cpu import Cpu
from bench.stage.ledger import LOOP, NOBODY, Ledger
from bench.stage.sampler import Sampler


class Clock:
    """CPU time that passes when somebody works."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def work(self, seconds):
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(clock):
    return Ledger(clock)


async def test_who_is_called_within_the_process_is_charged_apart(clock, ledger):
    async def inner(_scope, _receive, _send):
        clock.work(4)
        await asyncio.sleep(0)
        clock.work(8)

    async def outer(scope, receive, send):
        clock.work(1)
        await ledger.account("inner", inner)(scope, receive, send)
        clock.work(2)

    await ledger.account("outer", outer)({}, None, None)

    assert (ledger.costs["outer"], ledger.costs["inner"]) == (3, 12)


async def test_work_that_an_application_leaves_behind_is_charged_to_it(clock, ledger):
    left = []

    async def later():
        clock.work(5)

    async def app(_scope, _receive, _send):
        left.append(asyncio.get_running_loop().create_task(later()))

    asyncio.get_running_loop().set_task_factory(ledger.task)
    await ledger.account("web", app)({}, None, None)
    await asyncio.gather(*left)
    nobodys = asyncio.get_running_loop().create_task(later())
    await nobodys

    assert (ledger.costs["web"], ledger.costs[NOBODY]) == (5, 5)


async def test_what_is_in_no_task_is_the_loops(clock, ledger):
    clock.work(7)
    ledger.switch("web")

    assert ledger.costs[LOOP] == 7


async def test_errors_pass_through(clock, ledger):
    async def app(_scope, _receive, _send):
        await asyncio.sleep(0)
        clock.work(1)
        raise LookupError

    with pytest.raises(LookupError):
        await ledger.account("web", app)({}, None, None)
    assert ledger.costs["web"] == 1


async def test_cancelling_reaches_who_waits(clock, ledger):
    reached = []

    async def app(_scope, _receive, _send):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            clock.work(1)
            reached.append("cancelled")
            raise

    task = asyncio.ensure_future(ledger.account("web", app)({}, None, None))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (reached, ledger.costs["web"]) == (["cancelled"], 1)


def test_profile_tells_who_ran_and_who_had_called_it():
    def frame(name, back=None):
        code = SimpleNamespace(co_filename="/lib/app.py", co_qualname=name)
        return SimpleNamespace(f_code=code, f_back=back)

    sampler = Sampler()
    for top in ("parse", "parse", "write", "parse"):
        sampler._look(0, frame(top, frame("handle")))

    found = sampler.take()
    assert found["own"] == [("lib/app.py:parse", 75.0), ("lib/app.py:write", 25.0)]
    assert found["with what they call"][0] == ("lib/app.py:handle", 100.0)
    assert sampler.take()["own"] == []


def test_cpu_of_a_span_is_told_for_one_operation():
    spent = Cpu(3.0, 5.0) - Cpu(1.0, 4.0)

    assert spent.per(100) == Cpu(20.0, 10.0)
    assert spent.total == 3.0
