"""Codes are taken from real PDFs and pictures, judged offline, and bad sources are explained."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pypdfium2
import pytest
from moviemesh_ticketcode import (
    Category,
    KeyList,
    Move,
    Outcome,
    Relocations,
    Revocations,
    TicketFields,
    sign,
)
from moviemesh_ticketcode.testing import KEY, KEYS, OTHER
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from backend.ticket.documents.rendering import render
from cli.ticket_reading import (
    CheckedTicket,
    CodeMissing,
    FileTooLarge,
    FileUnread,
    Found,
    PdfLocked,
    SourceMissing,
    TicketUnread,
    check,
    codes_in,
)
from tests.backend.ticket.builders import ENDS_AT, STARTS_AT, order

NOW = STARTS_AT + timedelta(minutes=5)


def fields(number: int, **changes) -> TicketFields:
    given = TicketFields(
        ticket_id=UUID(int=number),
        screening_key=77,
        seat=10 + number,
        category=Category.ADULT,
        not_before_at=STARTS_AT - timedelta(minutes=45),
        not_after_at=ENDS_AT,
    )
    return replace(given, **changes)


def code(number: int, **changes) -> str:
    return sign(fields(number, **changes), key_id=7, key=KEY)


def pdf_of(*codes: str) -> bytes:
    made = order(len(codes), language="en")
    tickets = [replace(one, code=text) for one, text in zip(made.tickets, codes, strict=True)]
    return render(replace(made, tickets=tuple(tickets)), "tickets")


def kept(folder: Path, name: str, content: bytes) -> str:
    path = folder / name
    path.write_bytes(content)
    return str(path)


def picture_of(pdf: bytes, kind: str, *, dpi: int = 200, turned: int = 0) -> bytes:
    with pypdfium2.PdfDocument(pdf) as document:
        drawn = document[0].render(scale=dpi / 72).to_pil()
    out = io.BytesIO()
    drawn.rotate(turned, expand=True, fillcolor="white").save(out, kind)
    return out.getvalue()


def test_pdf_gives_each_ticket_once_with_what_it_says(tmp_path):
    codes = [code(1), code(2, category=Category.CARER)]

    found = check(kept(tmp_path, "t.pdf", pdf_of(*codes)), KEYS, now=NOW)

    window: dict[str, Any] = {
        "not_before_at": STARTS_AT - timedelta(minutes=45),
        "not_after_at": ENDS_AT,
    }
    assert found == [
        CheckedTicket(
            Found(codes[0], 1), Outcome.VALID, UUID(int=1), 77, 11, Category.ADULT, **window
        ),
        CheckedTicket(
            Found(codes[1], 1), Outcome.VALID, UUID(int=2), 77, 12, Category.CARER, **window
        ),
    ]


def test_whole_party_is_read_in_the_order_of_its_seats(tmp_path):
    codes = [code(number) for number in range(1, 11)]

    found = codes_in(kept(tmp_path, "ten.pdf", pdf_of(*codes)))

    assert found == [Found(text, 1) for text in codes]


@pytest.mark.parametrize(("kind", "turned"), [("PNG", 0), ("JPEG", 8), ("WEBP", 180)])
def test_picture_of_a_page_is_read(tmp_path, kind, turned):
    picture = picture_of(pdf_of(code(1)), kind, turned=turned)

    (found,) = check(kept(tmp_path, "photo", picture), KEYS, now=NOW)

    assert (found.found, found.outcome) == (Found(code(1)), Outcome.VALID)


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        (f" {code(1)}\n", Outcome.VALID),
        (code(1)[1:], Outcome.MALFORMED),
        ("٣" * 244, Outcome.MALFORMED),
        (sign(fields(1), key_id=9, key=KEY), Outcome.UNKNOWN_KEY),
        (sign(fields(1), key_id=7, key=OTHER), Outcome.FORGED),
    ],
)
def test_digits_are_judged(source, outcome):
    (found,) = check(source, KEYS, now=NOW)

    assert (found.outcome, found.ticket_id is None) == (outcome, outcome is not Outcome.VALID)


@pytest.mark.parametrize(
    ("minutes", "outcome"),
    [(-46, Outcome.TOO_EARLY), (-45, Outcome.VALID), (112, Outcome.VALID), (113, Outcome.ENDED)],
)
def test_time_counts(minutes, outcome):
    (found,) = check(code(1), KEYS, now=STARTS_AT + timedelta(minutes=minutes))

    assert found.outcome == outcome


def test_lists_win_over_what_is_printed():
    revoked = Revocations("mesh", 3, 0, NOW, (UUID(int=1),))
    moved = Relocations("mesh", 2, 0, NOW, {UUID(int=2): Move(99, 5, 2)})
    lists: dict[str, Any] = {"now": NOW, "revocations": revoked, "relocations": moved}

    (dead,), (elsewhere,) = check(code(1), KEYS, **lists), check(code(2), KEYS, **lists)

    assert (dead.outcome, dead.is_moved) == (Outcome.REVOKED, False)
    assert (elsewhere.outcome, elsewhere.screening_key, elsewhere.seat, elsewhere.is_moved) == (
        Outcome.VALID,
        99,
        5,
        True,
    )


def test_old_revocation_list_cannot_say_yes():
    old = Revocations("mesh", 3, 0, NOW - timedelta(hours=13))

    (found,) = check(code(1), KEYS, now=NOW, revocations=old)

    assert found.outcome == Outcome.STALE


def test_code_of_a_later_release_has_another_category():
    (found,) = check(code(1, category=200), KEYS, now=NOW)

    assert found.category is Category.OTHER


def test_key_list_without_keys_knows_nobody():
    (found,) = check(code(1), KeyList({}), now=NOW)

    assert found.outcome == Outcome.UNKNOWN_KEY


def locked_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", strength=128))
    canvas.drawString(72, 72, "a ticket behind a password")
    canvas.save()
    return out.getvalue()


def many_pages() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for _ in range(101):
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def blank(kind: str, side: int = 40) -> bytes:
    out = io.BytesIO()
    Image.new("L", (side, side), 255).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "problem", "what_to_do"),
    [
        (locked_pdf(), PdfLocked, "Save it without one"),
        (many_pages(), FileTooLarge, "Give the PDF of one order"),
        (b"%PDF-1.7\nnot one after all", FileUnread, "again"),
        (render(order(1), "receipt"), CodeMissing, "Use the PDF from the mail"),
        (blank("PNG"), CodeMissing, "a sharp picture"),
        (blank("PNG", 7800), FileTooLarge, "at most 60 megapixels"),
        (blank("PNG")[:50], FileUnread, "Give the PDF from the mail"),
        (blank("GIF"), FileUnread, "Give the PDF from the mail"),
        (b"", FileUnread, "Give the PDF from the mail"),
        (bytes(range(256)) * 20, FileUnread, "Give the PDF from the mail"),
    ],
    ids=[
        "locked",
        "many pages",
        "no pdf",
        "no code",
        "empty picture",
        "huge picture",
        "cut picture",
        "other picture",
        "nothing",
        "bytes",
    ],
)
def test_bad_file_is_explained(tmp_path, content, problem, what_to_do):
    with pytest.raises(problem, match=what_to_do):
        check(kept(tmp_path, "bad", content), KEYS, now=NOW)


@pytest.mark.parametrize(
    "source", ["no-such.pdf", "12 34", "", "a" * 5000, "nul\x00.pdf", "~nobody/x"]
)
def test_source_that_is_nothing_is_explained(source):
    with pytest.raises(SourceMissing, match="or its 244 digits"):
        check(source, KEYS, now=NOW)


def test_folder_is_no_source(tmp_path):
    with pytest.raises(SourceMissing, match="Is a directory"):
        check(str(tmp_path), KEYS, now=NOW)


def test_problems_are_one_family():
    family = {SourceMissing, FileTooLarge, PdfLocked, FileUnread, CodeMissing}

    assert set(TicketUnread.__subclasses__()) == family
