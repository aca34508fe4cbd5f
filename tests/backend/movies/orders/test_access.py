"""Whose order it is: its owner's, its cinema's staff's, its finder's; for all others missing."""

from functools import partial
from uuid import uuid4

import pytest

from backend.contracts.orders import LineChoice, LineRefund, Lookup, OrderPay, SeatsChange
from backend.contracts.problems import Denied, Problem, Unsigned
from backend.contracts.problems_orders import OrderMissing
from backend.kit.lookup import lookup_code
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token, person_token, service_token

pytestmark = pytest.mark.integration

READ, CHANGE, PAY, REFUND = "read", "change", "pay", "refund"


def calls(rig: Rig, order, token: str):
    """Return each operation on one order, as its caller would make it."""
    client, key = rig.client, uuid4().hex
    swap = SeatsChange(lines=[LineChoice(seat=15)])
    refund = LineRefund(lines=[1], seats="free", reason="does not come")
    return {
        "read": (READ, lambda: client.order(order, token=token)),
        "seats": (CHANGE, lambda: client.change_seats(order, swap, token=token, key=key)),
        "extend": (CHANGE, lambda: client.extend(order, token=token, key=key)),
        "release": (CHANGE, lambda: client.release(order, token=token, key=key)),
        "pay": (PAY, lambda: client.pay(order, OrderPay(), token=token, key=key)),
        "close": (PAY, lambda: client.close_payment(order, token=token, key=key)),
        "sync": (PAY, lambda: client.sync(order, token=token)),
        "refund": (REFUND, lambda: client.refund(order, refund, token=token, key=key)),
    }


# Made when they are needed: tokens are short-lived.
STRANGERS = {
    "another guest": guest_token,
    "another customer": partial(person_token, "customer", sub="somebody-else"),
    "staff of another cinema": partial(person_token, "manager", cinemas=("other",)),
    "a till of another cinema": partial(person_token, "box_office", cinemas=("other",)),
    "finder of another order": partial(guest_token, order=uuid4()),
}


@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS.keys())
async def test_order_of_somebody_else_is_missing_whatever_is_asked(rig: Rig, stranger):
    token = stranger()
    order = await rig.hold([11, 12])
    version = await rig.row("SELECT version FROM orders")

    for name, (kind, call) in calls(rig, order.id, token).items():
        with pytest.raises(Problem) as raised:
            await call()
        is_no_role = isinstance(raised.value, Denied) and kind is REFUND
        assert isinstance(raised.value, OrderMissing) or is_no_role, name
    live = await rig.http.get(
        f"/orders/{order.id}/live", headers={"authorization": f"Bearer {token}"}
    )
    assert (live.status_code, live.json()["error"]) == (404, "OrderMissing")
    assert await rig.row("SELECT version FROM orders") == version
    assert await rig.claims(order.id) == [(11, "HELD"), (12, "HELD")]


async def test_missing_order_is_told_again_as_a_strangers_is(rig: Rig):
    order = await rig.hold([11, 12])
    token, told = guest_token(), []

    for sought in (order.id, uuid4()):
        headers = {"authorization": f"Bearer {token}", "idempotency-key": uuid4().hex}
        for _ in range(2):
            answer = await rig.http.post(f"/orders/{sought}/release", headers=headers)
            told.append((answer.status_code, answer.headers.get("idempotency-replayed")))

    assert told == 2 * [(404, None), (404, "true")]


ROLES = {
    "scanner": (partial(person_token, "scanner"), set()),
    "service": (partial(service_token, "auth"), set()),
    "door": (partial(person_token, "door"), {READ}),
    "kiosk": (partial(person_token, "kiosk"), {"missing"}),
}


@pytest.mark.parametrize(("caller", "may"), ROLES.values(), ids=ROLES.keys())
async def test_role_opens_what_the_table_says(rig: Rig, caller, may):
    token = caller()
    order = await rig.hold([11, 12])

    for name, (kind, call) in calls(rig, order.id, token).items():
        if kind in may:
            await call()
            continue
        problem = OrderMissing if "missing" in may and kind is not REFUND else Denied
        with pytest.raises(problem):
            await call()
        assert name
    assert await rig.state(order.id) == "HELD"


async def test_nobody_without_a_token_gets_anything(rig: Rig):
    order = await rig.hold([11, 12])

    for _, call in calls(rig, order.id, "no.token.here").values():
        with pytest.raises(Unsigned):
            await call()
    for path in ("/orders", f"/orders/{order.id}", f"/orders/{order.id}/live"):
        assert (await rig.http.get(path)).status_code == 401


async def test_staff_of_the_cinema_act_for_the_buyer(rig: Rig):
    order = await rig.hold([11, 12])
    cashier = person_token("box_office")

    await rig.client.extend(order.id, token=cashier, key=uuid4().hex)
    released = await rig.client.release(order.id, token=cashier, key=uuid4().hex)

    assert released.state == "CANCELLED"
    actors = await rig.rows("SELECT actor FROM order_event ORDER BY version")
    assert [row["actor"] for row in actors][1:] == ["box_office-1", "box_office-1"]


async def test_admin_is_at_home_everywhere(rig: Rig):
    order = await rig.hold([11, 12])

    assert await rig.client.order(order.id, token=person_token("admin", cinemas=()))


async def test_refund_is_for_managers_alone(rig: Rig):
    token = guest_token()
    order = await rig.paid([11, 12], token)
    refund = LineRefund(lines=[1], seats="free", reason="does not come")

    for caller in (token, person_token("box_office"), person_token("door")):
        with pytest.raises(Denied):
            await rig.client.refund(order, refund, token=caller, key=uuid4().hex)
    assert await rig.state(order) == "PAID"


async def test_finder_of_an_order_acts_on_that_one_alone(rig: Rig):
    owner = guest_token()
    found, other = await rig.hold([11], token=owner), await rig.hold([15])
    finder = guest_token(order=found.id)

    assert (await rig.client.order(found.id, token=finder)).id == found.id
    assert [order.id for order in (await rig.client.orders(token=finder)).orders] == [found.id]
    with pytest.raises(OrderMissing):
        await rig.client.order(other.id, token=finder)
    with pytest.raises(Denied):
        await rig.hold([18], token=finder)


async def test_owner_sees_their_orders_newest_first(rig: Rig):
    token = guest_token()
    first = await rig.paid([11, 12], token)
    second = await rig.hold([15], token=token)
    await rig.hold([18])

    mine = await rig.client.orders(token=token)

    assert [order.id for order in mine.orders] == [second.id, first]


async def test_reference_and_mailed_code_open_an_order_to_auth(rig: Rig):
    order = await rig.hold([11])
    code = lookup_code(b"look-up", order.id)
    token = service_token("auth")

    for reference in (order.reference, order.reference.lower().replace("-", " ")):
        answer = await rig.client.look_up(Lookup(reference=reference, code=code), token=token)
        assert answer.order_id == order.id
    for wrong in (
        Lookup(reference=order.reference, code="AAAA-AAAA"),
        Lookup(reference="AAAA-AAAA-AAAA", code=code),
        Lookup(reference=order.reference, code=""),
        Lookup(reference="", code=""),
    ):
        with pytest.raises(OrderMissing):
            await rig.client.look_up(wrong, token=token)
    for caller in (guest_token(), person_token("admin")):
        with pytest.raises(Denied):
            await rig.client.look_up(Lookup(reference=order.reference, code=code), token=caller)
