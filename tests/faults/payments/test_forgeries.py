"""F18: webhooks that the provider never sent, and a provider that shows other figures than ours."""

import json
import time
from collections import Counter
from functools import partial
from typing import Any
from uuid import uuid4

import pytest

from backend.onebox.stripe_simulator.deliveries import signature
from tests.faults.amounts import amount
from tests.faults.payments.ends import End, ends_of, until_they_are
from tests.faults.payments.provider import Provider, rows_of
from tests.faults.payments.visits import PAIR_MINOR, Visit
from tests.faults.rig.scenario import Scenario
from tests.faults.rig.wire import Wire

AT_ONCE = 16
VICTIMS = 6
ALTERED: tuple[dict[str, Any], ...] = ({"amount": 100}, {"currency": "eur"}, {"livemode": True})


def told(order: str, *, livemode: bool = False, amount_minor: int = PAIR_MINOR) -> bytes:
    """Return an event that says that an order is paid."""
    thing = {
        "id": f"cs_test_{uuid4().hex}",
        "object": "checkout.session",
        "client_reference_id": f"{order}.1",
        "amount_total": amount_minor,
        "currency": "ron",
        "payment_status": "paid",
        "status": "complete",
    }
    event = {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": "checkout.session.completed",
        "livemode": livemode,
        "created": int(time.time()),
        "data": {"object": thing},
    }
    return json.dumps(event).encode()


def forged(kind: int, order: str, secret: str, genuine: bytes) -> tuple[bytes, str]:
    """Return a body and a signature that do not belong together, or not to us, or not to now."""
    now, body = int(time.time()), told(order)
    if kind == 0:
        return body, signature(body, "whsec_of_somebody_else", now)
    if kind == 1:
        return genuine, signature(genuine, secret, now - 301)
    if kind == 2:
        live = told(order, livemode=True)
        return live, signature(live, secret, now)
    if kind == 3:
        return told(order, amount_minor=1), signature(told(order), secret, now)
    return body, f"t={now},v1="


async def post(wire: Wire, body: bytes, signed: str) -> int:
    headers = {"content-type": "application/json", "stripe-signature": signed}
    return (await wire.request("POST", "/webhooks/stripe", headers=headers, body=body)).status


@pytest.mark.fault("F18")
async def test_forged_webhooks_are_refused_and_give_no_ticket(
    scenario: Scenario, provider: Provider
):
    show = await scenario.house.show(seats=2 * (VICTIMS + len(ALTERED)))
    victims = [Visit(scenario, provider, show) for _ in range(VICTIMS)]
    for place, visit in enumerate(victims):
        await visit.hold(place)
        if place % 2:
            await visit.page()
    states = await ends_of(scenario, provider, [visit.order for visit in victims])
    genuine = await one_event(scenario)
    secret = scenario.cinema.secrets.webhook_secret
    kept = await scenario.count("payment", "webhook_event")
    wire = Wire(scenario.cinema.addresses["payment"])

    async def attack(number: int) -> int:
        victim = victims[number % VICTIMS]
        return await post(wire, *forged(number % 5, victim.order, secret, genuine))

    answers = await scenario.crowd(
        [partial(attack, number) for number in range(amount("F18"))], AT_ONCE
    )
    await wire.close()
    scenario.tally.runs = len(answers)
    after = await ends_of(scenario, provider, list(states))
    grown = await scenario.count("payment", "webhook_event") - kept
    altered = await altered_ends(scenario, provider, show_from=VICTIMS, visits=show)
    for visit in victims:
        await visit.leave()

    assert Counter(answers) == {400: amount("F18")}
    assert (grown, after) == (0, states)
    assert altered == [End("REVIEW", 0, 0, 0, 0)] * len(ALTERED)
    await scenario.judge()


async def altered_ends(
    scenario: Scenario, provider: Provider, *, show_from: int, visits: Any
) -> list[End]:
    """Let the provider show other figures than it was asked for, and the buyer pay all the same."""
    wanted: dict[str, End] = {}
    for place, change in enumerate(ALTERED):
        visit = Visit(scenario, provider, visits)
        await visit.hold(show_from + place)
        page = await visit.page()
        session = (await provider.only(visit.order)).session_id
        await provider.act("alter", session=session, **change)
        await visit.press_at(page)
        wanted[visit.order] = End("REVIEW", 0, 0, 0, 0)
    return list((await until_they_are(scenario, provider, wanted)).values())


async def one_event(scenario: Scenario) -> bytes:
    """Return an event that the provider really sent, as it sent it."""
    rows = await rows_of(scenario, "simulator", "SELECT body FROM event ORDER BY seq LIMIT 1")
    return json.dumps(rows[0]["body"]).encode() if rows else told(str(uuid4()))
