"""Any order of calls: an intent's rank never goes down, and the money always adds up."""

from contextlib import suppress
from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backend.onebox.stripe_simulator.rig import Rig

RANK = {
    "requires_payment_method": 0,
    "requires_confirmation": 0,
    "requires_action": 0,
    "processing": 0,
    "requires_capture": 1,
    "canceled": 2,
    "succeeded": 2,
}
STEPS = [
    "success",
    "decline",
    "challenge",
    "slow",
    "approve",
    "fail",
    "capture",
    "cancel",
    "refund",
    "expire",
    "second",
    "hour",
]


async def step(rig: Rig, session: Any, intent: str | None, name: str) -> None:
    if name in ("second", "hour"):
        rig.clock.pass_by(seconds=5 if name == "second" else 3600)
        await rig.settle()
    elif name in ("approve", "fail"):
        await rig.web.post(f"/c/challenge/{intent}", data={"answer": name})
    elif name == "expire":
        await rig.stripe.v1.checkout.sessions.expire_async(session.id)
    elif name == "refund":
        params = {"payment_intent": intent or "pi_none", "amount": 1500}
        await rig.stripe.v1.refunds.create_async(params)
    elif name in ("capture", "cancel"):
        call = getattr(rig.stripe.v1.payment_intents, f"{name}_async")
        await call(intent or "pi_none")
    else:
        await rig.press(session, name)


@pytest.mark.integration
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(names=st.lists(st.sampled_from(STEPS), min_size=1, max_size=12))
def test_rank_never_goes_down_and_money_adds_up(loop_rig: Any, names: list[str]):
    runner, rig = loop_rig
    runner.run(live(rig, names))


async def live(rig: Rig, names: list[str]) -> None:
    session = await rig.session(expires_at=int(rig.clock().timestamp()) + 5400)
    rank, status, intent = -1, "open", None
    for name in names:
        with suppress(stripe.InvalidRequestError):
            await step(rig, session, intent, name)
        found = await rig.fetch(session)
        assert status in ("open", found.status)
        status = found.status
        if found.payment_intent is None:
            continue
        intent = found.payment_intent.id
        assert RANK[found.payment_intent.status] >= rank
        rank = RANK[found.payment_intent.status]
        assert (found.status == "complete") >= (found.payment_intent.status == "succeeded")
    await check_money(rig)


async def check_money(rig: Rig) -> None:
    charges = (await rig.stripe.v1.charges.list_async({"limit": 100})).data
    movements = (await rig.stripe.v1.balance_transactions.list_async({"limit": 100})).data
    taken = sum(each.amount_captured for each in charges)
    returned = sum(each.amount_refunded for each in charges if each.captured)
    assert sum(each.amount for each in movements) == taken - returned
