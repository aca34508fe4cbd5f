"""(h) The provider's movements of money against the ledger, row by row."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from tests.backend.payment.reconciliation.rounds import differences, figure, reconcile
from tests.backend.payment.rig import Rig, rig_on

pytestmark = pytest.mark.integration


@pytest.fixture
async def rig(emptied: Callable[[str], str]) -> AsyncIterator[Rig]:
    """Give a service that compares its books in each round, and judges everything at once."""
    nothing = timedelta(0)
    async with rig_on(emptied, reconcile_after=nothing, compare_books_every=nothing) as made:
        yield made


async def unbook(rig: Rig, what: str) -> None:
    """Lose rows of the ledger, which its own trigger forbids."""
    await rig.run("DROP TRIGGER ledger_stays ON ledger")
    await rig.run("DELETE FROM ledger WHERE natural_key LIKE %s", what)
    await rig.run(
        "CREATE TRIGGER ledger_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger"
        " FOR EACH STATEMENT EXECUTE FUNCTION ledger_stays()"
    )


async def test_sale_refund_and_dispute_are_in_both_books(rig: Rig):
    await rig.captured()
    await rig.ask_refund(700)
    await rig.settle()
    await rig.provider.act("dispute", intent=(await rig.provider.only_intent()).id)
    await rig.settle()

    done = await reconcile(rig)

    assert done
    ledger = await rig.ledger()
    assert ledger == {"capture": 5700, "refund": 700, "dispute": 5000, "fee": ledger["fee"]}
    assert await rig.provider.balance() == 5700 - 700 - 5000 - ledger["fee"]
    assert await differences(rig) == {}
    assert await figure(rig, "mm_payment_books_compared_seconds ") > 0


async def test_failed_refund_is_in_both_books(rig: Rig):
    await rig.captured("refund_fails")
    await rig.ask_refund(700)
    await rig.settle()
    await rig.settle()

    await reconcile(rig)

    keys = await rig.rows("SELECT amount_minor FROM ledger WHERE kind = 'refund' ORDER BY id")
    assert [row["amount_minor"] for row in keys] == [700, -700]
    assert await differences(rig) == {}


async def test_rows_that_are_missing_are_booked_when_they_can_be_learnt(rig: Rig):
    await rig.captured()
    before = await rig.ledger()
    await unbook(rig, "fee:%")

    await reconcile(rig)

    assert await rig.ledger() == before
    assert await differences(rig) == {}


async def test_movement_that_nothing_explains_is_a_difference(rig: Rig):
    intent = await rig.provider.stripe.v1.payment_intents.create_async(
        {"amount": 700, "currency": "ron", "payment_method": "pm_card_visa", "confirm": True}
    )
    charge = str(intent.latest_charge)

    await reconcile(rig)
    await reconcile(rig)

    found = await differences(rig)
    assert found[f"movement capture:{charge}"] == {"provider_minor": 700, "ledger_minor": None}
    assert found[f"movement fee:{charge}"] == {"provider_minor": 110, "ledger_minor": None}


async def test_row_that_the_provider_does_not_have_is_a_difference_until_it_does(rig: Rig):
    await rig.captured()
    await rig.run(
        "INSERT INTO ledger (kind, natural_key, order_id, attempt, currency, amount_minor)"
        " VALUES ('refund', 'refund:re_none', %s, 1, 'RON', 5)",
        rig.order,
    )
    await reconcile(rig)
    found = await differences(rig)

    await unbook(rig, "refund:%")
    await reconcile(rig)

    assert found["movement refund:re_none"] == {"provider_minor": None, "ledger_minor": 5}
    assert await differences(rig) == {}


async def test_row_booked_long_after_its_movement_is_no_difference(rig: Rig):
    """The provider moved it three days ago, outside of what is listed."""
    await rig.captured()
    (movement,) = (await rig.provider.stripe.v1.balance_transactions.list_async()).data
    await reconcile(rig)
    await _make_old(rig, movement.id)

    await reconcile(rig)

    assert await differences(rig) == {}


async def _make_old(rig: Rig, movement_id: str) -> None:
    database = rig.provider.app.state.passing._database
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE balance_transaction SET body = jsonb_set(body, '{created}',"
            " to_jsonb((body->>'created')::bigint - 259200)) WHERE id = %s",
            (movement_id,),
        )


async def test_books_are_compared_only_when_it_is_time(emptied: Callable[[str], str]):
    async with rig_on(emptied, reconcile_after=timedelta(0)) as rig:
        await rig.captured()
        await reconcile(rig)
        await unbook(rig, "fee:%")
        rig.wire.calls.clear()

        await reconcile(rig)

        assert "/v1/balance_transactions" not in {path for _, path, _ in rig.wire.calls}
        assert await differences(rig) == {}
