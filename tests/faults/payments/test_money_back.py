"""F20: money that is taken twice, given back elsewhere, comes back, or is disputed (E7 to E18)."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import uuid4

import pytest

from tests.faults.amounts import amount
from tests.faults.payments.ends import End, give_back, until_they_are
from tests.faults.payments.provider import Provider, rows_of
from tests.faults.payments.visits import PAIR_MINOR, PRICE_MINOR, SOLD, Visit, kinds
from tests.faults.rig.scenario import Scenario

AT_ONCE = 12
# Else the cinema might end a payment of nobody before the test has paid it.
UNSEEN = {"fault": "503", "operations": ["session.list"]}


async def second_payment(provider: Provider, reference: str, *, is_taken: bool = True) -> None:
    """Let a page of the same reference be made and paid behind our back."""
    order, _, number = reference.partition(".")
    names = {"order": order, "attempt": number, "environment": "onebox"}
    noted = {f"metadata[{name}]": value for name, value in names.items()}
    line = "line_items[0][price_data]"
    session = await provider.api(
        "/v1/checkout/sessions",
        {
            "mode": "payment",
            "success_url": "http://localhost/",
            "client_reference_id": reference,
            "expires_at": str(int(time.time()) + 2_100),
            "line_items[0][quantity]": "1",
            f"{line}[currency]": "ron",
            f"{line}[unit_amount]": str(PAIR_MINOR),
            f"{line}[product_data][name]": "Seats",
            "payment_intent_data[capture_method]": "manual",
            **noted,
            **{f"payment_intent_data[{name[:8]}]{name[8:]}": v for name, v in noted.items()},
        },
    )
    await provider.press(session["url"])
    if is_taken:
        paid = await provider.api(f"/v1/checkout/sessions/{session['id']}")
        await provider.act("capture", intent=paid["payment_intent"])


async def twice(_: Scenario, provider: Provider, visit: Visit) -> None:
    """E10: two payments of one order are both captured."""
    await visit.buy()
    await second_payment(provider, f"{visit.order}.1")


async def taken_early(_: Scenario, provider: Provider, visit: Visit) -> None:
    """E7: the account takes the money by itself, before or after we do."""
    await visit.press()
    payment = await provider.only(visit.order)
    await provider.try_to("capture", intent=payment.intent_id)


async def told_again(scenario: Scenario, provider: Provider, visit: Visit) -> None:
    """E11: an old event comes once more."""
    await visit.buy()
    intent = await visit.intent()
    old = await rows_of(
        scenario,
        "simulator",
        "SELECT id FROM event WHERE body #>> '{data,object,id}' = %s ORDER BY seq LIMIT 1",
        intent,
    )
    await provider.act("event", event=old[0]["id"])


async def bounced(scenario: Scenario, provider: Provider, visit: Visit) -> None:
    """E17: a refund that was done fails; its seat is free and stays so."""
    await visit.buy()
    assert await give_back(scenario, visit.order, [1]) == 200
    await until_they_are(
        scenario,
        provider,
        {visit.order: End("PART_REFUNDED", 1, PAIR_MINOR, PRICE_MINOR, 1)},
    )
    (refund,) = await rows_of(
        scenario,
        "payment",
        "SELECT provider_id FROM refund WHERE order_id = %s::uuid",
        visit.order,
    )
    await provider.act("fail_refund", refund=refund["provider_id"])


async def disputed(scenario: Scenario, _: Provider, visit: Visit) -> None:
    """E18: disputed money is not given back a second time."""
    await visit.buy()
    await visit.act("dispute")
    await until_disputed(scenario, visit.order)
    assert await give_back(scenario, visit.order, [1]) == 200


async def until_disputed(scenario: Scenario, order: str) -> None:
    """Wait until payment knows of the dispute; whoever compares the ends sees if it never does."""
    for _ in range(100):
        if await scenario.count(
            "payment", "attempt WHERE is_disputed AND order_id = %s::uuid", order
        ):
            return
        await asyncio.sleep(0.2)


async def _elsewhere(
    kind: Callable[[Visit], Awaitable[None]], _: Scenario, _provider: Provider, visit: Visit
) -> None:
    """E16: the dashboard gives all or a part back."""
    await kind(visit)


Doing = Callable[[Scenario, Provider, Visit], Awaitable[None]]
ELSEWHERE = [kind for name, kind in kinds().items() if name.startswith("dashboard")]
KINDS: tuple[tuple[Doing, End], ...] = (
    (twice, End("ISSUED", 2, 2 * PAIR_MINOR, PAIR_MINOR, 1)),
    (taken_early, SOLD),
    (told_again, SOLD),
    (bounced, End("REVIEW", 1, PAIR_MINOR, 0, 1)),
    (disputed, End("REVIEW", 1, PAIR_MINOR, 0, 1)),
    *((partial(_elsewhere, kind), end) for kind, end in ELSEWHERE),
)


@pytest.mark.fault("F20")
async def test_money_that_moves_elsewhere_moves_once(scenario: Scenario, provider: Provider):
    """Each order ends by the table, and nobody's payment is ended or given back."""
    every = [kind for kind in KINDS for _ in range(amount("F20"))]
    show = await scenario.house.show(seats=2 * len(every))
    strangers = [f"{uuid4()}.1" for _ in range(2 * amount("F20"))]

    async def one(place: int, doing: Doing) -> str:
        visit = Visit(scenario, provider, show)
        await visit.hold(place)
        await doing(scenario, provider, visit)
        return visit.order

    await provider.fault(calls=[UNSEEN])
    for number, stranger in enumerate(strangers):
        await second_payment(provider, stranger, is_taken=number % 2 == 0)
    orders = await scenario.crowd(
        [partial(one, place, doing) for place, (doing, _) in enumerate(every)], AT_ONCE
    )
    await provider.end()
    scenario.tally.runs = len(orders) + len(strangers)
    wanted = {order: end for order, (_, end) in zip(orders, every, strict=True)}

    assert await until_they_are(scenario, provider, wanted) == wanted
    await scenario.judge(*await kept_of(provider, strangers), *await sold_again(scenario, orders))


async def kept_of(provider: Provider, references: list[str]) -> list[str]:
    """Find payments of nobody that still hold or reserve money."""
    orders = [reference.partition(".")[0] for reference in references]
    return [
        f"{one} of nobody is kept"
        for payments in (await provider.payments(orders)).values()
        for one in payments
        if one.taken_minor != one.back_minor or one.status == "requires_capture"
    ]


async def sold_again(scenario: Scenario, orders: list[str]) -> list[str]:
    """Find refunded lines of orders under review whose seat was taken back."""
    rows = await rows_of(
        scenario,
        "movies",
        "SELECT l.order_id::text AS id, l.line_no FROM order_line l"
        " JOIN orders o ON o.id = l.order_id JOIN seat_claim k"
        " ON k.order_id = o.id AND k.line_no = l.line_no AND k.state <> 'BLOCKED'"
        " WHERE o.id = ANY(%s::uuid[]) AND o.state = 'REVIEW' AND l.state <> 'LIVE'",
        orders,
    )
    return [f"line {row['line_no']} of {row['id']} has its seat again" for row in rows]
