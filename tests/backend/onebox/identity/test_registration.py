"""Registration, the mail that confirms it, and what a stranger cannot do with either."""

import pytest

from tests.backend.onebox.identity.browser import ORIGIN, returned
from tests.backend.onebox.identity.client import EMAIL, PASSWORD

pytestmark = pytest.mark.integration

ION, SECRET = "ion@mesh.example", "teapot raven marble"


async def registered(browser, client, **changed):
    """Fill in the registration form and return the sign-in that it belongs to."""
    begun = client.begin("registrations")
    await browser.open(begun.address)
    form = {"name": "Ion Ban", "email": ION, "password": SECRET, "password_confirm": SECRET}
    await browser.submit(**{**form, **changed})
    return begun


async def signs_in(browser, client, email=ION, password=SECRET):
    await browser.open(client.begin(prompt="login").address)
    return await browser.submit(username=email, password=password)


async def test_link_opened_in_the_same_browser_signs_in(browser, client, mailbox):
    begun = await registered(browser, client)
    assert browser.title == "Look in your mailbox"
    assert ION in browser.page.text

    response = await browser.open(mailbox.link)

    tokens = await client.exchange(begun, response.headers["location"])
    person = await client.person(tokens)
    assert (person["name"], person["email_verified"]) == ("Ion Ban", True)
    assert mailbox.mails[-1]["To"] == ION
    assert mailbox.mails[-1]["Subject"] == "Confirm your e-mail for Cinema Mesh"


async def test_new_people_are_customers_of_no_cinema(app, browser, client):
    await registered(browser, client)

    account = await app.state.parts.accounts.by_email("ION@mesh.example")

    assert (account.roles, account.cinemas, account.is_verified) == (("customer",), (), False)


async def test_link_opened_elsewhere_asks_for_the_password(browser, other_browser, client, mailbox):
    await registered(browser, client)

    await other_browser.open(mailbox.link)
    assert other_browser.title == "Confirm your e-mail"
    await other_browser.submit(password="not the password")
    assert "not the password chosen at registration" in other_browser.page.text
    await other_browser.submit(password=SECRET)

    assert other_browser.title == "Your e-mail is confirmed"
    assert "code" in returned(await signs_in(other_browser, client))


async def test_link_works_once(browser, other_browser, client, mailbox):
    await registered(browser, client)
    await browser.open(mailbox.link)

    response = await other_browser.open(mailbox.link)

    assert response.status_code == 410
    assert other_browser.title == "This link no longer works"


async def test_link_expires(app, browser, client, mailbox):
    await registered(browser, client)
    async with app.state.parts.database.connection() as connection:
        await connection.execute("UPDATE mailed_action SET expires_at = now()")

    assert (await browser.open(mailbox.link)).status_code == 410


async def test_unconfirmed_person_is_asked_to_confirm_and_can_resend(
    browser, other_browser, client, mailbox
):
    await registered(browser, client)

    await signs_in(other_browser, client)
    assert other_browser.title == "Confirm your e-mail first"
    await other_browser.submit()

    assert other_browser.title == "Sent again"
    assert len(mailbox.mails) == 2
    assert "code" in returned(await other_browser.open(mailbox.link))


async def test_taken_address_answers_like_a_free_one(browser, other_browser, client, mailbox):
    await registered(browser, client)
    await registered(other_browser, client, email=EMAIL)

    free, taken = browser.page, other_browser.page
    assert taken.status_code == free.status_code
    assert taken.text.count("\n") == free.text.count("\n")
    assert other_browser.title == browser.title
    assert mailbox.mails[-1]["To"] == EMAIL
    assert mailbox.mails[-1]["Subject"] == "You already have an account at Cinema Mesh"
    assert mailbox.link == "http://localhost:8081/"


async def test_taken_address_keeps_its_password(browser, client):
    await registered(browser, client, email=EMAIL)

    assert "code" in returned(await signs_in(browser, client, EMAIL, PASSWORD))


async def test_password_planted_on_an_unproven_address_is_never_confirmed(
    browser, other_browser, client, mailbox
):
    await registered(browser, client)
    owners_link = mailbox.link
    await registered(
        other_browser, client, password="planted by mallory", password_confirm="planted by mallory"
    )
    planted_link = mailbox.link

    assert (await browser.open(owners_link)).status_code == 410
    await browser.open(planted_link)
    assert browser.title == "Confirm your e-mail"
    await browser.submit(password=SECRET)

    assert "not the password chosen at registration" in browser.page.text


async def test_mails_are_few_per_hour(browser, client, mailbox):
    await registered(browser, client)

    for _ in range(8):
        await browser.submit()

    assert len(mailbox.mails) == 5


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"name": " "}, "Enter your name"),
        ({"name": "x" * 101}, "Enter your name"),
        ({"name": "Ion\u202enaB"}, "Enter your name"),
        ({"email": "ion"}, "Enter a whole e-mail address"),
        ({"email": "ion@mesh.example\r\nBcc: x@mesh.example"}, "Enter a whole e-mail address"),
        ({"password": "short"}, "too short"),
        ({"password": "x" * 129}, "too long"),
        ({"password": "1234567890"}, "Too many people use this"),
        ({"password": "ion@mesh.example"}, "easy to guess"),
        ({"password_confirm": "something else"}, "The two passwords differ"),
    ],
)
async def test_form_says_what_to_correct(browser, client, *, mailbox, changed, sentence):
    await registered(browser, client, **changed)

    assert browser.page.status_code == 400
    assert sentence in browser.page.text
    assert 'aria-invalid="true"' in browser.page.text
    assert mailbox.mails == []


async def test_name_is_text_everywhere(browser, client, mailbox):
    payload = "<script>alert(1)</script>{{7*7}}"
    begun = await registered(browser, client, name=payload, email="ion")
    assert "<script" not in browser.page.text
    assert browser.form.fields["name"] == payload

    await browser.submit(email=ION, password=SECRET, password_confirm=SECRET)
    response = await browser.open(mailbox.link)
    tokens = await client.exchange(begun, response.headers["location"])

    assert (await client.person(tokens))["name"] == payload
    assert "script" not in mailbox.mails[-1].as_string()


async def test_mail_speaks_the_language_of_the_page(browser, client, mailbox):
    await browser.open(client.begin("registrations", ui_locales="ro").address)
    await browser.submit(name="Ion", email=ION, password=SECRET, password_confirm=SECRET)

    assert mailbox.mails[-1]["Subject"] == "Confirmă e-mailul pentru Cinema Mesh"
    assert "12 ore" in mailbox.text
    assert mailbox.link.startswith(f"{ORIGIN}/realms/moviemesh/login-actions/action-token?key=")
