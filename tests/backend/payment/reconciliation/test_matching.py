"""(b) What the provider made of late belongs to one attempt or refund; strays end or go back."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.backend.onebox.stripe_simulator.rig import session_params
from tests.backend.payment.reconciliation.rounds import age, differences, reconcile
from tests.backend.payment.rig import Rig, rig_on
from tests.backend.payment.wire import lost_request

pytestmark = pytest.mark.integration


@pytest.fixture
async def rig(emptied: Callable[[str], str]) -> AsyncIterator[Rig]:
    """Give a service that judges what is made at once."""
    async with rig_on(emptied, reconcile_after=timedelta(0)) as made:
        yield made


async def stray(
    rig: Rig, reference: str, card: str | None = "success", *, environment: str = "test"
) -> Any:
    """Make a session that no attempt of ours made, and pay it."""
    order, _, number = reference.partition(".")
    metadata = {"order": order, "attempt": number, "environment": environment}
    made = await rig.provider.stripe.v1.checkout.sessions.create_async(
        session_params(
            client_reference_id=reference,
            metadata=metadata,
            payment_intent_data={"capture_method": "manual", "metadata": metadata},
        )
    )
    if card is not None:
        await rig.provider.press(made.url, card)
    return made


async def capture(rig: Rig, session: Any) -> str:
    found = await rig.provider.stripe.v1.checkout.sessions.retrieve_async(session.id)
    await rig.provider.act("capture", intent=found.payment_intent)
    return str(found.payment_intent)


async def status(rig: Rig, session: Any) -> tuple[str, str | None]:
    """Return the state of a session and of its intent."""
    found = await rig.provider.stripe.v1.checkout.sessions.retrieve_async(
        session.id, {"expand": ["payment_intent"]}
    )
    return str(found.status), found.payment_intent and str(found.payment_intent.status)


async def strays(rig: Rig) -> list[dict[str, Any]]:
    return await rig.rows(
        "SELECT attempt, state, captured_minor, refunded_minor FROM attempt WHERE is_stray"
    )


async def test_a_second_open_page_of_an_order_is_closed(rig: Rig):
    await rig.open()
    made = await stray(rig, f"{rig.order}.1", card=None)

    await reconcile(rig)
    await reconcile(rig)

    assert await status(rig, made) == ("expired", None)
    assert (await rig.attempt()).state == "AT_PROVIDER"
    assert [(row["attempt"], row["state"]) for row in await strays(rig)] == [(100, "CANCELED")]
    assert await differences(rig) == {}


async def test_a_reservation_of_nobody_is_let_go(rig: Rig):
    made = await stray(rig, f"{uuid4()}.1")

    await reconcile(rig)
    await reconcile(rig)

    assert await status(rig, made) == ("complete", "canceled")
    assert await differences(rig) == {}
    assert rig.heard.types() == []


async def test_money_of_nobody_is_shown_and_goes_back_after_a_while(rig: Rig):
    await rig.captured()
    made = await stray(rig, f"{rig.order}.1")
    await capture(rig, made)
    for _ in range(2):
        await reconcile(rig)
    shown = await differences(rig)
    refunded_early = (await rig.ledger()).get("refund", 0)

    await age(rig, 121)
    for _ in range(3):
        await reconcile(rig)

    assert shown == {
        f"stray {rig.order}.100": {
            "state": "CAPTURED",
            "session_id": made.id,
            "currency": "RON",
            "held_minor": 5000,
            "refund": None,
        }
    }
    assert refunded_early == 0
    assert await rig.provider.balance() == 5700 - await fees(rig)
    assert await strays(rig) == [
        {"attempt": 100, "state": "CAPTURED", "captured_minor": 5000, "refunded_minor": 5000}
    ]
    assert await differences(rig) == {}
    # Movies never began it, so it hears of its own attempt alone.
    assert rig.heard.types() == ["opened", "authorised", "captured"]


async def fees(rig: Rig) -> int:
    return (await rig.ledger())["fee"]


async def test_money_of_nobody_whose_refund_fails_waits_for_a_person(rig: Rig):
    made = await stray(rig, f"{rig.order}.1", "refund_fails")
    await capture(rig, made)
    await reconcile(rig)
    await age(rig, 121)
    for _ in range(4):
        await reconcile(rig)

    (found,) = (await differences(rig)).values()
    assert (found["held_minor"], found["refund"]) == (5000, "FAILED")
    refunds = await rig.provider.stripe.v1.refunds.list_async()
    assert len(refunds.data) == 1


async def test_an_attempt_that_waits_for_its_own_page_is_no_stray(rig: Rig):
    """The call made the page, its answer is lost for a day: the attempt's own way finds it."""
    await rig.provider.fault(
        calls=[{"fault": "500", "when": "after", "operations": ["session.create"], "times": 1}]
    )
    await rig.open()
    state = (await rig.attempt()).state

    await reconcile(rig)

    assert state == "UNKNOWN"
    assert (await rig.attempt()).state == "AT_PROVIDER"
    assert await strays(rig) == []
    assert await differences(rig) == {}


async def test_a_page_found_after_its_attempt_failed_is_ended(rig: Rig):
    made = await stray(rig, f"{rig.order}.1", card=None)
    await rig.run(
        "INSERT INTO attempt (order_id, attempt, state, currency, amount_minor, request, due_at)"
        " VALUES (%s, 1, 'FAILED', 'RON', 5000, '{}', NULL)",
        rig.order,
    )

    await reconcile(rig)
    await reconcile(rig)

    assert await status(rig, made) == ("expired", None)
    assert await differences(rig) == {}


async def test_what_does_not_name_an_order_is_shown_and_left_alone(rig: Rig):
    made = await stray(rig, "gift-card.7")
    taken = await rig.provider.stripe.v1.payment_intents.create_async(
        {"amount": 700, "currency": "ron", "payment_method": "pm_card_visa", "confirm": True}
    )

    await reconcile(rig)
    await reconcile(rig)

    found = await differences(rig)
    assert await status(rig, made) == ("complete", "requires_capture")
    assert found[f"unmatched {made.id}"]["what"] == "checkout.session"
    assert found[f"unmatched {taken.id}"] | {"made_at": ""} == {
        "what": "payment_intent",
        "status": "succeeded",
        "amount_minor": 700,
        "currency": "RON",
        "made_at": "",
    }
    assert await strays(rig) == []


async def test_what_another_installation_made_is_its_own_business(rig: Rig):
    made = await stray(rig, f"{uuid4()}.1", environment="staging")
    taken = await stray(rig, f"{uuid4()}.1", environment="staging")
    await rig.provider.act("refund", intent=await capture(rig, taken))

    await reconcile(rig)
    await reconcile(rig)

    assert await status(rig, made) == ("complete", "requires_capture")
    assert await strays(rig) == []
    assert {name.split()[0] for name in await differences(rig)} <= {"movement"}


async def test_a_page_that_names_no_installation_is_shown_and_left_alone(rig: Rig):
    metadata = {"order": str(rig.order), "attempt": "1"}
    made = await rig.provider.stripe.v1.checkout.sessions.create_async(
        session_params(client_reference_id=f"{rig.order}.1", metadata=metadata)
    )

    await reconcile(rig)

    assert set(await differences(rig)) == {f"unmatched {made.id}"}
    assert await status(rig, made) == ("open", None)


async def test_a_lost_dashboard_refund_is_matched(rig: Rig):
    await rig.captured()
    rig.provider.hooks.are_on = False
    await rig.provider.act("refund", intent=(await rig.provider.only_intent()).id, amount=700)
    await rig.provider.settle()

    await reconcile(rig)

    rows = await rig.rows("SELECT amount_minor, origin, state FROM refund")
    assert rows == [{"amount_minor": 700, "origin": "dashboard", "state": "SUCCEEDED"}]
    assert await differences(rig) == {}


async def test_what_is_not_in_order_is_read_until_it_is(rig: Rig):
    made = await stray(rig, "gift-card.7", card=None)
    await reconcile(rig)
    await reconcile(rig)
    before = await differences(rig)

    await rig.run(
        "INSERT INTO attempt (order_id, attempt, state, session_id, currency, amount_minor,"
        " request, due_at) VALUES (%s, 1, 'CANCELED', %s, 'RON', 5000, '{}', NULL)",
        UUID(int=9),
        made.id,
    )
    await reconcile(rig)

    assert set(before) == {f"unmatched {made.id}"}
    assert await differences(rig) == {}


async def test_a_list_that_does_not_answer_closes_nothing(rig: Rig):
    await stray(rig, "gift-card.7", card=None)
    await reconcile(rig)
    before = await differences(rig)

    rig.wire.next("/v1/payment_intents", lost_request, method="GET")

    assert not await reconcile(rig)
    assert await differences(rig) == before != {}
