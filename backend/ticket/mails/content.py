"""Writes a mail: subject, text and HTML in the buyer's language, nothing fetched from anywhere."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from backend.contracts.messages import OrderLapsed, OrderRefunded
from backend.kit.lookup import grouped, lookup_code
from backend.ticket.issuing.facts import PaidOrder
from backend.ticket.mails.repository import Kind, Mail
from brand.texts import texts
from brand.tokens import tokens

_FOLDER = Path(__file__).with_name("templates")
_LONGEST_TITLE = 120
_SUBJECTS: Mapping[Kind, str] = {
    "tickets": "mail.tickets.subject",
    "lapsed": "mail.lapsed.subject",
    "refunded": "mail.refunded.subject",
}


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the address in From, the site that links lead to, the secret of the codes."""

    address: str
    public_url: str
    lookup_secret: bytes

    def link(self, language: str, order_id: UUID) -> str:
        """Return the address of an order's page."""
        return f"{self.public_url.rstrip('/')}/{language}/orders/{order_id}"

    def find_link(self, language: str) -> str:
        """Return the address where reference and code open an order on any device."""
        return f"{self.public_url.rstrip('/')}/{language}/find"


def tickets_mail(sender: Sender, mail: Mail, order: PaidOrder, pdf: bytes) -> EmailMessage:
    """Return the mail that brings the tickets, with their PDF."""
    message = _message(
        sender,
        mail,
        language=order.language,
        cinema=order.cinema_name,
        film=order.film_title,
        values={
            "order": order,
            "tickets": order.live_tickets,
            "link": sender.link(order.language, order.id),
            "find_link": sender.find_link(order.language),
            "code": grouped(lookup_code(sender.lookup_secret, order.id)),
            "taxes": _taxes(order),
        },
    )
    name = f"moviemesh-{order.reference}.pdf"
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)
    message["Content-Language"] = order.language
    return message


def news_mail(sender: Sender, mail: Mail) -> EmailMessage:
    """Return the mail about an order that lapsed or was refunded."""
    kind = OrderLapsed if mail.kind == "lapsed" else OrderRefunded
    news = kind.model_validate(mail.facts)
    message = _message(
        sender,
        mail,
        language=news.language,
        cinema=news.cinema_name,
        film=news.film_title,
        values={"news": news, "link": sender.link(news.language, news.order_id)},
    )
    message["Content-Language"] = news.language
    return message


def message_id(mail: Mail, public_url: str) -> str:
    """Return the Message-ID: the same for each try, so that receivers see one mail."""
    host = urlsplit(public_url).hostname or "localhost"
    return f"<{mail.kind}.{mail.order_id}.{mail.revision}@{host}>"


def _message(
    sender: Sender,
    mail: Mail,
    *,
    language: str,
    cinema: str,
    film: str,
    values: Mapping[str, Any],
) -> EmailMessage:
    t = texts(language)
    subject = t(_SUBJECTS[mail.kind], film=one_line(film))
    given = {
        **values,
        "t": t,
        "subject": subject,
        "cinema": cinema,
        "colour": tokens().palette("light"),
        "dark": tokens().palette("dark"),
        "sans": tokens().type["family"].replace('"', "'"),
    }
    message = EmailMessage(policy=SMTP)
    message["Subject"] = subject
    message["From"] = Address(one_line(cinema), addr_spec=sender.address)
    message["To"] = mail.recipient
    message["Message-ID"] = message_id(mail, sender.public_url)
    message["Date"] = format_datetime(mail.recorded_at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_render(f"{mail.kind}.txt", given))
    message.add_alternative(_render(f"{mail.kind}.html", given), subtype="html")
    return message


def _taxes(order: PaidOrder) -> list[tuple[int, int]]:
    """Return the tax of each rate in the order."""
    rates = sorted({line.tax_rate_bp for line in order.lines})
    return [
        (rate, sum(line.tax_minor for line in order.lines if line.tax_rate_bp == rate))
        for rate in rates
    ]


def one_line(text: str) -> str:
    """Return a text that a header can hold: no line ends, controls or direction marks."""
    kept = "".join(
        " " if unicodedata.category(letter) in {"Cc", "Zl", "Zp"} else letter
        for letter in text
        if unicodedata.category(letter) not in {"Cf", "Cs"}
    )
    line = " ".join(kept.split())
    return line if len(line) <= _LONGEST_TITLE else line[: _LONGEST_TITLE - 1].rstrip() + "…"


def _render(name: str, values: Mapping[str, Any]) -> str:
    return _templates().get_template(name).render(values)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["one_line"] = one_line
    return made
