"""Forgotten passwords."""

import pytest

from tests.backend.onebox.identity.browser import returned
from tests.backend.onebox.identity.client import EMAIL, PASSWORD

pytestmark = pytest.mark.integration

FRESH = "walnut prairie comet"


async def asked(browser, client, email=EMAIL):
    begun = client.begin()
    await browser.open(begun.address)
    await browser.open(str(browser.page.url).replace("authenticate", "reset-credentials"))
    await browser.submit(username=email)
    return begun


async def test_link_sets_a_password_and_signs_in_where_it_was_asked_for(browser, client, mailbox):
    begun = await asked(browser, client)
    await browser.open(mailbox.link)
    response = await browser.submit(password=FRESH, password_confirm=FRESH)

    tokens = await client.exchange(begun, response.headers["location"])
    assert (await client.person(tokens))["email"] == EMAIL
    assert mailbox.mails[-1]["Subject"] == "A new password for Cinema Mesh"
    assert "15 minutes" in mailbox.text


async def test_elsewhere_the_link_sets_the_password_only(browser, other_browser, client, mailbox):
    await asked(browser, client)
    await other_browser.open(mailbox.link)
    await other_browser.submit(password=FRESH, password_confirm=FRESH)

    assert other_browser.title == "Your password is changed"
    await other_browser.open(client.begin().address)
    assert other_browser.title == "Sign in"
    await other_browser.submit(username=EMAIL, password=PASSWORD)
    assert "do not fit" in other_browser.page.text
    assert "code" in returned(await other_browser.submit(username=EMAIL, password=FRESH))


async def test_new_password_signs_out_everywhere(browser, other_browser, client, mailbox):
    tokens = await client.signed_in(other_browser)
    await asked(browser, client)
    await browser.open(mailbox.link)
    await browser.submit(password=FRESH, password_confirm=FRESH)

    answer = await client.post(
        "token", grant_type="refresh_token", refresh_token=tokens["refresh_token"]
    )

    assert answer.json()["error"] == "invalid_grant"


async def test_link_works_once_and_voids_its_sisters(browser, other_browser, client, mailbox):
    await asked(browser, client)
    sister = mailbox.link
    await asked(browser, client)
    used = mailbox.link
    await browser.open(used)
    await browser.submit(password=FRESH, password_confirm=FRESH)

    assert (await other_browser.open(used)).status_code == 410
    assert (await other_browser.open(sister)).status_code == 410


async def test_looking_at_the_link_uses_nothing(browser, other_browser, client, mailbox):
    await asked(browser, client)
    await other_browser.open(mailbox.link)
    await other_browser.open(mailbox.link)

    assert other_browser.title == "Choose a new password"


async def test_unknown_address_answers_like_a_known_one(browser, other_browser, client, mailbox):
    await asked(browser, client)
    await asked(other_browser, client, email="ana@mesh.invalid.example")

    assert len(mailbox.mails) == 1
    assert other_browser.title == browser.title == "Look in your mailbox"
    assert other_browser.page.text.count("\n") == browser.page.text.count("\n")


async def test_weak_password_is_refused_and_the_link_stays_good(browser, client, mailbox):
    await asked(browser, client)
    await browser.open(mailbox.link)

    await browser.submit(password="password1234", password_confirm="password1234")
    assert "Too many people use this" in browser.page.text

    assert "code" in returned(await browser.submit(password=FRESH, password_confirm=FRESH))
