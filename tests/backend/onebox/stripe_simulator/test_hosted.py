"""The hosted page by plain HTTP: every button, every standing, both languages, late clicks."""

import asyncio
import re

import pytest
import stripe

from tests.backend.onebox.stripe_simulator.rig import ADDRESS, Rig

pytestmark = pytest.mark.integration


async def test_page_says_what_it_is_and_what_is_bought(rig: Rig):
    session = await rig.session()

    page = await rig.web.get(f"/c/pay/{session.id}")

    assert page.status_code == 200
    for text in ("Card simulator", "No money moves here", "Nosferatu, A1 &amp; A2", "1440:00"):
        assert text in page.text
    assert re.findall(r'name="card" value="(\w+)"', page.text) == [
        "success",
        "decline",
        "funds",
        "challenge",
        "slow",
        "abandon",
        "mastercard",
        "expired",
        "refund_pending",
        "refund_fails",
        "dispute",
    ]
    assert 'href="http://cinema.test/back"' in page.text


@pytest.mark.parametrize(
    ("locale", "accepts", "language"),
    [
        ("ro", "en", "ro"),
        ("en", "ro", "en"),
        ("de", "ro", "en"),
        ("auto", "ro-RO,ro;q=0.9", "ro"),
        ("auto", "de,ro;q=0.9", "ro"),
        (None, "de", "en"),
    ],
)
async def test_page_speaks_the_buyers_language(rig: Rig, locale, accepts, language):
    session = await rig.session(**({"locale": locale} if locale else {}))

    page = await rig.web.get(f"/c/pay/{session.id}", headers={"accept-language": accepts})

    assert f'<html lang="{language}">' in page.text
    assert ("Aici nu se mișcă bani" in page.text) == (language == "ro")


async def test_page_allows_no_script_of_others_and_leads_only_to_the_shop(rig: Rig):
    session = await rig.session()

    policy = (await rig.web.get(f"/c/pay/{session.id}")).headers["content-security-policy"]

    assert "form-action 'self' http://cinema.test" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


async def test_success_leads_back_to_the_shop(rig: Rig):
    session = await rig.session()

    reply = await rig.press(session, "success")

    assert reply.status_code == 303
    assert reply.headers["location"] == f"http://cinema.test/done?session={session.id}"
    again = await rig.web.get(f"/c/pay/{session.id}")
    assert again.headers["location"] == reply.headers["location"]


async def test_decline_is_told_and_another_card_goes_on_with_the_same_intent(rig: Rig):
    session = await rig.session()

    reply = await rig.press(session, "funds")
    assert reply.headers["location"] == f"{ADDRESS}/c/pay/{session.id}"
    page = await rig.web.get(f"/c/pay/{session.id}")
    assert "There is not enough money on the card." in page.text
    refused = (await rig.fetch(session)).payment_intent.id
    await rig.press(session, "success")

    found = await rig.fetch(session)
    assert (found.status, found.payment_intent.id) == ("complete", refused)
    assert await rig.events() == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "checkout.session.completed",
    ]


async def test_challenge_approved_completes_the_session(rig: Rig):
    session = await rig.session(locale="ro")
    reply = await rig.press(session, "challenge")
    address = reply.headers["location"]

    page = await rig.web.get(address)
    assert "Banca te întreabă" in page.text
    reply = await rig.web.post(address, data={"answer": "approve"})

    assert reply.headers["location"] == f"http://cinema.test/done?session={session.id}"
    assert (await rig.fetch(session)).status == "complete"
    late = await rig.web.post(address, data={"answer": "fail"})
    assert late.headers["location"] == reply.headers["location"]
    assert (await rig.fetch(session)).payment_intent.status == "requires_capture"


async def test_challenge_failed_lets_the_buyer_try_again(rig: Rig):
    session = await rig.session()
    address = (await rig.press(session, "challenge")).headers["location"]

    reply = await rig.web.post(address, data={"answer": "fail"})

    assert reply.headers["location"] == f"{ADDRESS}/c/pay/{session.id}"
    page = await rig.web.get(f"/c/pay/{session.id}")
    assert "could not make sure that it is you" in page.text
    await rig.press(session, "success")
    assert (await rig.fetch(session)).status == "complete"


async def test_challenge_left_open_shows_the_way_back_to_it(rig: Rig):
    session = await rig.session()
    address = (await rig.press(session, "challenge")).headers["location"]

    page = await rig.web.get(f"/c/pay/{session.id}")

    assert address.removeprefix(ADDRESS) in page.text
    assert (await rig.web.post(address, data={"answer": "x"})).headers["location"] == address


async def test_slow_card_shows_a_page_that_goes_on_by_itself(rig: Rig):
    session = await rig.session()
    await rig.press(session, "slow")

    page = await rig.web.get(f"/c/pay/{session.id}")
    assert 'http-equiv="refresh"' in page.text
    await rig.press(session, "decline")
    assert (await rig.fetch(session)).payment_intent.status == "processing"
    rig.clock.pass_by(seconds=4)
    await rig.settle()

    assert (await rig.web.get(f"/c/pay/{session.id}")).status_code == 303
    assert (await rig.fetch(session)).payment_intent.status == "requires_capture"


async def test_session_waits_for_a_slow_bank_before_it_expires(rig: Rig):
    session = await rig.session(expires_at=int(rig.clock().timestamp()) + 1800)
    rig.clock.pass_by(minutes=30, seconds=-2)
    await rig.press(session, "slow")

    rig.clock.pass_by(seconds=3)
    await rig.settle()
    assert (await rig.fetch(session)).status == "open"
    rig.clock.pass_by(seconds=10)
    await rig.settle()

    assert (await rig.fetch(session)).status == "complete"


async def test_abandoning_changes_nothing_and_says_how(rig: Rig):
    session = await rig.session()

    reply = await rig.press(session, "abandon")
    page = await rig.web.get(reply.headers["location"])

    assert "close this tab now" in page.text
    assert (await rig.fetch(session)).payment_intent is None
    assert await rig.events() == []


async def test_paying_late_finds_the_session_expired(rig: Rig):
    session = await rig.session(expires_at=int(rig.clock().timestamp()) + 1800)
    rig.clock.pass_by(minutes=31)

    await rig.press(session, "success")

    page = await rig.web.get(f"/c/pay/{session.id}")
    assert "The time to pay is over" in page.text
    found = await rig.fetch(session)
    assert (found.status, found.payment_intent) == ("expired", None)


async def test_paying_twice_at_once_charges_once(rig: Rig):
    session = await rig.session()

    replies = await asyncio.gather(*(rig.press(session, "success") for _ in range(6)))

    assert {reply.headers["location"] for reply in replies} == {
        f"http://cinema.test/done?session={session.id}"
    }
    intent = (await rig.fetch(session)).payment_intent.id
    charges = await rig.stripe.v1.charges.list_async({"payment_intent": intent})
    assert len(charges.data) == 1


async def test_paying_against_expiring_leaves_one_winner(rig: Rig):
    for _ in range(10):
        session = await rig.session()

        async def expire(identity: str = session.id) -> None:
            try:
                await rig.stripe.v1.checkout.sessions.expire_async(identity)
            except stripe.InvalidRequestError:
                return  # the loser is told so

        await asyncio.gather(rig.press(session, "success"), expire())

        found = await rig.fetch(session)
        held = found.payment_intent is not None
        assert (found.status, held) in [("complete", True), ("expired", False)]


async def test_email_is_asked_for_only_when_the_shop_gave_none(rig: Rig):
    session = await rig.session(customer_email="ana@example.com")
    assert 'name="email"' not in (await rig.web.get(f"/c/pay/{session.id}")).text
    params = await rig.stripe.v1.checkout.sessions.create_async(
        {
            "mode": "payment",
            "success_url": "http://cinema.test/",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "eur",
                        "unit_amount": 500,
                        "product_data": {"name": "Seat"},
                    },
                }
            ],
        }
    )
    wrong = await rig.press(params, "success", email="ion@")
    assert "not complete" in (await rig.web.get(wrong.headers["location"])).text

    await rig.press(params, "success", email="ion@example.com")

    assert (await rig.fetch(params)).customer_details.email == "ion@example.com"


@pytest.mark.parametrize("card", ["", "nobody"])
async def test_unknown_button_changes_nothing(rig: Rig, card: str):
    session = await rig.session()

    reply = await rig.press(session, card)

    assert reply.headers["location"] == f"{ADDRESS}/c/pay/{session.id}"
    assert (await rig.fetch(session)).payment_intent is None


async def test_address_of_no_session_is_a_page_that_says_so(rig: Rig):
    for address in ("/c/pay/cs_test_none", "/c/challenge/pi_none"):
        page = await rig.web.get(address)
        assert page.status_code == 404
        assert "There is no such payment" in page.text
        assert (await rig.web.post(address, data={"card": "success", "answer": "fail"})).is_error


async def test_operator_sees_the_newest(rig: Rig):
    session = await rig.paid_session(payment_intent_data={})
    await rig.stripe.v1.refunds.create_async({"payment_intent": session.payment_intent.id})
    await rig.session()
    await rig.settle()

    page = await rig.web.get("/")

    for text in ("order.1", "succeeded", "checkout.session.completed", "DELIVERED", "refund"):
        assert text in page.text
    assert "ana@example.com" not in page.text
    assert (await rig.web.get("/favicon.ico")).status_code == 204


async def test_style_and_script_are_own_files(rig: Rig):
    style = await rig.web.get("/-/simulator.css")
    script = await rig.web.get("/-/countdown.js")
    none = await rig.web.get("/-/other.js")

    assert style.headers["content-type"].startswith("text/css")
    assert script.headers["content-type"].startswith("text/javascript")
    assert none.status_code == 404
