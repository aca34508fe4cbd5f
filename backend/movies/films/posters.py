"""Which pictures may be posters: bitmaps that decode, and drawings that cannot act."""

import hashlib
import io
from xml.etree import ElementTree as ET

from backend.contracts.problems_catalogue import PosterRefused
from backend.movies.films.repository import Poster

_LARGEST = 1_000_000
_BITMAPS = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = frozenset(
    {
        "svg", "defs", "linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask",
        "g", "path", "rect", "circle", "ellipse", "line", "polygon", "polyline", "use", "title",
    }
)  # fmt: skip


def checked(content: bytes, media_type: str) -> Poster:
    """Return the picture as a poster; raises PosterRefused."""
    if not 0 < len(content) <= _LARGEST:
        raise PosterRefused
    kind = _drawing(content) if media_type == "image/svg+xml" else _bitmap(content)
    return Poster(hashlib.sha256(content).hexdigest()[:16], kind, content)


def _bitmap(content: bytes) -> str:
    # Imported here: most processes never receive a poster.
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 -- 50 ms at first use only

    try:
        with Image.open(io.BytesIO(content)) as picture:
            picture.verify()
            return _BITMAPS[picture.format or ""]
    except (UnidentifiedImageError, OSError, ValueError, KeyError, SyntaxError):
        raise PosterRefused from None


def _drawing(content: bytes) -> str:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise PosterRefused
    try:
        root = ET.fromstring(content)  # noqa: S314 -- no DTD, so no entities to expand
    except ET.ParseError:
        raise PosterRefused from None
    for element in root.iter():
        name = element.tag.removeprefix(_SVG)
        if not element.tag.startswith(_SVG) or name not in _ELEMENTS:
            raise PosterRefused
        for attribute, value in element.attrib.items():
            plain = attribute.rsplit("}", 1)[-1].lower()
            refers = plain == "href" and not value.startswith("#")
            if plain.startswith("on") or refers or "javascript:" in value.lower():
                raise PosterRefused
    return "image/svg+xml"
