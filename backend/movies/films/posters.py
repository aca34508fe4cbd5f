"""Which pictures may be posters: bitmaps that decode, and drawings that cannot act."""

import hashlib
import io
import re
from xml.etree import ElementTree as ET

from backend.contracts.problems_catalogue import PosterRefused
from backend.movies.films.repository import Poster

_LARGEST = 1_000_000
_MOST_PIXELS = 40_000_000
_BITMAPS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    {
        "svg", "defs", "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask",
        "g", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "use", "title",
    }
)  # fmt: skip
# A declaration of the document type brings entities; any other instruction may name a stylesheet.
_FORBIDDEN = re.compile(r"<!DOCTYPE|<!ENTITY|<\?(?!xml\s)", re.IGNORECASE)
_REFERENCE = re.compile(r"url\(\s*['\"]?\s*(?!#)|@import|expression\(|javascript:", re.IGNORECASE)


def checked(content: bytes, media_type: str) -> Poster:
    """Return the picture as a poster; raises PosterRefused."""
    if not 0 < len(content) <= _LARGEST:
        raise PosterRefused
    is_drawing = media_type.partition(";")[0].strip().lower() == "image/svg+xml"
    kind = _drawing(content) if is_drawing else _bitmap(content)
    return Poster(hashlib.sha256(content).hexdigest()[:16], kind, content)


def _bitmap(content: bytes) -> str:
    # Imported here: most processes never receive a poster.
    from PIL import Image  # noqa: PLC0415 -- 50 ms at first use only

    bombs = (Image.DecompressionBombError, Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(content), formats=list(_BITMAPS)) as picture:
            width, height = picture.size
            kind = _BITMAPS[picture.format or ""]
            picture.verify()
    except (OSError, ValueError, KeyError, SyntaxError, EOFError, *bombs):
        raise PosterRefused from None
    if width * height > _MOST_PIXELS:
        raise PosterRefused
    return kind


def _drawing(content: bytes) -> str:
    try:
        # Decoded here, so that no other encoding hides from the search what the parser would find.
        text = content.decode("utf-8")
        if _FORBIDDEN.search(text) or "\0" in text:
            raise PosterRefused
        root = ET.fromstring(text)  # noqa: S314 -- no DTD, so no entities to expand
    except (UnicodeDecodeError, ET.ParseError, ValueError):
        raise PosterRefused from None
    if root.tag != f"{_SVG}svg" or not all(_is_plain(element) for element in root.iter()):
        raise PosterRefused
    return "image/svg+xml"


def _is_plain(element: ET.Element) -> bool:
    """Say whether an element only draws: it runs nothing and fetches nothing."""
    if not element.tag.startswith(_SVG) or element.tag.removeprefix(_SVG) not in _ELEMENTS:
        return False
    return all(_is_plain_attribute(name, value) for name, value in element.attrib.items())


def _is_plain_attribute(name: str, value: str) -> bool:
    plain = name.rsplit("}", 1)[-1].lower()
    if plain == "href":
        return value.startswith("#")
    return not plain.startswith("on") and plain != "base" and not _REFERENCE.search(value)
