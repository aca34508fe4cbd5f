"""Opening: by either door, more than once, and with answers that are lost on the way (E2, E3)."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from backend.contracts.messages import PaymentFailed, PaymentOpened
from backend.contracts.payments import CheckoutOpen
from backend.contracts.problems import IdempotencyKeyReused
from backend.contracts.problems_payment import AttemptOpen
from backend.payment.checkouts import service
from tests.backend.payment.rig import Rig
from tests.backend.payment.wire import (
    answers,
    killed_after,
    killed_before,
    lost_answer,
    lost_request,
)

pytestmark = pytest.mark.integration
CREATE = "/v1/checkout/sessions"


async def test_pay_opens_the_providers_page(rig: Rig):
    opened = await rig.open()
    await rig.settle()

    (session,) = await rig.provider.sessions()
    assert (opened.state, opened.url) == ("AT_PROVIDER", session.url)
    assert session.client_reference_id == f"{rig.order}.1"
    assert session.amount_total == 5700
    assert await rig.states() == ["CREATED", "AT_PROVIDER"]
    assert rig.heard.one(PaymentOpened).url == session.url


async def test_an_opened_page_is_looked_at_from_then_on_not_from_the_end_of_the_lease(rig: Rig):
    await rig.open()

    (row,) = await rig.rows(
        "SELECT due_at > clock_timestamp() + %s AS is_later FROM attempt",
        rig.settings.look_first - timedelta(minutes=1),
    )
    assert rig.settings.lease < timedelta(minutes=1)
    assert row["is_later"] is True


async def test_pay_pressed_again_leads_to_the_same_page(rig: Rig):
    first, second = await rig.open(), await rig.open()

    assert second == first
    assert len(await rig.provider.sessions()) == 1


async def test_the_command_and_its_twin_are_one(rig: Rig):
    await rig.ask_open()
    opened = await rig.open()
    await rig.ask_open()
    await rig.later()

    assert len(await rig.provider.sessions()) == 1
    assert rig.heard.one(PaymentOpened).url == opened.url


async def test_the_twin_alone_opens_too(rig: Rig):
    await rig.ask_open()
    await rig.later()

    (session,) = await rig.provider.sessions()
    assert rig.heard.one(PaymentOpened).url == session.url


async def test_the_twin_leaves_the_direct_command_the_first_moment(rig: Rig):
    await rig.ask_open()
    await rig.settle()

    assert await rig.provider.sessions() == []


async def test_the_command_and_its_twin_at_the_same_moment_are_one(rig: Rig):
    async def note(checkout: CheckoutOpen) -> None:
        async with rig.service.parts.database.transaction() as connection:
            await service.note(rig.service.parts, connection, checkout, due=timedelta(hours=1))

    for _ in range(30):
        checkout = rig.checkout(order_id=uuid4())
        await asyncio.gather(*(note(checkout) for _ in range(8)))

    assert await rig.rows("SELECT count(*) AS n FROM attempt") == [{"n": 30}]


async def test_another_amount_under_the_same_attempt_is_refused(rig: Rig):
    first = await rig.open()

    with pytest.raises(IdempotencyKeyReused):
        await rig.open(amount_minor=100)

    assert await rig.open() == first


async def test_a_second_attempt_waits_for_the_end_of_the_first(rig: Rig):
    await rig.open(1)

    with pytest.raises(AttemptOpen):
        await rig.open(2)
    await rig.ask_close()
    await rig.settle()
    second = await rig.open(2)

    assert second.state == "AT_PROVIDER"
    assert [each.status for each in await rig.provider.sessions()] == ["open", "expired"]


async def test_a_lost_answer_is_asked_for_again_with_the_same_key_and_body(rig: Rig):
    rig.wire.next(CREATE, lost_answer)

    unanswered = await rig.open()
    await rig.later()

    assert (unanswered.state, unanswered.url) == ("UNKNOWN", None)
    assert len(await rig.provider.sessions()) == 1
    key = f"mm-test-{rig.order}-1-open"
    assert rig.wire.keys(CREATE) == [key, key]
    assert len({body for path, body in rig.wire.bodies if path == CREATE and body}) == 1
    assert await rig.states() == ["CREATED", "UNKNOWN", "AT_PROVIDER"]
    assert (await rig.attempt()).failure is None


@pytest.mark.parametrize("fault", [lost_request, answers(500), answers(429), answers(401)])
async def test_what_never_arrived_is_sent_again(rig: Rig, fault):
    rig.wire.next(CREATE, fault, times=3)

    await rig.open()
    await rig.later()
    await rig.later()
    await rig.later()

    assert len(await rig.provider.sessions()) == 1
    assert (await rig.attempt()).state == "AT_PROVIDER"


async def test_a_stored_error_is_settled_by_looking_for_the_session(rig: Rig):
    """The first call had its effect; its key only ever brings the same error again."""
    rig.wire.next(CREATE, answers(500, has_effect=True))
    rig.wire.next(CREATE, answers(500, is_replayed=True))

    await rig.open()
    await rig.later()

    (session,) = await rig.provider.sessions()
    assert (await rig.attempt()).session_id == session.id
    assert rig.heard.types() == ["opened"]


async def test_a_stored_error_without_a_session_proves_that_there_is_none(rig: Rig):
    rig.wire.next(CREATE, answers(500))
    rig.wire.next(CREATE, answers(500, is_replayed=True))

    await rig.open()
    await rig.later()

    assert await rig.states() == ["CREATED", "UNKNOWN", "FAILED"]
    assert rig.heard.one(PaymentFailed).attempt == 1
    assert (await rig.open(2)).state == "AT_PROVIDER"


async def test_absence_is_not_proven_while_the_list_does_not_answer(rig: Rig):
    rig.wire.next(CREATE, answers(500))
    await rig.open()
    rig.wire.is_cut = True

    await rig.later()

    assert (await rig.attempt()).state == "UNKNOWN"
    with pytest.raises(AttemptOpen):
        await rig.open(2)


async def test_a_key_that_the_provider_may_have_forgotten_is_never_sent(rig: Rig):
    rig.wire.next(CREATE, lost_request)
    await rig.open()
    await rig.run("UPDATE attempt SET made_at = made_at - %s", timedelta(hours=23))

    await rig.later()

    assert len(rig.wire.keys(CREATE)) == 1
    assert await rig.states() == ["CREATED", "UNKNOWN", "FAILED"]


async def test_a_refused_session_is_a_failed_attempt(rig: Rig):
    refused = await rig.open(email="not an address")
    await rig.settle()

    assert (refused.state, refused.failure) == ("FAILED", "email_invalid")
    assert rig.heard.one(PaymentFailed).failure == "email_invalid"


@pytest.mark.parametrize("fault", [killed_before, killed_after])
async def test_a_death_while_opening_leaves_one_page(rig: Rig, fault):
    await rig.ask_open()
    rig.wire.next(CREATE, fault)

    await rig.dies()

    assert len(await rig.provider.sessions()) == 1
    assert rig.heard.types() == ["opened"]


async def test_a_death_after_the_command_was_committed_loses_nothing(rig: Rig):
    await rig.ask_open()

    await rig.restart()

    assert (await rig.attempt()).state == "AT_PROVIDER"
