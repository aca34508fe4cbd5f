"""The body of a session: everything that the provider must show again later."""

from uuid import UUID

from backend.contracts.payments import CheckoutLine, CheckoutOpen
from backend.payment.checkouts import requests

ORDER = UUID("0192aaaa-0000-7000-8000-000000000001")


def checkout(**changes):
    given = {
        "order_id": ORDER,
        "attempt": 2,
        "reference": "ABCD-EFGH-JKMN",
        "cinema_id": UUID(int=7),
        "screening_key": 12,
        "seats": [24, 25],
        "language": "ro",
        "currency": "RON",
        "amount_minor": 3350,
        "lines": [
            CheckoutLine(line_no=1, name="Nosferatu · Adult · C4", gross_minor=3350),
            CheckoutLine(line_no=2, name="Nosferatu · Însoțitor · C5", gross_minor=0),
        ],
        "email": "ana@example.com",
        "return_url": "http://cinema.test/return",
        "cancel_url": "http://cinema.test/cancel",
        **changes,
    }
    return CheckoutOpen(**given)


def session_request(given, expires_at=1):
    return requests.session_request(given, expires_at=expires_at, environment="test")


def test_the_whole_body():
    metadata = {
        "environment": "test",
        "order": str(ORDER),
        "attempt": "2",
        "reference": "ABCD-EFGH-JKMN",
        "screening": "12",
        "seats": "24,25",
        "prices": "3350,0",
    }

    assert session_request(checkout(), expires_at=1_800_000_000) == {
        "mode": "payment",
        "client_reference_id": f"{ORDER}.2",
        "locale": "ro",
        "success_url": "http://cinema.test/return",
        "cancel_url": "http://cinema.test/cancel",
        "expires_at": 1_800_000_000,
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "ron",
                    "unit_amount": 3350,
                    "product_data": {"name": "Nosferatu · Adult · C4"},
                },
            }
        ],
        "metadata": metadata,
        "payment_intent_data": {"capture_method": "manual", "metadata": metadata},
        "customer_email": "ana@example.com",
    }


def test_a_buyer_without_an_address_is_asked_on_the_page():
    assert "customer_email" not in session_request(checkout(email=None), expires_at=1)


def test_a_long_name_is_cut_to_what_the_provider_takes():
    line = CheckoutLine(line_no=1, name="N" * 900, gross_minor=3350)

    request = session_request(checkout(lines=[line]), expires_at=1)

    assert request["line_items"][0]["price_data"]["product_data"]["name"] == "N" * 250
