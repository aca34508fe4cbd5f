"""The service as it runs: by itself, and only for whom it is meant."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.kit.tokens.signer import ServiceSigner
from tests.backend.payment.rig import Rig, rig_on
from tests.support import keys

pytestmark = pytest.mark.integration
CHECKOUT = f"/checkouts/{UUID(int=1)}/1"


async def test_a_running_service_sells_by_itself(emptied):
    """Nothing is moved by hand but the buyer, the bank and movies; the poll does the rest."""
    quick = timedelta(milliseconds=100)
    pauses = {"look_first": quick, "look_last": quick, "works_every": quick}
    async with rig_on(emptied, is_running=True, **pauses) as rig:
        rig.provider.hooks.are_on = False
        await rig.provider.press((await rig.open()).url)
        await rig.heard.until("authorised")
        await rig.ask_capture()
        await rig.heard.until("captured")
        health = await rig.service.http.get("/health/ready")

    assert rig.heard.types() == ["opened", "authorised", "captured"]
    assert health.status_code == 200


def bearer(service: str) -> dict[str, str]:
    token = ServiceSigner(service, keys.private(service)).token("payment")
    return {"authorization": f"Bearer {token}", "idempotency-key": uuid4().hex}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", CHECKOUT),
        ("GET", CHECKOUT),
        ("POST", f"{CHECKOUT}/sync"),
        ("GET", f"/refunds/{UUID(int=1)}"),
        ("GET", "/reconciliation"),
    ],
)
async def test_nobody_comes_in_without_a_token(rig: Rig, method, path):
    answer = await rig.service.http.request(method, path)

    assert (answer.status_code, answer.json()["error"]) == (401, "Unsigned")


@pytest.mark.parametrize(("method", "tail"), [("PUT", ""), ("GET", ""), ("POST", "/sync")])
async def test_only_movies_opens_and_looks(rig: Rig, method, tail):
    body = rig.checkout(order_id=UUID(int=1)).model_dump(mode="json")

    answer = await rig.service.http.request(
        method, CHECKOUT + tail, headers=bearer("auth"), json=body if method == "PUT" else None
    )

    assert (answer.status_code, answer.json()["error"]) == (403, "Denied")


async def test_a_service_may_not_read_the_differences(rig: Rig):
    answer = await rig.service.http.get("/reconciliation", headers=bearer("movies"))

    assert answer.status_code == 403


async def test_an_unknown_attempt_is_missing(rig: Rig):
    read = await rig.service.http.get(CHECKOUT, headers=bearer("movies"))
    looked = await rig.service.http.post(f"{CHECKOUT}/sync", headers=bearer("movies"))

    assert {read.status_code, looked.status_code} == {404}


async def test_a_command_needs_its_header_and_its_own_address(rig: Rig):
    body = rig.checkout().model_dump(mode="json")
    headers = bearer("movies")

    elsewhere = await rig.service.http.put(CHECKOUT, headers=headers, json=body)
    del headers["idempotency-key"]
    unkeyed = await rig.service.http.put(f"/checkouts/{rig.order}/1", headers=headers, json=body)

    assert (elsewhere.status_code, elsewhere.json()["error"]) == (422, "Malformed")
    assert (unkeyed.status_code, unkeyed.json()["error"]) == (400, "IdempotencyKeyMissing")
    assert await rig.rows("SELECT 1 FROM attempt") == []


@pytest.mark.parametrize("number", [0, 100, 99999])
async def test_an_attempt_has_a_number_of_two_digits(rig: Rig, number):
    answer = await rig.service.http.get(
        f"/checkouts/{rig.order}/{number}", headers=bearer("movies")
    )

    assert answer.status_code == 422


async def test_the_return_page_is_told_when_the_provider_does_not_answer(rig: Rig):
    await rig.open()
    rig.wire.is_cut = True

    answer = await rig.service.http.post(f"/checkouts/{rig.order}/1/sync", headers=bearer("movies"))

    assert (answer.status_code, answer.json()["error"]) == (503, "Unavailable")
    assert answer.headers["retry-after"] == "2"


async def test_a_refund_is_read_by_its_id(rig: Rig):
    await rig.captured()
    this = await rig.ask_refund(1000)
    await rig.settle()

    answer = await rig.service.http.get(f"/refunds/{this}", headers=bearer("movies"))
    other = await rig.service.http.get(f"/refunds/{uuid4()}", headers=bearer("movies"))

    assert answer.json()["state"] == "SUCCEEDED"
    assert answer.json()["amount_minor"] == 1000
    assert other.status_code == 404


async def test_opening_while_the_provider_is_down_is_answered_at_once_and_done_later(rig: Rig):
    rig.wire.is_cut = True
    opened = await rig.open()

    rig.wire.is_cut = False
    await rig.later()

    assert (opened.state, opened.url) == ("UNKNOWN", None)
    assert rig.heard.types() == ["opened"]
