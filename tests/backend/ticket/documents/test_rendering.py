"""The PDFs, read back as a scanner and a reader see them."""

from dataclasses import replace
from random import Random

import pypdfium2
import pytest
import zxingcpp

from backend.ticket.documents.rendering import render
from backend.ticket.issuing.facts import PaidOrder
from tests.backend.ticket.builders import line, order, ticket

QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
PAYLOADS = (
    "'; DROP TABLE ticket; --",
    "<b>bold</b><img src='http://evil.test/x.png'/>",
    "{{ 7 * 7 }} ${7*7} <%= 7 %> %s {0}",
    '=HYPERLINK("http://evil.test")',
    ") Tj ET /URI (http://evil.test) BT (",
    "\x1b@\x1dV\x00 \u202eevil",
    "שלום عربي 🎬🍿",
    "W" * 10_000,
    "word " * 2_000,
    "",
)


def codes(pdf: bytes) -> list[str]:
    found = []
    for page in pypdfium2.PdfDocument(pdf):
        picture = page.render(scale=200 / 72, grayscale=True).to_pil()
        found += [one.text for one in zxingcpp.read_barcodes(picture, formats=QR)]
    return found


def pages(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def outside(pdf: bytes) -> list[int]:
    """Return the pages on which something is drawn beyond the paper."""
    found = []
    for number, page in enumerate(pypdfium2.PdfDocument(pdf), start=1):
        width, height = page.get_size()
        edges = [item.get_bounds() for item in page.get_objects()]
        if any(x < 0 or y < 0 or right > width or top > height for x, y, right, top in edges):
            found.append(number)
    return found


def with_codes(given: PaidOrder) -> PaidOrder:
    digits = Random(6)
    tickets = tuple(
        replace(one, code="".join(digits.choices("0123456789", k=244))) for one in given.tickets
    )
    return replace(given, tickets=tickets)


@pytest.mark.parametrize("seats", [1, 4, 5, 10])
def test_every_code_is_read_on_the_party_page_and_on_its_own(seats):
    made = with_codes(order(seats))

    found = codes(render(made, "tickets"))

    times = 1 if seats == 1 else 2
    assert sorted(found) == sorted(one.code for one in made.tickets for _ in range(times))


def test_same_order_gives_the_same_bytes():
    assert render(order(), "tickets") == render(order(), "tickets")


def test_ticket_page_shows_what_the_door_and_the_guest_need():
    text = pages(render(order(1), "tickets"))[0]

    for expected in (
        "Cabinetul doctorului Caligari",
        "vineri, 20 noiembrie 2026",
        "20:30",
        "Sala 2",
        "Rândul",
        "C",
        "11",
        "34,50 lei",
        "7K2M-P9QX-4TBD",
    ):
        assert expected in text


def test_receipt_names_the_seller_and_the_tax_of_each_rate():
    lines = (line(1), line(2, tax_rate_bp=2100, tax_minor=599))

    (text,) = pages(render(order(lines=lines), "receipt"))

    for expected in (
        "Cinema Mesh SRL",
        "Strada Ștefan cel Mare 14, București",
        "RO12345678",
        "18 noiembrie 2026, 20:30",
        "69,00 lei",
        "11 %",
        "3,42 lei",
        "21 %",
        "5,99 lei",
    ):
        assert expected in text


def test_revoked_ticket_has_no_page_and_its_line_is_marked():
    lines = (line(1), line(2))
    tickets = (ticket(lines[0]), ticket(lines[1], status="REVOKED"))

    text = pages(render(order(lines=lines, tickets=tickets, language="en"), "tickets"))

    assert len(text) == 2
    assert "Row C, seat 12 · Adult (given back)" in text[1]


def test_long_names_leave_the_seat_and_what_became_of_it_readable():
    lines = (line(1), line(2, type_name="Student " * 20))
    tickets = (ticket(lines[0]), ticket(lines[1], status="REVOKED"))

    (text,) = pages(render(order(lines=lines, tickets=tickets, language="en"), "receipt"))

    (row,) = (shown for shown in text.splitlines() if "seat 12" in shown)
    assert row.startswith("Row C, seat 12 · Student")
    assert "… (given back)" in row


def test_whom_the_film_is_for_stands_under_its_title():
    text = pages(render(order(1, language="en", certificate="AP-12"), "tickets"))[0]

    assert "Under 12 with a parent's consent" in text


def test_free_ticket_says_so():
    free = {"price_minor": 0, "fee_minor": 0, "gross_minor": 0, "tax_minor": 0}
    lines = (line(1, type_name="Însoțitor", ticket_type="carer", **free),)

    ticket_page, receipt = pages(render(order(lines=lines), "tickets"))

    assert "Gratuit" in ticket_page
    assert "0,00 lei" in receipt


def test_fonts_are_inside_the_file():
    document = pypdfium2.PdfDocument(render(order(), "tickets"))

    fonts = {
        (item.get_font().get_base_name(), item.get_font().is_embedded)
        for page in document
        for item in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_TEXT,))
    }

    assert {is_embedded for _, is_embedded in fonts} == {True}


def test_code_is_drawn_as_a_path_and_no_picture():
    document = pypdfium2.PdfDocument(render(order(), "tickets"))

    kinds = {item.type for page in document for item in page.get_objects()}

    assert kinds == {pypdfium2.raw.FPDF_PAGEOBJ_TEXT, pypdfium2.raw.FPDF_PAGEOBJ_PATH}


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_is_plain_text_that_stays_on_its_page(payload):
    lines = (line(1, type_name=payload, row=payload[:4] or "A", label=payload[:6] or "1"),)
    made = order(
        lines=lines,
        film_title=payload,
        room_name=payload,
        cinema_name=payload,
        seller_name=payload,
        seller_address=payload,
    )
    made = replace(made, tickets=(ticket(lines[0], room=payload),))

    pdf = render(made, "tickets")

    assert len(pypdfium2.PdfDocument(pdf)) == 2
    assert b"evil.test)" not in pdf
    assert outside(pdf) == []


@pytest.mark.parametrize("seats", [2, 5, 10])
def test_long_names_stay_on_the_page_of_a_party(seats):
    long = {"type_name": "W" * 300, "row": "Balcony", "label": "114"}
    lines = tuple(line(number, **long) for number in range(1, seats + 1))

    pdf = render(order(lines=lines, film_title="word " * 100, room_name="W" * 90), "tickets")

    assert outside(pdf) == []


def test_document_says_its_title_and_language():
    pdf = render(order(), "tickets")

    found = pypdfium2.PdfDocument(pdf).get_metadata_dict()
    assert found["Title"] == "Bilete: Cabinetul doctorului Caligari (7K2M-P9QX-4TBD)"
    assert found["Author"] == "Cinema Mesh"
    assert b"/Lang (ro)" in pdf
