"""The reconciliation of payment: it mends what a look can mend, and keeps the rest for a person."""

import pytest

from tests.backend.payment.identity import identity
from tests.backend.payment.reconciliation.rounds import age, differences, figure, reconcile
from tests.backend.payment.rig import Rig
from tests.backend.payment.wire import lost_request
from tests.support import keys

pytestmark = pytest.mark.integration

LISTS = [
    ("GET", "/v1/events"),
    ("GET", "/v1/checkout/sessions"),
    ("GET", "/v1/payment_intents"),
    ("GET", "/v1/charges"),
    ("GET", "/v1/refunds"),
    ("GET", "/v1/charges"),
]


async def test_a_clean_sale_has_no_differences_and_the_heart_beats(rig: Rig):
    await rig.captured()
    await age(rig, 60)

    assert await reconcile(rig)
    assert await differences(rig) == {}
    assert await figure(rig, "mm_recon_heartbeat_seconds ") > 0


async def test_an_attempt_that_everybody_forgot_is_looked_at(rig: Rig):
    """(a) No webhook, no poll, no return: the reconciliation sees that the buyer has paid."""
    rig.provider.hooks.are_on = False
    opened = await rig.open()
    await rig.provider.press(opened.url)
    await rig.provider.settle()
    await rig.run("UPDATE attempt SET due_at = NULL")
    await reconcile(rig)
    too_young = (await rig.attempt()).state

    await age(rig, 3)
    await reconcile(rig)

    assert too_young == "AT_PROVIDER"
    assert (await rig.attempt()).state == "AUTHORISED"
    assert await differences(rig) == {}


async def test_an_attempt_that_does_not_end_is_a_difference_until_it_does(rig: Rig):
    await rig.open()
    await age(rig, 16)
    await reconcile(rig)
    await reconcile(rig)
    open_ones = await differences(rig)
    rows = await rig.rows("SELECT found_at < seen_at AS is_kept FROM recon_diff")

    await rig.ask_close("deadline")
    await rig.settle()
    await reconcile(rig)

    assert open_ones == {
        f"attempt {rig.order}.1": {"state": "AT_PROVIDER", "review": None},
    }
    assert rows == [{"is_kept": True}]
    assert await figure(rig, 'mm_recon_differences{kind="attempt"} ') == 0
    assert await differences(rig) == {}


async def test_a_review_stays_a_difference(rig: Rig):
    rig.provider.hooks.are_on = False
    await rig.open()
    await rig.run("UPDATE attempt SET amount_minor = 1")
    await age(rig, 16)

    await reconcile(rig)

    assert await differences(rig) == {
        f"attempt {rig.order}.1": {"state": "AT_PROVIDER", "review": "amount"}
    }


async def test_a_provider_that_does_not_answer_closes_nothing(rig: Rig):
    await rig.open()
    await age(rig, 16)
    await reconcile(rig)
    before = await differences(rig)

    rig.wire.is_cut = True
    await reconcile(rig)

    assert await differences(rig) == before != {}


async def test_a_lost_refund_webhook_is_imported_when_the_money_is_compared(rig: Rig):
    """(c) The dashboard gave money back and nobody told us."""
    await rig.captured()
    rig.provider.hooks.are_on = False
    intent = await rig.provider.only_intent()
    await rig.provider.stripe.v1.refunds.create_async({"payment_intent": intent.id, "amount": 700})

    await reconcile(rig)

    assert rig.heard.types()[-1] == "refunded"
    assert (await rig.ledger())["refund"] == 700
    assert await differences(rig) == {}


async def test_money_that_the_ledger_lacks_is_a_difference_until_it_is_booked(rig: Rig):
    await rig.captured()
    await rig.run("DROP TRIGGER ledger_stays ON ledger")
    await rig.run("UPDATE ledger SET amount_minor = 5000 WHERE kind = 'capture'")
    await reconcile(rig)
    found = await differences(rig)

    await rig.run("UPDATE ledger SET amount_minor = 5700 WHERE kind = 'capture'")
    await reconcile(rig)
    await rig.run(
        "CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays()"
    )

    assert found == {f"money {rig.order}": {"provider_minor": 5700, "ledger_minor": 5000}}
    assert await differences(rig) == {}


async def test_money_taken_by_an_attempt_that_we_think_ended_is_a_difference(rig: Rig):
    """Rank never goes down, so a look cannot mend it: a person must."""
    await rig.authorised()
    await rig.run("UPDATE attempt SET state = 'CANCELED', due_at = NULL")
    intent = await rig.provider.only_intent()
    await rig.provider.stripe.v1.payment_intents.capture_async(intent.id)
    await rig.settle()

    await reconcile(rig)

    assert await differences(rig) == {
        f"money {rig.order}": {"provider_minor": 5700, "ledger_minor": 0}
    }


async def test_a_clean_round_asks_for_lists_alone(rig: Rig):
    await rig.captured()
    await reconcile(rig)
    rig.wire.calls.clear()

    await reconcile(rig)

    assert [(method, path) for method, path, _ in rig.wire.calls] == LISTS


async def test_a_reservation_that_was_let_go_is_no_money(rig: Rig):
    """The provider shows it as a charge that was refunded."""
    await rig.authorised()
    await rig.ask_close("void")
    await rig.settle()
    await reconcile(rig)
    rig.wire.calls.clear()

    await reconcile(rig)

    assert await differences(rig) == {}
    assert [(method, path) for method, path, _ in rig.wire.calls] == LISTS


async def test_money_that_the_provider_lost_is_a_difference(rig: Rig):
    await rig.captured()
    await rig.run(
        "INSERT INTO ledger (kind, natural_key, order_id, attempt, currency, amount_minor)"
        " SELECT kind, 'capture:again', order_id, attempt, currency, amount_minor FROM ledger"
        " WHERE kind = 'capture'"
    )

    await reconcile(rig)

    assert await differences(rig) == {
        f"money {rig.order}": {"provider_minor": 5700, "ledger_minor": 11400},
        "movement capture:again": {"provider_minor": None, "ledger_minor": 5700},
    }


async def test_an_order_that_could_not_be_compared_stays_as_it_was(rig: Rig):
    await rig.authorised()
    await rig.run("UPDATE attempt SET state = 'CANCELED', due_at = NULL")
    intent = await rig.provider.only_intent()
    await rig.provider.stripe.v1.payment_intents.capture_async(intent.id)
    await rig.settle()
    await reconcile(rig)
    before = await differences(rig)
    (session,) = await rig.provider.sessions()

    rig.wire.next(f"/v1/checkout/sessions/{session.id}", lost_request, method="GET")
    await reconcile(rig)

    assert await differences(rig) == before != {}


async def test_a_reservation_left_lying_is_told_again(rig: Rig):
    """(e) Movies never answered: it hears the same fact as a newer version."""
    await rig.authorised()
    await age(rig, 14)
    await reconcile(rig)
    too_young = rig.heard.types()

    await age(rig, 2)
    await reconcile(rig)
    found = await differences(rig)
    await rig.ask_capture()
    await rig.settle()
    await reconcile(rig)

    assert too_young == ["opened", "authorised"]
    assert rig.heard.types() == ["opened", "authorised", "authorised", "captured"]
    first, second = rig.heard.messages[1:3]
    assert second.attempt_version == first.attempt_version + 1  # type: ignore[attr-defined]  # -- events
    assert set(found) == {f"authorisation {rig.order}.1", f"attempt {rig.order}.1"}
    assert await differences(rig) == {}


async def test_a_capture_that_does_not_come_through_is_a_difference(rig: Rig):
    await rig.authorised()
    await rig.ask_capture()
    rig.wire.next("/capture", lost_request)
    await rig.settle()
    await age(rig, 16)

    await reconcile(rig)

    found = await differences(rig)
    assert found[f"authorisation {rig.order}.1"]["state"] == "CAPTURING"
    assert rig.heard.types() == ["opened", "authorised"]


@pytest.mark.parametrize(
    ("role", "status"), [("manager", 200), ("admin", 200), ("box_office", 403), ("door", 403)]
)
async def test_who_may_read_the_differences(rig: Rig, role, status):
    rig.wire.apps["localhost"] = identity()
    await rig.open()
    await age(rig, 16)
    await reconcile(rig)

    answer = await rig.service.http.get(
        "/reconciliation",
        headers={"authorization": f"Bearer {keys.person_token(role, aud=['payment'])}"},
    )

    assert answer.status_code == status
    if status == 200:
        (one,) = answer.json()["differences"]
        assert (one["kind"], one["subject"]) == ("attempt", f"{rig.order}.1")
