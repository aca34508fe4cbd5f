"""The key of an order: once, whoever repeats it, in one process and over two."""

import asyncio
from collections import Counter

import pytest

from backend.contracts.problems_orders import OrderOver, SeatTaken
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

pytestmark = pytest.mark.integration


def _body(rig: Rig, *seats: int) -> dict:
    lines = [{"seat": seat} for seat in seats]
    return {"screening_id": str(rig.cinema.screening), "lines": lines}


async def _send(rig: Rig, token: str, key: str | None, *seats: int):
    headers = {"authorization": f"Bearer {token}"}
    if key is not None:
        headers["idempotency-key"] = key
    return await rig.post(_body(rig, *seats), **headers)


def _order(answer) -> dict:
    """Return what was answered, but for the seconds that passed since."""
    return {name: value for name, value in answer.json().items() if name != "expires_in_s"}


async def _orders(rig: Rig) -> int:
    return len(await rig.rows("SELECT 1 FROM orders"))


@pytest.mark.parametrize(
    "key", [None, "", "short-7", "x" * 65, "with space", "tab\tinside", "ă" * 9]
)
async def test_order_without_a_usable_key_is_refused(rig: Rig, key):
    key = key.encode() if key else key
    answer = await _send(rig, guest_token(), key, 11)

    assert (answer.status_code, answer.json()["error"]) == (400, "IdempotencyKeyMissing")
    assert await _orders(rig) == 0


async def test_same_request_again_is_answered_the_same(rig: Rig):
    token = guest_token()

    first = await _send(rig, token, "key-00001", 11, 12)
    again = await _send(rig, token, "key-00001", 11, 12)

    assert [first.status_code, again.status_code] == [201, 201]
    assert _order(first) == _order(again)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert await _orders(rig) == 1


async def test_other_request_under_the_same_key_is_refused(rig: Rig):
    token = guest_token()
    await _send(rig, token, "key-00001", 11)

    for seats in ((15,), (11, 12)):
        answer = await _send(rig, token, "key-00001", *seats)
        assert (answer.status_code, answer.json()["error"]) == (422, "IdempotencyKeyReused")
    assert await _orders(rig) == 1


async def test_key_of_another_buyer_is_another_key(rig: Rig):
    first = await _send(rig, guest_token(), "key-00001", 11)
    other = await _send(rig, guest_token(), "key-00001", 15)

    assert [first.status_code, other.status_code] == [201, 201]


async def test_refusal_is_not_kept_and_the_key_stays_free(rig: Rig):
    rival, token = guest_token(), guest_token()
    order = await rig.hold([11], token=rival)
    assert (await _send(rig, token, "key-00001", 11)).status_code == 409
    await rig.client.release(order.id, token=rival, key="let-it-go")

    answer = await _send(rig, token, "key-00001", 11)

    assert (answer.status_code, "idempotency-replayed" in answer.headers) == (201, False)


async def test_answer_told_again_grants_only_what_is_left(rig: Rig):
    token = guest_token()
    first = await _send(rig, token, "key-00001", 11)
    left = []

    for age in ("4 minutes", "9 minutes"):
        await rig.run("UPDATE idempotency SET made_at = clock_timestamp() - %s::interval", age)
        left.append((await _send(rig, token, "key-00001", 11)).json()["expires_in_s"])

    assert first.json()["expires_in_s"] == 600.0
    assert left == [pytest.approx(360.0, abs=5), pytest.approx(60.0, abs=5)]


async def test_old_answer_counts_whatever_has_changed_since(rig: Rig):
    token = guest_token()
    first = await _send(rig, token, "key-00001", 11)
    changes = [
        "UPDATE ticket_type SET archived_at = clock_timestamp()",
        "UPDATE price_card_version SET rules = '[]'",
        "UPDATE screening SET state = 'cancelled'",
        "UPDATE screening SET state = 'draft'",
    ]
    for change in changes:
        await rig.run(change)
        rig.parts.offers.forget(rig.cinema.screening)

        again = await _send(rig, token, "key-00001", 11)
        assert (again.status_code, _order(again)) == (201, _order(first))


async def test_duplicates_at_once_make_one_order(rig: Rig):
    token = guest_token()

    answers = await asyncio.gather(*(_send(rig, token, "key-00001", 11, 12) for _ in range(20)))

    assert Counter(answer.status_code for answer in answers) == {201: 20}
    assert all(_order(answer) == _order(answers[0]) for answer in answers)
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 19
    assert await _orders(rig) == 1


async def test_duplicates_over_two_processes_make_one_order(rig: Rig, second: Rig):
    token = guest_token()
    senders = [rig, second] * 8

    answers = await asyncio.gather(*(_send(one, token, "key-00001", 11, 12) for one in senders))

    assert Counter(answer.status_code for answer in answers) == {201: 16}
    assert all(_order(answer) == _order(answers[0]) for answer in answers)
    assert await _orders(rig) == 1


async def test_change_under_one_key_acts_once(rig: Rig, second: Rig):
    token = guest_token()
    order = await rig.hold([11], token=token)

    answers = await asyncio.gather(
        *(one.client.extend(order.id, token=token, key="extend-once") for one in [rig, second] * 4)
    )

    assert {answer.extensions_left for answer in answers} == {1}
    assert len(await rig.rows("SELECT 1 FROM order_event")) == 2


async def test_refused_change_leaves_no_key(rig: Rig):
    token = guest_token()
    order = await rig.paid([11, 12], token)
    with pytest.raises(OrderOver):
        await rig.client.extend(order, token=token, key="too-late-1")

    kept = await rig.rows("SELECT 1 FROM idempotency WHERE key = 'too-late-1'")
    assert kept == []
    with pytest.raises(SeatTaken):
        await rig.hold([11])
