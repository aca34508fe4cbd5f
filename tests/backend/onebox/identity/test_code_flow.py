"""The whole authorization code flow, as the auth service and a browser walk it."""

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.backend.onebox.identity.browser import CALLBACK, returned
from tests.backend.onebox.identity.client import EMAIL, PASSWORD, PROTOCOL, REALM

pytestmark = pytest.mark.integration


async def decoded(browser, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    keys = KeySet.import_key_set((await browser.http.get(f"{PROTOCOL}/certs")).json())
    decoded = jwt.decode(token, keys, algorithms=["RS256"])
    return decoded.header, decoded.claims


async def test_flow_returns_state_and_issuer_with_the_code(browser, client):
    begun = client.begin()
    await browser.open(begun.address)

    response = await browser.submit(username=EMAIL, password=PASSWORD)

    answer = returned(response)
    assert response.status_code == 303
    assert sorted(answer) == ["code", "iss", "session_state", "state"]
    assert answer["state"] == begun.state
    assert answer["iss"] == REALM


async def test_access_token_has_keycloak_shape(browser, client):
    tokens = await client.signed_in(browser)

    header, claims = await decoded(browser, tokens["access_token"])

    assert header["alg"] == "RS256"
    assert header["typ"] == "JWT"
    assert sorted(header) == ["alg", "kid", "typ"]
    assert claims["exp"] - claims["iat"] == tokens["expires_in"] == 300
    assert claims["sid"] == tokens["session_state"]
    varying = ("exp", "iat", "auth_time", "jti", "sub", "sid")
    assert {name: value for name, value in claims.items() if name not in varying} == {
        "iss": REALM,
        "aud": ["movies", "ticket"],
        "typ": "Bearer",
        "azp": "web",
        "acr": "1",
        "realm_access": {"roles": ["customer", "manager"]},
        "scope": "openid email profile",
        "cinemas": ["cinema-mesh"],
        "email": EMAIL,
        "email_verified": True,
        "name": "Ana Pop",
        "preferred_username": EMAIL,
        "locale": "ro",
    }


async def test_id_token_is_bound_to_client_and_nonce(browser, client):
    begun = client.begin()
    await browser.open(begun.address)
    response = await browser.submit(username=EMAIL, password=PASSWORD)
    tokens = await client.exchange(begun, response.headers["location"])

    _, claims = await decoded(browser, tokens["id_token"])

    assert (claims["aud"], claims["azp"], claims["typ"]) == ("web", "web", "ID")
    assert claims["nonce"] == begun.nonce
    assert "realm_access" not in claims


async def test_userinfo_describes_the_person(browser, client):
    tokens = await client.signed_in(browser)

    answer = await browser.http.get(
        f"{PROTOCOL}/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )

    claims = answer.json()
    del claims["sub"]
    assert claims == {
        "email": EMAIL,
        "email_verified": True,
        "name": "Ana Pop",
        "preferred_username": EMAIL,
        "locale": "ro",
        "cinemas": ["cinema-mesh"],
    }


async def test_second_sign_in_needs_no_password(browser, client):
    first = await client.signed_in(browser)
    begun = client.begin()

    response = await browser.open(begun.address)

    tokens = await client.exchange(begun, response.headers["location"])
    assert tokens["session_state"] == first["session_state"]


@pytest.mark.parametrize("wish", [{"prompt": "login"}, {"max_age": "0"}])
async def test_client_can_demand_the_password_again(browser, client, wish):
    first = await client.signed_in(browser)

    await browser.open(client.begin(**wish).address)
    assert browser.title == "Sign in"
    response = await browser.submit(username=EMAIL, password=PASSWORD)

    assert returned(response)["session_state"] == first["session_state"]


async def test_prompt_none_never_shows_a_page(browser, client):
    response = await browser.open(client.begin(prompt="none").address)
    assert returned(response)["error"] == "login_required"

    await client.signed_in(browser)
    response = await browser.open(client.begin(prompt="none").address)
    assert "code" in returned(response)


async def test_login_hint_and_language_reach_the_form(browser, client):
    await browser.open(client.begin(login_hint="ion@mesh.example", ui_locales="ro en").address)

    assert browser.title == "Intră în cont"
    assert browser.form.fields["username"] == "ion@mesh.example"


@pytest.mark.parametrize(
    ("endpoint", "more"),
    [("registrations", {}), ("auth", {"prompt": "create"}), ("auth", {"kc_action": "register"})],
)
async def test_registration_can_be_asked_for(browser, client, endpoint, more):
    await browser.open(client.begin(endpoint, **more).address)

    assert browser.title == "Make an account"


async def test_public_client_returns_to_any_loopback_port(browser, client):
    begun = client.begin()
    address = begun.changed(
        client_id="staff-desktop", redirect_uri="http://127.0.0.1:49152/signed-in"
    )
    await browser.open(address)
    response = await browser.submit(username=EMAIL, password=PASSWORD)
    code = response.headers["location"].split("code=")[1].split("&")[0]

    answer = await browser.http.post(
        f"{PROTOCOL}/token",
        data={
            "grant_type": "authorization_code",
            "client_id": "staff-desktop",
            "code": code,
            "redirect_uri": "http://127.0.0.1:49152/signed-in",
            "code_verifier": begun.verifier,
        },
    )

    _, claims = await decoded(browser, answer.json()["access_token"])
    assert claims["aud"] == "movies"
    assert claims["realm_access"] == {"roles": ["manager"]}


async def test_discovery_names_what_the_realm_does(browser):
    found = (await browser.http.get(f"{REALM}/.well-known/openid-configuration")).json()

    assert found["issuer"] == REALM
    assert found["authorization_endpoint"] == f"{PROTOCOL}/auth"
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["response_types_supported"] == ["code"]


async def test_certificates_hold_no_private_part(browser):
    (key,) = (await browser.http.get(f"{PROTOCOL}/certs")).json()["keys"]

    assert sorted(key) == ["alg", "e", "kid", "kty", "n", "use"]


async def test_key_rotation_keeps_older_tokens_good(app, browser, client):
    before = await client.signed_in(browser)
    kid = await app.state.parts.keys.rotate()

    header, _ = await decoded(browser, before["access_token"])
    response = await browser.open((begun := client.begin()).address)
    after = await client.exchange(begun, response.headers["location"])

    assert header["kid"] != kid
    assert (await decoded(browser, after["access_token"]))[0]["kid"] == kid


async def test_session_cookie_is_out_of_reach_of_scripts(browser, client):
    await browser.open(client.begin().address)
    response = await browser.submit(username=EMAIL, password=PASSWORD)

    (cookie,) = response.headers.get_list("set-cookie")
    name, *flags = cookie.split("; ")
    assert name.startswith("mm_identity_session=")
    assert sorted(flags) == ["HttpOnly", "Path=/", "SameSite=lax"]
    assert response.headers["location"].startswith(CALLBACK)
