"""Random events in random orders: whatever happens when, money and states end as they must.

Each run mixes looks, webhooks kept back, deaths and lost answers into a purchase, and ends with
what a clean run ends with.
"""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backend.payment.rig import Rig, rig_on
from tests.backend.payment.wire import answers, lost_answer, lost_request

pytestmark = pytest.mark.integration
FAULTS = {"lost request": lost_request, "lost answer": lost_answer, "error": answers(500)}
MISHAP = st.sampled_from(["nothing", "look", "webhooks", "restart", "open again", "close", *FAULTS])
PURCHASE = ("open", "pay", "notice", "capture", "notice")


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@given(
    mishaps=st.lists(MISHAP, min_size=len(PURCHASE) * 2, max_size=len(PURCHASE) * 2),
    seed=st.randoms(use_true_random=False),
)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_order_of_events_ends_paid_once(emptied, runner, mishaps, seed):
    async def run() -> None:
        async with rig_on(emptied) as rig:
            rig.provider.hooks.are_on = False
            for number, step in enumerate(PURCHASE):
                await _mishap(rig, mishaps[number * 2], seed)
                await _mishap(rig, mishaps[number * 2 + 1], seed)
                await _step(rig, step)
            await _settled(rig)
            await _check(rig)

    runner.run(run())


async def _step(rig: Rig, step: str) -> None:
    if step == "open":
        await rig.ask_open()
        await rig.open()
    elif step == "pay":
        await _settled(rig)
        (session,) = await rig.provider.sessions()
        if session.url is not None:
            await rig.provider.press(session.url)
    elif step == "capture" and "authorised" in rig.heard.types():
        await rig.ask_capture()
    else:
        await _settled(rig)


async def _mishap(rig: Rig, what: str, seed) -> None:
    known = await rig.rows("SELECT state FROM attempt")
    if what == "look" and known:
        await rig.later()
    elif what == "restart":
        await rig.restart()
    elif what == "open again" and known:
        await rig.ask_open()
    elif what == "close" and "authorised" in rig.heard.types():
        # Too late: the buyer has paid.
        await rig.ask_close("buyer")
    elif what == "webhooks":
        await _webhooks(rig, seed)
    elif what in FAULTS and not rig.wire.is_troubled:
        for path in ("/v1/checkout/sessions", "/capture"):
            rig.wire.next(path, FAULTS[what])


async def _webhooks(rig: Rig, seed) -> None:
    await rig.provider.settle()
    late = rig.provider.hooks.kept * 2
    seed.shuffle(late)
    for payload in late:
        await rig.post(payload)


async def _settled(rig: Rig) -> None:
    for _ in range(3):
        await rig.later()


async def _check(rig: Rig) -> None:
    intent = await rig.provider.only_intent()
    ledger = await rig.ledger()
    states = await rig.states()
    assert (intent.status, intent.amount_received) == ("succeeded", 5700)
    assert ledger["capture"] == 5700
    assert ledger["capture"] - ledger["fee"] == await rig.provider.balance()
    assert [state for state in states if state not in ("CREATED", "UNKNOWN")] == [
        "AT_PROVIDER",
        "AUTHORISED",
        "CAPTURING",
        "CAPTURED",
    ]
    assert rig.heard.types() == ["opened", "authorised", "captured"]
