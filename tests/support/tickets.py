"""Reads the codes back out of a ticket PDF, as a scanner at the door does from paper."""

import pypdfium2
import zxingcpp

_DPI = 200


def codes_of(pdf: bytes) -> list[str]:
    """Return the distinct codes of a PDF, in the order of its pages."""
    found: dict[str, None] = {}
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page in document:
            picture = page.render(scale=_DPI / 72).to_pil()
            found.update(dict.fromkeys(one.text for one in zxingcpp.read_barcodes(picture)))
    finally:
        document.close()
    return list(found)
