"""Reads ticket codes from a PDF, a picture or digits, and judges them by public keys alone.

Nothing is asked of anybody: what only the cinema's database knows (was it issued, was it used)
stays open. A revocation or relocation list makes the answer sharper.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pypdfium2
import zxingcpp
from moviemesh_ticketcode import (
    Category,
    Door,
    KeyList,
    Known,
    Outcome,
    Relocations,
    Revocations,
    decide,
    read,
)
from PIL import Image, UnidentifiedImageError

_LARGEST_FILE = 50_000_000
_MOST_PAGES = 100
_MOST_PIXELS = 60_000_000
# The second only where the first shows nothing: codes printed very small.
_SHARPNESS_DPI = (200, 400)
_POINTS_PER_INCH = 72
# PDFium's number for a file that wants a password.
_LOCKED = 4


class TicketUnread(Exception):  # noqa: N818 -- a fact, like the problems
    """No code could be taken from the source; the sentence says what to do.

    TicketUnread
    ├── SourceMissing     neither digits nor a file that can be read
    ├── FileTooLarge
    ├── PdfLocked
    ├── FileUnread        neither a PDF nor a picture, or a damaged one
    └── CodeMissing       nothing on it looks like a ticket's code
    """


class SourceMissing(TicketUnread):
    """The source names no file, and is no code either."""


class FileTooLarge(TicketUnread):
    """The file, its pages or its pixels are more than a ticket ever has."""


class PdfLocked(TicketUnread):
    """The PDF wants a password."""


class FileUnread(TicketUnread):
    """The file is no PDF and no picture, or it is damaged."""


class CodeMissing(TicketUnread):
    """There is no QR code to be found."""


@dataclass(frozen=True, slots=True)
class Found:
    """A code, and the page where it was met first; a picture and digits have no pages."""

    text: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedTicket:
    """What a code says and whether a door could believe it; without fields when it could not.

    VALID means: signed by a listed key, in its time now, and not on the lists that were given.
    """

    found: Found
    outcome: Outcome
    ticket_id: UUID | None = None
    screening_key: int | None = None
    seat: int | None = None
    category: Category | None = None
    not_before_at: datetime | None = None
    not_after_at: datetime | None = None
    is_moved: bool = False


def check(
    source: str,
    keys: KeyList,
    *,
    now: datetime,
    revocations: Revocations | None = None,
    relocations: Relocations | None = None,
) -> list[CheckedTicket]:
    """Judge every distinct code of a source, in the order of its pages; raises TicketUnread."""
    return [
        judge(found, keys, now=now, revocations=revocations, relocations=relocations)
        for found in codes_in(source)
    ]


def judge(
    found: Found,
    keys: KeyList,
    *,
    now: datetime,
    revocations: Revocations | None = None,
    relocations: Relocations | None = None,
) -> CheckedTicket:
    """Judge one code as a door of its own screening would; never raises."""
    reading = read(found.text, keys)
    fields = reading.fields
    if fields is None:
        return CheckedTicket(found, reading.outcome or Outcome.MALFORMED)
    move = None if relocations is None else relocations.moves.get(fields.ticket_id)
    door = Door({fields.screening_key if move is None else move.screening_key})
    decision = decide(
        reading, door, Known(), now=now, revocations=revocations, relocations=relocations
    )
    return CheckedTicket(
        found,
        decision.outcome,
        ticket_id=fields.ticket_id,
        screening_key=decision.screening_key,
        seat=decision.seat,
        category=Category(fields.category),
        not_before_at=fields.not_before_at,
        not_after_at=fields.not_after_at,
        is_moved=move is not None,
    )


def codes_in(source: str) -> list[Found]:
    """Return the distinct codes of a PDF, a picture or a line of digits; raises TicketUnread."""
    digits = source.strip()
    if digits.isdecimal():
        return [Found(digits)]
    content = _content(Path(source).expanduser())
    # Readers accept a PDF that has a little of something else before it.
    is_pdf = b"%PDF-" in content[:1024]
    first: dict[str, Found] = {}
    for found in _of_pdf(content) if is_pdf else _of_picture(content):
        first.setdefault(found.text, found)
    if not first:
        kind = "PDF" if is_pdf else "picture"
        raise CodeMissing(
            f"There is no ticket code in this {kind}. Use the PDF from the mail,"
            " or a sharp picture with the whole square code and its white edge."
        )
    return list(first.values())


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise FileTooLarge(f"{path.name} is larger than any ticket. Give the ticket's own PDF.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise SourceMissing(
            f"{_short(path)} cannot be read ({reason or 'not a file name'})."
            " Give a PDF or a picture of a ticket, or its 244 digits."
        ) from error


def _short(path: Path) -> str:
    name = str(path)
    return name if len(name) <= 80 else f"{name[:79]}…"


def _of_pdf(content: bytes) -> list[Found]:
    try:
        with pypdfium2.PdfDocument(content) as document:
            if len(document) > _MOST_PAGES:
                raise FileTooLarge(
                    f"This PDF has {len(document)} pages, more than any order of tickets."
                    " Give the PDF of one order."
                )
            looks = (_on_pages(document, dpi) for dpi in _SHARPNESS_DPI)
            return next(filter(None, looks), [])
    except pypdfium2.PdfiumError as error:
        if error.err_code == _LOCKED:
            raise PdfLocked(
                "This PDF wants a password. Save it without one, or check a picture of the ticket."
            ) from error
        raise FileUnread("This PDF is damaged. Save it from the mail or the site again.") from error


def _on_pages(document: pypdfium2.PdfDocument, dpi: int) -> list[Found]:
    return [
        Found(text, number + 1)
        for number in range(len(document))
        for text in _texts(_drawn(document, number, dpi))
    ]


def _drawn(document: pypdfium2.PdfDocument, number: int, dpi: int) -> Image.Image:
    page = document[number]
    width, height = page.get_size()
    scale = min(dpi / _POINTS_PER_INCH, (_MOST_PIXELS / max(1.0, width * height)) ** 0.5)
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    page.close()
    return picture


def _of_picture(content: bytes) -> list[Found]:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise FileTooLarge("This picture is too large. Give one of at most 60 megapixels.")
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise FileUnread(
            "This is no PDF, PNG, JPEG or WebP file, or it is damaged."
            " Give the PDF from the mail, or a picture of the ticket."
        ) from error
    return [Found(text) for text in _texts(grey)]


def _texts(picture: Image.Image) -> list[str]:
    only_qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    read_codes = zxingcpp.read_barcodes(picture, formats=only_qr, text_mode=zxingcpp.TextMode.Plain)
    # From the top left, as a person reads the page.
    read_codes.sort(key=lambda one: (one.position.top_left.y // 40, one.position.top_left.x))
    return [one.text for one in read_codes]
