"""What a buyer reads, and what no film title can do to a mail."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest

from backend.kit.lookup import grouped, lookup_code
from backend.ticket.mails.content import Sender, message_id, news_mail, one_line, tickets_mail
from backend.ticket.mails.repository import Mail
from brand.tokens import tokens
from tests.backend.ticket.builders import SECRET, line, order, ticket

SENDER = Sender("tickets@cinema.test", "http://localhost:8081/", SECRET)
PAYLOADS = (
    "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% for x in y %}",
    "Title\r\nBcc: evil@example.com",
    "\u202eevil\u202c",
    "שלום 🎬",
    "W" * 10_000,
)

REFUNDED = {
    "order_id": str(order().id),
    "refund_id": str(order().id),
    "reference": "7K2M-P9QX-4TBD",
    "language": "ro",
    "email": "ana@example.com",
    "cinema_name": "Cinema Mesh",
    "film_title": "Metropolis",
    "currency": "RON",
    "amount_minor": 3450,
}


class Elements(HTMLParser):
    """Collects the tags of a page and the addresses that it would fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in {"src", "href"}]


def mail(kind="tickets", facts=None) -> Mail:
    return Mail(
        order_id=order().id,
        kind=kind,
        revision=1,
        recipient="ana@example.com",
        facts=facts or {},
        tries=1,
        recorded_at=datetime(2026, 11, 18, 18, 30, tzinfo=UTC),
        age=timedelta(),
    )


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_tickets_mail_has_headers_text_page_and_pdf():
    made = order()

    message = tickets_mail(SENDER, mail(), made, b"%PDF-1.4 of the tests")

    (attachment,) = message.iter_attachments()
    assert {name: message[name] for name in ("Subject", "From", "To", "Content-Language")} == {
        "Subject": "Biletele dumneavoastră: Cabinetul doctorului Caligari",
        "From": "Cinema Mesh <tickets@cinema.test>",
        "To": "ana@example.com",
        "Content-Language": "ro",
    }
    assert attachment.get_content() == b"%PDF-1.4 of the tests"
    assert attachment.get_filename() == "moviemesh-7K2M-P9QX-4TBD.pdf"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_tickets_mail_says_all_that_a_buyer_needs(kind):
    made = order()

    text = body(tickets_mail(SENDER, mail(), made, b""), kind)

    for expected in (
        "Cabinetul doctorului Caligari",
        "vineri, 20 noiembrie 2026",
        "20:30",
        "Sala 2",
        "Rândul C, locul 11",
        "Rândul C, locul 12",
        "7K2M-P9QX-4TBD",
        grouped(lookup_code(SECRET, made.id)),
        f"http://localhost:8081/ro/orders/{made.id}",
        "http://localhost:8081/ro/find",
        "69,00\xa0lei",
        "6,84\xa0lei",
        "Cinema Mesh SRL, Strada Ștefan cel Mare 14, București",
        "RO12345678",
    ):
        assert expected in text


def test_page_fetches_nothing():
    page = Elements()

    text = body(tickets_mail(SENDER, mail(), order(), b""), "html")
    page.feed(text)

    site = "http://localhost:8081/ro"
    assert page.links == [f"{site}/orders/{order().id}", f"{site}/find"]
    assert not page.tags & {"img", "link", "script", "iframe"}
    assert not {name for name in ("url(", "@import", "@font-face") if name in text}


def test_page_has_the_brands_colours_in_the_light_and_in_the_dark():
    text = body(tickets_mail(SENDER, mail(), order(), b""), "html")

    by_default, _, when_dark = text.partition("@media (prefers-color-scheme: dark)")
    when_dark, _, markup = when_dark.partition("</style>")
    assert "color-scheme: light dark" in by_default
    for name in ("page", "text", "muted", "accent-soft", "primary"):
        assert tokens().palette("dark")[name] in when_dark
        assert tokens().palette("light")[name] in markup


def test_every_class_with_a_style_is_used():
    html = [
        body(tickets_mail(SENDER, mail(), order(), b""), "html"),
        body(news_mail(SENDER, mail("refunded", REFUNDED)), "html"),
    ]

    styled = set(re.findall(r"^  \.([a-z]+)", html[0], re.MULTILINE))
    used = set(" ".join(re.findall(r'class="([^"]+)"', "".join(html))).split())

    assert styled - used == set()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_stays_text(payload):
    lines = (line(1, type_name=payload),)
    made = order(
        lines=lines,
        tickets=(ticket(lines[0], room=payload),),
        film_title=payload,
        cinema_name=payload,
        seller_name=payload,
        language="en",
    )
    plain, odd = Elements(), Elements()

    plain.feed(body(tickets_mail(SENDER, mail(), order(1, language="en"), b""), "html"))
    message = tickets_mail(SENDER, mail(), made, b"")
    odd.feed(body(message, "html"))

    assert odd.tags == plain.tags
    assert message["Bcc"] is None
    assert message["Subject"] == f"Your tickets: {one_line(payload)}"
    assert bytes(message)


def test_revoked_tickets_are_not_announced():
    lines = (line(1), line(2))
    made = order(
        lines=lines, tickets=(ticket(lines[0]), ticket(lines[1], status="REVOKED")), language="en"
    )

    text = body(tickets_mail(SENDER, mail(), made, b""), "plain")

    assert "Your ticket is here" in text
    assert "Row C, seat 12 · given back: RON\xa034.50" in text


@pytest.mark.parametrize("reason", ["nothing_charged", "payment_failed", "refunded"])
def test_lapsed_mail_says_where_the_money_is(reason):
    facts = {
        "order_id": str(order().id),
        "reference": "7K2M-P9QX-4TBD",
        "language": "en",
        "email": "ana@example.com",
        "cinema_name": "Cinema Mesh",
        "film_title": "Metropolis",
        "starts_at": "2026-11-20T18:30:00Z",
        "zone": "Europe/Bucharest",
        "reason": reason,
    }

    message = news_mail(SENDER, mail("lapsed", facts))

    told = "sent all of it back" if reason == "refunded" else "Nothing was charged"
    assert told in body(message, "plain")
    assert message["Subject"] == "No tickets: Metropolis"


def test_refunded_mail_names_the_amount():
    message = news_mail(SENDER, mail("refunded", REFUNDED))

    assert "34,50\xa0lei" in body(message, "plain")


def test_message_id_is_the_same_for_each_try():
    assert message_id(mail(), "https://mesh.example") == (f"<tickets.{order().id}.1@mesh.example>")
