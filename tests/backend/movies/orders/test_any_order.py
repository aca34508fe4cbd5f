"""Messages late, thrice and shuffled (F10): a sale ends as if they had come once and in order."""

import random
from uuid import uuid4

import pytest

from backend.contracts.messages import (
    Envelope,
    OrderPaid,
    PaymentCaptureRequested,
    PaymentCloseRequested,
    TicketsIssued,
)
from tests.backend.movies.payment import authorised, captured, closed, envelope, failed, opened
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration


async def _deliver(rig: Rig, letters: list[Envelope], seed: int) -> None:
    """Deliver each letter three times in some order, and what was refused again at the end."""
    shuffled = letters * 3
    random.Random(seed).shuffle(shuffled)
    late = [one for one in shuffled if not (await rig.deliver(one)).is_accepted]
    for one in late:
        assert (await rig.deliver(one)).is_accepted


@pytest.mark.parametrize("seed", range(6))
async def test_sale_ends_issued_with_one_of_each(rig: Rig, seed):
    order = await rig.paying([11, 12])
    tickets = TicketsIssued.model_validate(
        {"order_id": order, "tickets": {1: uuid4(), 2: uuid4()}, "issued_at": "2026-05-01T12:00Z"}
    )
    await _deliver(
        rig, [envelope(e) for e in (opened(order), authorised(order), captured(order))], seed
    )
    await _deliver(rig, [envelope(tickets), envelope(captured(order))], seed)

    assert await rig.state(order) == "ISSUED"
    assert await rig.claims(order) == [(11, "SOLD"), (12, "SOLD")]
    assert len(await rig.told(order, OrderPaid)) == 1
    assert len(await rig.told(order, PaymentCaptureRequested)) <= 1
    versions = await rig.rows("SELECT version FROM order_event ORDER BY version")
    assert [row["version"] for row in versions] == list(range(1, len(versions) + 1))


@pytest.mark.parametrize("seed", range(4))
async def test_closed_and_failed_attempts_end_with_nothing_sold(rig: Rig, seed):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await rig.client.close_payment(order, token=token, key="close-it-1")
    ended = closed(order, version=4) if seed % 2 else failed(order, version=4)

    await _deliver(rig, [envelope(e) for e in (opened(order), authorised(order), ended)], seed)

    state = await rig.state(order)
    held = [(11, "HELD"), (12, "HELD")]
    assert (state, await rig.claims(order)) in [("EXPIRED", []), ("HELD", held)]
    # An older word of a reservation asks for nothing any more: only the buyer's wish was sent.
    assert [one.reason for one in await rig.told(order, PaymentCloseRequested)] == ["buyer"]
    assert await rig.told(order, OrderPaid) == []


@pytest.mark.parametrize("seed", range(4))
async def test_two_attempts_of_which_the_second_pays(rig: Rig, seed):
    token = guest_token()
    order = await rig.paying([11, 12], token)
    await rig.client.close_payment(order, token=token, key="close-it-1")
    first = [envelope(opened(order)), envelope(closed(order, version=3))]
    await _deliver(rig, first, seed)
    await rig.pay(order, token)

    second = [envelope(e) for e in (opened(order, 2), authorised(order, 2), captured(order, 2))]
    await _deliver(rig, first + second, seed)

    assert await rig.state(order) == "PAID"
    assert len(await rig.told(order, OrderPaid)) == 1
