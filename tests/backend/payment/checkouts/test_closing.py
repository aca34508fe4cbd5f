"""Closing, and what races it: the fetched state decides, and movies hears one end (E5, E24)."""

import pytest

from backend.contracts.messages import PaymentClosed, PaymentFailed
from tests.backend.payment.rig import Rig
from tests.backend.payment.wire import answers, killed_after, killed_before, lost_answer

pytestmark = pytest.mark.integration
CREATE = "/v1/checkout/sessions"


@pytest.mark.parametrize("reason", ["buyer", "deadline", "void"])
async def test_an_open_page_is_ended(rig: Rig, reason):
    opened = await rig.open()

    await rig.ask_close(reason)
    await rig.settle()

    assert rig.heard.types() == ["opened", "closed"]
    assert rig.heard.one(PaymentClosed).reason == reason
    assert await rig.states() == ["CREATED", "AT_PROVIDER", "CANCELED"]
    assert [each.status for each in await rig.provider.sessions()] == ["expired"]
    assert (await rig.open()).url is None
    page = await rig.provider.press(opened.url)
    assert "cinema.test" not in page.headers["location"]


async def test_a_page_that_ends_by_itself_is_told_as_the_deadline(rig: Rig):
    await rig.open()

    await rig.provider.pass_by(minutes=36)
    await rig.settle()

    assert rig.heard.one(PaymentClosed).reason == "deadline"


@pytest.mark.parametrize("reason", ["buyer", "deadline"])
async def test_who_has_paid_before_the_close_has_paid(rig: Rig, reason):
    """The close finds the page complete: authorised is told, and closed never."""
    rig.provider.hooks.are_on = False
    opened = await rig.open()
    await rig.provider.press(opened.url)

    await rig.ask_close(reason)
    await rig.settle()
    await rig.later()

    assert rig.heard.types() == ["opened", "authorised"]
    assert (await rig.provider.only_intent()).status == "requires_capture"
    await rig.ask_capture()
    await rig.settle()
    assert rig.heard.types() == ["opened", "authorised", "captured"]


async def test_a_close_that_comes_after_authorised_does_not_take_it_back(rig: Rig):
    await rig.authorised()

    await rig.ask_close("buyer")
    await rig.later()

    assert rig.heard.types() == ["opened", "authorised"]
    assert (await rig.attempt()).state == "AUTHORISED"


async def test_an_order_that_waits_no_more_lets_the_money_go(rig: Rig):
    await rig.authorised()

    await rig.ask_close("void")
    await rig.settle()

    assert rig.heard.types() == ["opened", "authorised", "closed"]
    assert rig.heard.one(PaymentClosed).reason == "void"
    assert (await rig.provider.only_intent()).status == "canceled"
    assert await rig.provider.balance() == 0


async def test_money_that_is_not_wanted_goes_on_sight(rig: Rig):
    """Void is asked while the page is open; the buyer pays before it is ended."""
    rig.provider.hooks.are_on = False
    opened = await rig.open()
    await rig.provider.press(opened.url)

    await rig.ask_close("void")
    await rig.settle()

    assert (await rig.attempt()).state == "CANCELED"
    assert (await rig.provider.only_intent()).status == "canceled"


async def test_void_wins_over_an_earlier_reason(rig: Rig):
    await rig.authorised()

    await rig.ask_close("buyer")
    await rig.ask_close("void")
    await rig.ask_close("deadline")
    await rig.settle()

    assert rig.heard.one(PaymentClosed).reason == "void"


async def test_a_close_before_its_open_comes_again_after_it(rig: Rig):
    assert await rig.ask_close() is False

    await rig.ask_open()
    assert await rig.ask_close() is True
    await rig.settle()

    assert rig.heard.types() == ["opened", "closed"]
    assert [each.status for each in await rig.provider.sessions()] == ["expired"]


async def test_an_attempt_whose_page_is_unknown_is_found_and_then_ended(rig: Rig):
    rig.wire.next(CREATE, lost_answer)
    await rig.open()

    await rig.ask_close("deadline")
    await rig.settle()

    assert rig.heard.types() == ["opened", "closed"]
    assert [each.status for each in await rig.provider.sessions()] == ["expired"]


async def test_a_close_of_what_is_closed_is_answered_again(rig: Rig):
    await rig.open()
    await rig.ask_close()
    await rig.settle()

    await rig.ask_close()
    await rig.settle()

    first, second = [m for m in rig.heard.messages if isinstance(m, PaymentClosed)]
    assert second.attempt_version == first.attempt_version + 1


async def test_a_close_of_what_is_captured_changes_nothing(rig: Rig):
    await rig.captured()

    await rig.ask_close("deadline")
    await rig.later()

    assert rig.heard.types() == ["opened", "authorised", "captured"]


@pytest.mark.parametrize("fault", [lost_answer, answers(500), killed_before, killed_after])
@pytest.mark.parametrize("step", ["expire", "cancel"])
async def test_an_end_survives_what_happens_to_its_call(rig: Rig, step, fault):
    if step == "expire":
        await rig.open()
        await rig.settle()
    else:
        await rig.authorised()
    await rig.ask_close("void")
    rig.wire.next(f"/{step}", fault)

    if fault in (killed_before, killed_after):
        await rig.dies()
    await rig.later()
    await rig.later()

    assert rig.heard.types()[-1] == "closed"
    assert rig.heard.types().count("closed") == 1
    key = f"mm-test-{rig.order}-1-{'void' if step == 'cancel' else step}"
    assert set(rig.wire.keys(f"/{step}")) == {key}


async def test_a_bank_that_still_thinks_keeps_the_attempt_open(rig: Rig):
    """A page cannot be ended while its payment is processing: the answer of the bank decides."""
    opened = await rig.open()
    await rig.provider.press(opened.url, "slow")

    await rig.ask_close("deadline")
    await rig.service.round()
    still = (await rig.attempt()).state
    await rig.settle()
    await rig.later()

    assert still == "AT_PROVIDER"
    assert rig.heard.types() == ["opened", "authorised"]


async def test_a_reservation_that_somebody_else_cancelled_failed(rig: Rig):
    """Movies waits in CONFIRMING: only `failed` gets it out of there (E6)."""
    await rig.authorised()
    intent = await rig.provider.only_intent()

    await rig.provider.stripe.v1.payment_intents.cancel_async(intent.id)
    await rig.settle()

    assert rig.heard.types() == ["opened", "authorised", "failed"]
    await rig.ask_capture()
    await rig.settle()
    assert [type(m) for m in rig.heard.messages[2:]] == [PaymentFailed, PaymentFailed]
