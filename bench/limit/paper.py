"""The text of a finished PDF, and reportlab drawing that text again: what a PDF costs at least."""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from brand.fonts import Weight, ttf_path

_WEIGHTS: tuple[Weight, ...] = ("regular", "semibold", "bold")


@dataclass(frozen=True, slots=True)
class Run:
    """Letters in one font at one place, in points from the bottom left."""

    text: str
    weight: Weight
    size: float
    x: float
    y: float


Pages = Sequence[Sequence[Run]]


def read(content: bytes) -> Pages:
    """Return the text of a document as it was drawn, page by page."""
    document = pypdfium2.PdfDocument(content)
    try:
        return [_page(page) for page in document]
    finally:
        document.close()


def draw(pages: Pages) -> bytes:
    """Draw the text again, with the same fonts embedded and nothing else."""
    for weight in _WEIGHTS:
        if weight not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(TTFont(weight, str(ttf_path(weight))))
    target = BytesIO()
    canvas = Canvas(target, pageCompression=1)
    for page in pages:
        for run in page:
            canvas.setFont(run.weight, run.size)
            canvas.drawString(run.x, run.y, run.text)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _page(page: Any) -> list[Run]:
    found = page.get_textpage()
    objects = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_TEXT,))
    return [_run(one.raw, found.raw) for one in objects]


def _run(raw: Any, found: Any) -> Run:
    matrix, size = pdfium.FS_MATRIX(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(raw, matrix)
    pdfium.FPDFTextObj_GetFontSize(raw, size)
    return Run(_letters(raw, found), _weight(raw), size.value, matrix.e, matrix.f)


def _letters(raw: Any, found: Any) -> str:
    """Return the letters; PDFium counts in bytes of UTF-16 with a closing zero."""
    length = pdfium.FPDFTextObj_GetText(raw, found, None, 0)
    buffer = ctypes.create_string_buffer(length)
    pdfium.FPDFTextObj_GetText(
        raw, found, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), length
    )
    return buffer.raw[: length - 2].decode("utf-16-le")


def _weight(raw: Any) -> Weight:
    font = pdfium.FPDFTextObj_GetFont(raw)
    buffer = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, 200)
    name = buffer.value.decode().lower()
    return "semibold" if "semibold" in name else "bold" if "bold" in name else "regular"
