"""A screening as a calendar file (RFC 5545): one event in UTC, with the same name each time."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from backend.contracts.orders import OrderRead

_LINE = 75
_SPECIAL = re.compile(r"([\\;,])")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def calendar_file(order: OrderRead, *, summary: str, description: str, url: str) -> bytes:
    """Return the event; a changed order replaces it by its version."""
    shown = order.screening
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//MovieMesh//Tickets//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{order.id}@tickets.moviemesh",
        f"DTSTAMP:{_instant(order.paid_at or order.placed_at)}",
        f"SEQUENCE:{order.version}",
        f"DTSTART:{_instant(shown.starts_at)}",
        f"DTEND:{_instant(shown.ends_at)}",
        f"SUMMARY:{_text(summary)}",
        f"LOCATION:{_text(f'{shown.room_name}, {shown.cinema_name}')}",
        f"DESCRIPTION:{_text(description)}",
        f"URL:{url}",
        "STATUS:CONFIRMED",
        "TRANSP:OPAQUE",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(part + b"\r\n" for line in lines for part in _folded(line))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """Escape a text; control characters, which the format has no words for, are dropped."""
    plain = _UNSEEN.sub("", text.replace("\r\n", "\n"))
    return _SPECIAL.sub(r"\\\1", plain).replace("\n", "\\n")


def _folded(line: str) -> Iterator[bytes]:
    """Cut a line at 75 octets, between letters; each further part begins with a space."""
    part = b""
    for letter in line:
        octets = letter.encode()
        if len(part) + len(octets) > _LINE:
            yield part
            part = b" "
        part += octets
    yield part
