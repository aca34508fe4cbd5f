"""The border of the API: keys, unknown addresses, forms that are none, health."""

import subprocess
import sys

import pytest
from psycopg import AsyncConnection

from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.forms import parse
from tests.backend.onebox.stripe_simulator.rig import KEY, Rig, rig_on


@pytest.mark.integration
@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer sk_test_other", f"Digest {KEY}", "Basic %%%", "Basic eDp4"]
)
async def test_call_without_a_known_key_is_unauthorised(rig: Rig, header: str):
    reply = await rig.web.get("/v1/balance", headers={"authorization": header})

    assert (reply.status_code, reply.json()["error"]["type"]) == (401, "invalid_request_error")
    assert KEY not in reply.text


@pytest.mark.integration
async def test_key_may_come_as_the_user_of_basic(rig: Rig):
    reply = await rig.web.get("/v1/balance", auth=(KEY, ""))

    assert reply.json() == {"object": "balance", "available": [], "livemode": False, "pending": []}


@pytest.mark.integration
async def test_unknown_address_has_the_providers_shape(rig: Rig):
    for method, path in (("GET", "/v1/customers"), ("DELETE", "/v1/charges/ch_1")):
        reply = await rig.web.request(method, path, headers={"authorization": f"Bearer {KEY}"})

        assert reply.status_code == 404
        assert "Unrecognized request URL" in reply.json()["error"]["message"]
    assert (await rig.web.get("/nothing")).text == "There is nothing here."


@pytest.mark.integration
@pytest.mark.parametrize("expand", ["order", "latest_charge.balance_transaction.source.x.y", "id"])
async def test_what_cannot_be_expanded_is_refused(rig: Rig, expand: str):
    reply = await rig.web.get(
        f"/v1/payment_intents/{(await rig.intent()).id}",
        params={"expand[]": expand},
        headers={"authorization": f"Bearer {KEY}"},
    )

    assert (reply.status_code, reply.json()["error"]["param"]) == (400, "expand")


@pytest.mark.integration
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"amount=%ff", 400),
        (b"amount=1&amount[x]=2", 400),
        (b"a[b=1", 400),
        (b"a" + b"[b]" * 20 + b"=1", 400),
        (b"description=" + b"x" * 1_100_000, 413),
        ("description=ș".encode(), 400),
    ],
)
async def test_form_that_is_none_is_refused(rig: Rig, body: bytes, status: int):
    reply = await rig.web.post(
        "/v1/payment_intents", content=body, headers={"authorization": f"Bearer {KEY}"}
    )

    assert reply.status_code == status
    assert reply.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.integration
async def test_healthy_while_the_database_answers(rig: Rig):
    assert (await rig.web.get("/health/live")).status_code == 200
    assert (await rig.web.get("/health/ready")).status_code == 200


@pytest.mark.integration
async def test_operators_page_can_be_left_out(dsn: str):
    async with rig_on(dsn, shows_inspection=False) as rig:
        assert (await rig.web.get("/")).status_code == 404


@pytest.mark.integration
@pytest.mark.parametrize("identity", ["%00", "cs_%C8%99", "x" * 300])
async def test_identity_that_none_can_have_is_missing(rig: Rig, identity: str):
    signed = {"authorization": f"Bearer {KEY}"}
    for path in ("checkout/sessions", "payment_intents", "events"):
        reply = await rig.web.get(f"/v1/{path}/{identity}", headers=signed)
        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "resource_missing")
    reply = await rig.web.post(f"/v1/payment_intents/{identity}/capture", headers=signed)
    assert reply.status_code == 404
    assert (await rig.web.get(f"/c/pay/{identity}")).status_code == 404
    assert (await rig.web.get(f"/c/challenge/{identity}")).status_code == 404


@pytest.mark.integration
async def test_visitor_is_asked_to_come_again_while_the_session_is_locked(rig: Rig):
    session = await rig.session()
    lock = "SELECT FROM checkout_session WHERE id = %s FOR UPDATE"
    async with await AsyncConnection.connect(rig.dsn) as other:
        await other.execute(lock, (session.id,))

        page = await rig.web.get(f"/c/pay/{session.id}")
        refused = await rig.web.post(
            f"/v1/checkout/sessions/{session.id}/expire",
            headers={"authorization": f"Bearer {KEY}"},
        )

    assert (page.status_code, refused.status_code) == (503, 429)
    assert "busy for a moment" in page.text
    assert refused.json()["error"]["code"] == "lock_timeout"


def test_the_sdk_is_not_imported_by_the_simulator():
    code = "import sys, backend.onebox.stripe_simulator.app; sys.exit('stripe' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_form_nests():
    assert parse(b"a[b][0][c]=1&a[b][1][c]=2&expand[]=x&expand[]=y&d=%C8%99+z") == {
        "a": {"b": {"0": {"c": "1"}, "1": {"c": "2"}}},
        "expand": {"0": "x", "1": "y"},
        "d": "ș z",
    }


@pytest.mark.parametrize("encoded", [b"\xff", b"&".join([b"a=1"] * 3000), b"a[]b=1", b"[a]=1"])
def test_form_refuses(encoded: bytes):
    with pytest.raises(StripeError):
        parse(encoded)
