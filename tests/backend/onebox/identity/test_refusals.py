"""What the protocol's endpoints refuse, and in which words."""

import asyncio

import pytest

from tests.backend.onebox.identity.browser import CALLBACK, returned
from tests.backend.onebox.identity.client import EMAIL, PASSWORD, PROTOCOL, SECRET

pytestmark = pytest.mark.integration


async def redeem(client, begun, location, **changed):
    code = location.split("code=")[1].split("&")[0]
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "code_verifier": begun.verifier,
    }
    form = {name: value for name, value in {**form, **changed}.items() if value is not None}
    return await client.post("token", **form)


async def walked(browser, client):
    begun = client.begin()
    await browser.open(begun.address)
    response = await browser.submit(username=EMAIL, password=PASSWORD)
    return begun, response.headers["location"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"response_type": "id_token token"}, "unauthorized_client"),
        ({"response_type": "code id_token"}, "unauthorized_client"),
        ({"response_type": "device"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": "openid admin"}, "invalid_scope"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "http://169.254.169.254/"}, "request_uri_not_supported"),
        ({"nonce": "n" * 3000}, "invalid_request"),
    ],
)
async def test_authorization_refuses(browser, client, change, error):
    begun = client.begin()

    answer = returned(await browser.open(begun.changed(**change)))

    assert (answer["error"], answer["state"]) == (error, begun.state)


async def test_authorization_refuses_doubled_parameters(browser, client):
    answer = returned(await browser.open(client.begin().address + "&nonce=twice"))

    assert answer["error"] == "invalid_request"


@pytest.mark.parametrize(
    "target",
    [
        "http://evil.example/auth/callback",
        "http://localhost:8081/auth/callback/../evil",
        "http://localhost:8081/auth/callback?next=evil",
        "http://localhost:8081/auth/callback#x",
        "http://localhost:8081@evil.example/auth/callback",
        "http://localhost:8082/auth/callback",
        "http://127.0.0.1:8081/auth/callback",
        "https://localhost:8081/auth/callback",
        "HTTP://LOCALHOST:8081/auth/callback",
        "//evil.example",
        "javascript:alert(1)",
        "",
        None,
    ],
)
async def test_unregistered_return_address_gets_nobody(browser, client, target):
    response = await browser.open(client.begin().changed(redirect_uri=target))

    assert response.status_code == 400
    assert "location" not in response.headers
    assert browser.title == "This link leads nowhere safe"


@pytest.mark.parametrize("client_id", ["nobody", "", None, "web\x00", "' OR 1=1 --"])
async def test_unknown_client_gets_nobody(browser, client, client_id):
    response = await browser.open(client.begin().changed(client_id=client_id))

    assert response.status_code == 400
    assert browser.title == "This link leads nowhere safe"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:49152/elsewhere",
        "http://localhost:49152/signed-in",
        "http://127.0.0.1:49152/signed-in?x=1",
        "http://127.0.0.1:99999/signed-in",
        "http://127.0.0.1:80@evil.example/signed-in",
        "https://127.0.0.1:49152/signed-in",
    ],
)
async def test_loopback_return_may_differ_in_its_port_alone(browser, client, target):
    address = client.begin().changed(client_id="staff-desktop", redirect_uri=target)

    assert (await browser.open(address)).status_code == 400


@pytest.mark.parametrize(
    "change",
    [
        {"code_verifier": "a" * 43},
        {"code_verifier": "short"},
        {"code_verifier": None},
        {"redirect_uri": "http://localhost:8081/"},
        {"redirect_uri": None},
        {"code": "unknown"},
    ],
)
async def test_code_is_worthless_when_anything_differs(browser, client, change):
    begun, location = await walked(browser, client)

    answer = await redeem(client, begun, location, **change)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


async def test_code_shown_with_a_wrong_verifier_is_used_up(browser, client):
    begun, location = await walked(browser, client)
    await redeem(client, begun, location, code_verifier="a" * 43)

    assert (await redeem(client, begun, location)).json()["error"] == "invalid_grant"


async def test_code_of_another_client_is_refused(browser, client):
    begun, location = await walked(browser, client)
    code = location.split("code=")[1]

    answer = await browser.http.post(
        f"{PROTOCOL}/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "staff-desktop",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": begun.verifier,
        },
    )

    assert answer.json()["error"] == "invalid_grant"


async def test_code_used_twice_takes_its_tokens_back(browser, client):
    begun, location = await walked(browser, client)
    first = (await redeem(client, begun, location)).json()

    second = await redeem(client, begun, location)
    refreshed = await client.post(
        "token", grant_type="refresh_token", refresh_token=first["refresh_token"]
    )

    assert second.json()["error"] == "invalid_grant"
    assert refreshed.json()["error"] == "invalid_grant"


async def test_code_shown_many_times_at_once_is_good_once(browser, client):
    begun, location = await walked(browser, client)

    answers = await asyncio.gather(*(redeem(client, begun, location) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400, 400, 400]


async def test_code_expires(app, browser, client):
    begun, location = await walked(browser, client)
    async with app.state.parts.database.connection() as connection:
        await connection.execute("UPDATE authorization_code SET expires_at = now()")

    assert (await redeem(client, begun, location)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": "password", "username": EMAIL}, 400, "unauthorized_client"),
        ({"grant_type": "client_credentials"}, 400, "unauthorized_client"),
        ({"grant_type": "magic"}, 400, "unsupported_grant_type"),
        ({}, 400, "invalid_request"),
        ({"grant_type": "authorization_code"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "x.y.z"}, 400, "invalid_grant"),
    ],
)
async def test_token_endpoint_refuses(client, form, status, error):
    answer = await client.post("token", **form)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "proof",
    [
        {"auth": ("web", "wrong")},
        {"auth": ("nobody", SECRET)},
        {"data": {"client_id": "web"}},
        {"data": {"client_id": "web", "client_secret": "wrong"}},
        {"headers": {"Authorization": "Basic !!!"}},
        {},
    ],
)
async def test_client_must_prove_itself(browser, proof):
    data = {"grant_type": "refresh_token", "refresh_token": "x", **proof.pop("data", {})}

    answer = await browser.http.post(f"{PROTOCOL}/token", data=data, **proof)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("kind", ["id_token", "refresh_token", "none", "missing"])
async def test_userinfo_takes_access_tokens_only(browser, client, kind):
    tokens = await client.signed_in(browser)
    bearer = {"none": "x.y.z", "missing": ""}.get(kind) or tokens.get(kind, "")

    answer = await browser.http.get(
        f"{PROTOCOL}/userinfo", headers={"Authorization": f"Bearer {bearer}".strip()}
    )

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a=1&a=2", b"a=%00", b"&".join([b"a=1"] * 99)])
async def test_broken_bodies_are_refused(browser, body):
    answer = await browser.http.post(
        f"{PROTOCOL}/token",
        content=body,
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_large_bodies_are_refused(browser):
    answer = await browser.http.post(f"{PROTOCOL}/token", data={"a": "x" * 100_000})

    assert answer.status_code == 413
