"""The sign-in form: wrong passwords, waiting, forged forms, strangers' payloads."""

import asyncio

import pytest

from tests.backend.onebox.identity.browser import ORIGIN, Browser, returned
from tests.backend.onebox.identity.client import EMAIL, PASSWORD, REALM

pytestmark = pytest.mark.integration


async def test_wrong_password_and_unknown_address_answer_alike(browser, client):
    await browser.open(client.begin().address)

    wrong = await browser.submit(username=EMAIL, password="wrong")
    unknown = await browser.submit(username="who@mesh.example", password="wrong")

    assert wrong.status_code == unknown.status_code == 400
    assert wrong.text.replace(EMAIL, "") == unknown.text.replace("who@mesh.example", "")
    assert "E-mail and password do not fit" in wrong.text


@pytest.mark.parametrize("email", [EMAIL, "who@mesh.example"])
async def test_wait_follows_too_many_failures(browser, client, email):
    await browser.open(client.begin().address)
    for _ in range(2):
        await browser.submit(username=email, password="wrong")

    third = await browser.submit(username=email, password="wrong")
    right = await browser.submit(username=email, password=PASSWORD)

    assert (third.status_code, right.status_code) == (429, 429)
    assert "Too many wrong tries. Wait 30 seconds" in third.text
    assert 1 <= int(right.headers["retry-after"]) <= 30


async def test_wait_ends_by_itself_and_then_doubles(app, browser, client):
    await browser.open(client.begin().address)
    for _ in range(3):
        await browser.submit(username=EMAIL, password="wrong")
    await elapse(app)

    again = await browser.submit(username=EMAIL, password="wrong")
    assert "Wait 60 seconds" in again.text
    await elapse(app)

    assert "code" in returned(await browser.submit(username=EMAIL, password=PASSWORD))


async def test_wait_has_a_longest(app, browser, client):
    await browser.open(client.begin().address)
    for _ in range(12):
        await elapse(app)
        last = await browser.submit(username=EMAIL, password="wrong")

    assert "Wait 15 minutes" in last.text


async def test_right_password_forgets_the_failures(browser, client):
    for _ in range(3):
        await browser.open(client.begin(prompt="login").address)
        await browser.submit(username=EMAIL, password="wrong")
        await browser.submit(username=EMAIL, password="wrong")
        assert "code" in returned(await browser.submit(username=EMAIL, password=PASSWORD))


async def test_many_guesses_at_once_do_not_slip_through(app, client):
    browsers = [Browser(app) for _ in range(12)]
    for browser in browsers:
        await browser.open(client.begin().address)

    answers = await asyncio.gather(
        *(browser.submit(username=EMAIL, password="wrong") for browser in browsers)
    )

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(400) <= 2
    for browser in browsers:
        await browser.http.aclose()


async def elapse(app):
    async with app.state.parts.database.connection() as connection:
        await connection.execute("UPDATE failed_sign_in SET wait_until = now()")


async def test_empty_fields_are_named(browser, client):
    await browser.open(client.begin().address)

    answer = await browser.submit(username="", password="")

    assert answer.status_code == 400
    assert 'aria-describedby="username-error"' in answer.text
    assert "Enter your password." in answer.text


@pytest.mark.parametrize("token", ["", "0" * 64, "ă"])
async def test_form_without_its_token_is_refused(browser, client, token):
    await browser.open(client.begin().address)

    answer = await browser.submit(username=EMAIL, password=PASSWORD, form_token=token)

    assert answer.status_code == 403
    assert browser.title == "This form did not come from us"


async def test_form_from_another_site_is_refused(browser, client):
    await browser.open(client.begin().address)
    form = browser.form

    answer = await browser.http.post(
        ORIGIN + form.action,
        data={**form.fields, "username": EMAIL, "password": PASSWORD},
        headers={"Origin": "http://evil.example"},
    )

    assert answer.status_code == 403


async def test_form_of_one_browser_is_worthless_in_another(browser, other_browser, client):
    await browser.open(client.begin().address)
    await other_browser.open(client.begin().address)

    answer = await other_browser.open(str(browser.page.url))

    assert answer.status_code == 410
    assert other_browser.title == "This page has expired"


async def test_form_sent_twice_answers_twice_and_soon_says_that_it_is_over(app, browser, client):
    await browser.open(client.begin().address)
    address = str(browser.page.url)
    await browser.submit(username=EMAIL, password=PASSWORD)

    await browser.open(address)
    second = await browser.submit(username=EMAIL, password=PASSWORD)
    assert "code" in returned(second)
    async with app.state.parts.database.connection() as connection:
        left = "SELECT max(expires_at) < now() + interval '61 seconds' AS is_short FROM sign_in"
        assert await (await connection.execute(left)).fetchone() == {"is_short": True}
        await connection.execute("UPDATE sign_in SET expires_at = now()")

    assert (await browser.open(address)).status_code == 410


@pytest.mark.parametrize("tab", ["", "x", "00000000-0000-0000-0000-000000000000", "%00"])
async def test_invented_tab_is_expired(browser, client, tab):
    await browser.open(client.begin().address)

    answer = await browser.open(f"{REALM}/login-actions/authenticate?tab_id={tab}")

    assert answer.status_code in {400, 410}
    assert "Traceback" not in answer.text


async def test_hint_is_text(browser, client):
    payload = '"><script>alert(1)</script>'
    await browser.open(client.begin(login_hint=payload).address)

    assert "<script" not in browser.page.text
    assert browser.form.fields["username"] == payload


async def test_pages_carry_their_armour(browser, client):
    page = await browser.open(client.begin().address)

    assert page.headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "form-action 'self' http://localhost:8081; base-uri 'none'; frame-ancestors 'none'"
    )
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    assert "<script" not in page.text
    assert "style=" not in page.text


async def test_language_can_be_switched_and_stays(browser, client):
    await browser.open(client.begin().address)

    await browser.open(str(browser.page.url) + "&kc_locale=ro")
    assert browser.title == "Intră în cont"
    await browser.submit(username=EMAIL, password="")

    assert "Scrie parola ta." in browser.page.text


async def test_numeric_loopback_is_sent_to_the_public_name(browser, client):
    address = client.begin().address.replace("localhost:8180", "127.0.0.1:8180", 1)

    response = await browser.http.get(address)

    assert response.status_code == 302
    assert response.headers["location"].startswith(f"{ORIGIN}/realms/moviemesh/")
