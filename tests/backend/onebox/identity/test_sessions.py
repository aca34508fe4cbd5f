"""Refresh tokens, revocation and the end of sessions."""

import pytest

from tests.backend.onebox.identity.browser import ORIGIN
from tests.backend.onebox.identity.client import PROTOCOL

pytestmark = pytest.mark.integration

AFTER = "http://localhost:8081/en"


async def refreshed(client, token):
    return await client.post("token", grant_type="refresh_token", refresh_token=token)


async def test_refresh_rotates(browser, client):
    first = await client.signed_in(browser)

    second = (await refreshed(client, first["refresh_token"])).json()
    third = await refreshed(client, second["refresh_token"])

    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"]
    assert third.status_code == 200


async def test_refresh_token_used_twice_ends_the_session(browser, client):
    first = await client.signed_in(browser)
    second = (await refreshed(client, first["refresh_token"])).json()

    again = await refreshed(client, first["refresh_token"])
    heir = await refreshed(client, second["refresh_token"])
    await browser.open(client.begin().address)

    assert again.json()["error"] == "invalid_grant"
    assert heir.json()["error"] == "invalid_grant"
    assert browser.title == "Sign in"


async def test_refresh_token_of_another_client_is_refused(browser, client):
    tokens = await client.signed_in(browser)

    answer = await browser.http.post(
        f"{PROTOCOL}/token",
        data={
            "grant_type": "refresh_token",
            "client_id": "staff-desktop",
            "refresh_token": tokens["refresh_token"],
        },
    )

    assert answer.json()["error"] == "invalid_grant"
    assert (await refreshed(client, tokens["refresh_token"])).status_code == 200


@pytest.mark.parametrize("kind", ["access_token", "id_token"])
async def test_other_tokens_do_not_refresh(browser, client, kind):
    tokens = await client.signed_in(browser)

    assert (await refreshed(client, tokens[kind])).json()["error"] == "invalid_grant"


async def test_idle_session_ends(app, browser, client):
    tokens = await client.signed_in(browser)
    async with app.state.parts.database.connection() as connection:
        await connection.execute("UPDATE sso_session SET idle_until = now()")

    assert (await refreshed(client, tokens["refresh_token"])).json()["error"] == "invalid_grant"


async def test_disabled_person_gets_no_more_tokens(app, browser, client):
    tokens = await client.signed_in(browser)
    async with app.state.parts.database.connection() as connection:
        await connection.execute("UPDATE account SET is_enabled = false")

    assert (await refreshed(client, tokens["refresh_token"])).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("kind", ["refresh_token", "access_token"])
async def test_revoked_tokens_do_not_refresh_and_the_person_stays(browser, client, kind):
    tokens = await client.signed_in(browser)

    answer = await client.post("revoke", token=tokens[kind])

    assert answer.status_code == 200
    assert (await refreshed(client, tokens["refresh_token"])).json()["error"] == "invalid_grant"
    assert "code=" in (await browser.open(client.begin().address)).headers["location"]


async def test_revoking_nonsense_is_fine(client):
    assert (await client.post("revoke", token="x.y.z")).status_code == 200


async def userinfo(browser, tokens):
    return await browser.http.get(
        f"{PROTOCOL}/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )


async def left(browser, **query):
    return await browser.http.get(f"{PROTOCOL}/logout", params=query)


async def test_logout_with_the_id_token_ends_the_session_at_once(browser, client):
    tokens = await client.signed_in(browser)

    response = await left(
        browser, id_token_hint=tokens["id_token"], post_logout_redirect_uri=AFTER, state="s1"
    )

    assert response.headers["location"] == f"{AFTER}?state=s1"
    assert (await userinfo(browser, tokens)).status_code == 401
    await browser.open(client.begin().address)
    assert browser.title == "Sign in"


async def test_logout_without_hint_asks_first(browser, client):
    tokens = await client.signed_in(browser)

    await browser.open(f"{PROTOCOL}/logout?client_id=web&post_logout_redirect_uri={AFTER}")
    assert browser.title == "Sign out?"
    assert (await userinfo(browser, tokens)).status_code == 200
    response = await browser.submit()

    assert response.headers["location"] == AFTER
    assert (await userinfo(browser, tokens)).status_code == 401


async def test_logout_without_return_address_ends_on_a_page(browser, client):
    await client.signed_in(browser)

    await browser.open(f"{PROTOCOL}/logout")
    await browser.submit()

    assert browser.title == "You are signed out"


@pytest.mark.parametrize(
    "query",
    [
        {"post_logout_redirect_uri": "http://evil.example/"},
        {"post_logout_redirect_uri": AFTER},
        {"client_id": "web", "post_logout_redirect_uri": AFTER + "/../x"},
        {"client_id": "staff-desktop", "post_logout_redirect_uri": AFTER},
        {"id_token_hint": "x.y.z"},
    ],
)
async def test_logout_never_leads_astray(browser, client, query):
    tokens = await client.signed_in(browser)

    response = await browser.open(
        str(browser.http.build_request("GET", f"{PROTOCOL}/logout", params=query).url)
    )

    assert response.status_code == 400
    assert browser.title == "You are still signed in"
    assert (await userinfo(browser, tokens)).status_code == 200


async def test_forged_logout_target_is_refused(browser, client):
    await client.signed_in(browser)
    await browser.open(f"{PROTOCOL}/logout")

    response = await browser.submit(target="http://evil.example/")

    assert response.status_code == 403


async def test_client_can_end_a_session_by_its_refresh_token(browser, client):
    tokens = await client.signed_in(browser)

    answer = await client.post("logout", refresh_token=tokens["refresh_token"])

    assert answer.status_code == 204
    assert (await userinfo(browser, tokens)).status_code == 401


async def test_health_says_that_the_database_answers(browser):
    assert (await browser.http.get(f"{ORIGIN}/health/ready")).json() == {"status": "UP"}
