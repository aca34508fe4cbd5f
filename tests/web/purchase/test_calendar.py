"""The calendar file is one event that every calendar understands."""

from datetime import UTC, datetime

from backend.contracts.orders import OrderState
from tests.web.purchase import cinema
from web.purchase.calendar import calendar_file

URL = "http://localhost:8081/en/orders/1"


def unfolded(content: bytes) -> dict[str, str]:
    """Return the properties of the file as a calendar reads them."""
    lines = content.decode().replace("\r\n ", "").split("\r\n")
    return dict(line.split(":", 1) for line in lines if ":" in line)


def event(title: str = "Nosferatu", description: str = "B3") -> bytes:
    order = cinema.order(OrderState.ISSUED, title=title, paid_at=datetime(2026, 11, 1, tzinfo=UTC))
    return calendar_file(order, summary=title, description=description, url=URL)


def test_times_are_utc_and_the_name_stays_the_same():
    found = unfolded(event())

    assert (found["DTSTART"], found["DTEND"]) == ("20991127T173000Z", "20991127T191900Z")
    assert found["UID"] == f"{cinema.ORDER}@tickets.moviemesh"
    assert found["DTSTAMP"] == "20261101T000000Z"
    assert event() == event()


def test_texts_are_escaped():
    found = unfolded(event("Love; Death, \\ and\r\nUID:forged\x07", "line 1\nline 2"))

    assert found["SUMMARY"] == r"Love\; Death\, \\ and\nUID:forged"
    assert found["DESCRIPTION"] == r"line 1\nline 2"
    assert found["UID"] == f"{cinema.ORDER}@tickets.moviemesh"


def test_long_lines_are_folded_between_letters():
    content = event("Îndrăgostiții de la Șosea " * 6)

    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert unfolded(content)["SUMMARY"] == "Îndrăgostiții de la Șosea " * 6
    assert b"\n" not in content.replace(b"\r\n", b"")
