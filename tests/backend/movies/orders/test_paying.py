"""Pressing Pay: the provider's page, once; nothing to pay is paid at once (E2)."""

from uuid import uuid4

import pytest

from backend.contracts.messages import (
    OrderPaid,
    PaymentOpenRequested,
)
from backend.contracts.orders import LineChoice, OrderCreate, OrderPay, OrderState
from backend.contracts.problems import Unavailable
from backend.contracts.problems_orders import EmailNeeded, OrderMissing, OrderOver
from backend.contracts.problems_payment import AttemptMissing
from tests.backend.movies.payment import (
    opened,
    page,
)
from tests.backend.movies.rig import PAYER, Rig
from tests.support.keys import guest_token, person_token

pytestmark = pytest.mark.integration
SOLD = [(11, "SOLD"), (12, "SOLD")]


async def test_pay_opens_the_page_of_the_provider_both_ways(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)

    answer = await rig.pay(order.id, token)

    assert (answer.state, answer.checkout_url) == (OrderState.PAYING, page())
    [command] = await rig.told(order.id)
    assert isinstance(command, PaymentOpenRequested)
    assert rig.neighbours.opened == [command.checkout.model_dump(mode="json")]
    checkout = command.checkout
    assert (checkout.attempt, checkout.amount_minor, checkout.seats) == (1, 6700, [11, 12])
    assert checkout.email == "ana@example.org"
    assert checkout.return_url == f"http://localhost:8081/en/orders/{order.id}/return"
    assert [line.gross_minor for line in checkout.lines] == [3350, 3350]
    assert await rig.claims(order.id) == [(11, "PAYING"), (12, "PAYING")]


async def test_payment_that_does_not_answer_is_waited_for(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    rig.neighbours.is_away = True
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "pay-at-once"}

    for _ in range(2):  # the refusal stays, and is told again
        answer = await rig.http.post(f"/orders/{order.id}/pay", json={}, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (422, "EmailNeeded")
    assert answer.headers["idempotency-replayed"] == "true"
    headers["idempotency-key"] = "pay-at-once-2"
    body = {"email": "ana@example.org"}
    answer = await rig.http.post(f"/orders/{order.id}/pay", json=body, headers=headers)
    assert (answer.status_code, answer.json()) == (202, {"state": "PAYING", "checkout_url": None})

    await rig.hear(opened(order.id))
    again = await rig.http.post(f"/orders/{order.id}/pay", json=body, headers=headers)
    assert (again.status_code, again.json()["checkout_url"]) == (200, page())


async def test_pay_again_is_the_same_payment(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await rig.hear(opened(order))

    for _ in range(2):
        assert (await rig.pay(order, token)).checkout_url == page()
    assert len(await rig.told(order, PaymentOpenRequested)) == 1
    assert await rig.rows("SELECT attempt, state FROM order_attempt") == [
        {"attempt": 1, "state": "OPEN"}
    ]


async def test_looking_for_the_page_of_a_payment_never_begins_one(rig: Rig):
    token, stranger = guest_token(), guest_token()
    rig.neighbours.is_away = True
    order = (await rig.hold([11], token=token)).id
    seen = [await rig.client.payment(order, token=token)]
    await rig.pay(order, token)
    seen.append(await rig.client.payment(order, token=token))
    await rig.hear(opened(order))
    seen.append(await rig.client.payment(order, token=token))
    await rig.client.close_payment(order, token=token, key=uuid4().hex)
    seen.append(await rig.client.payment(order, token=token))

    assert [(str(one.state), one.checkout_url) for one in seen] == [
        ("HELD", None),
        ("PAYING", None),
        ("PAYING", page()),
        ("PAYING", None),
    ]
    assert await rig.rows("SELECT attempt FROM order_attempt") == [{"attempt": 1}]
    with pytest.raises(OrderMissing):
        await rig.client.payment(order, token=stranger)


async def test_guest_needs_an_address_and_an_account_has_one(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    with pytest.raises(EmailNeeded):
        await rig.client.pay(order.id, OrderPay(), token=token, key=uuid4().hex)
    assert await rig.state(order.id) == "HELD"

    customer = person_token("customer", email="ion@example.org", email_verified=True)
    own = await rig.hold([15], token=customer)
    await rig.client.pay(own.id, OrderPay(), token=customer, key=uuid4().hex)
    assert (await rig.client.order(own.id, token=customer)).email == "ion@example.org"


async def test_free_order_is_paid_at_once_in_one_transaction(rig: Rig):
    token = guest_token()
    await rig.run(
        "UPDATE price_card_version SET rules = %s", '[{"ticket_type":"adult","price_minor":0}]'
    )
    order = await rig.hold([11, 12], token=token)
    assert order.total_minor == 0

    answer = await rig.pay(order.id, token)
    again = await rig.pay(order.id, token)

    assert (answer.state, answer.checkout_url, again.state) == (
        OrderState.PAID,
        None,
        OrderState.PAID,
    )
    assert await rig.claims(order.id) == SOLD
    [paid] = await rig.told(order.id)
    assert isinstance(paid, OrderPaid)
    assert [line.gross_minor for line in paid.lines] == [0, 0]
    together = await rig.row(
        "SELECT count(DISTINCT made_by::text) AS n FROM ("
        " SELECT xmin AS made_by FROM order_event WHERE state = 'PAID' UNION ALL"
        " SELECT xmin FROM seat_event WHERE kind = 'SELL') AS changes"
    )
    assert together == {"n": 1}
    assert rig.neighbours.opened == []


async def test_carer_with_a_paying_guest_pays_only_for_the_guest(rig: Rig):
    token = guest_token()
    body = OrderCreate(
        screening_id=rig.cinema.screening,
        lines=[LineChoice(seat=1), LineChoice(seat=2, ticket_type="carer")],
    )
    order = await rig.client.create_order(body, token=token, key=uuid4().hex)

    await rig.pay(order.id, token)

    assert rig.neighbours.opened[0]["amount_minor"] == 3350


async def test_return_page_asks_payment_and_moves_nothing(rig: Rig):
    token = guest_token()
    order = await rig.paying([11, 12], token)

    found = await rig.client.sync(order, token=token)
    assert (found.attempt, found.url) == (1, page())
    assert await rig.state(order) == "PAYING"

    rig.neighbours.is_away = True
    with pytest.raises(Unavailable):
        await rig.client.sync(order, token=token)


async def test_order_that_was_never_paid_for_has_no_payment_to_look_at(rig: Rig):
    token = guest_token()
    order = await rig.hold([11, 12], token=token)

    with pytest.raises(AttemptMissing):
        await rig.client.sync(order.id, token=token)


async def test_cancelled_order_is_not_paid(rig: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)
    await rig.client.release(order.id, token=token, key=uuid4().hex)

    with pytest.raises(OrderOver):
        await rig.client.pay(order.id, PAYER, token=token, key=uuid4().hex)
