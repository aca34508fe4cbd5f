"""Posters: pictures that decode and drawings that only draw; nothing that acts or fetches."""

import io

import pytest
from PIL import Image

from backend.contracts.problems_catalogue import PosterRefused
from backend.movies.films import posters
from backend.movies.films.posters import checked

SVG = "image/svg+xml"
GOOD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' viewBox="0 0 2 3"><title>Nosferatu</title><defs><linearGradient id="g">'
    '<stop offset="0" stop-color="#123"/></linearGradient></defs>'
    '<rect width="2" height="3" fill="url(#g)"/><use href="#g"/><use xlink:href="#g"/></svg>'
)


def drawing(inside: str, head: str = "", attributes: str = "") -> bytes:
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def picture(kind: str, size: tuple[int, int] = (20, 30)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size).save(content, kind)
    return content.getvalue()


def test_plain_drawing_is_taken_as_it_is():
    poster = checked(GOOD.encode(), SVG)

    assert (poster.media_type, poster.content) == (SVG, GOOD.encode())
    assert checked(GOOD.encode(), "image/SVG+xml; charset=utf-8").version == poster.version


def test_version_follows_the_content():
    assert checked(GOOD.encode(), SVG).version != checked(GOOD.encode() + b" ", SVG).version


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")],
)
def test_picture_is_known_by_its_content_not_by_what_it_is_called(kind, media_type):
    assert checked(picture(kind), "image/gif").media_type == media_type


ATTACKS = {
    "script": drawing("<script>alert(1)</script>"),
    "handler": drawing('<rect onload="alert(1)"/>'),
    "handler of the root": drawing("", attributes='onload="alert(1)"'),
    "handler in other letters": drawing('<rect ONclick="alert(1)"/>'),
    "foreign content": drawing("<foreignObject><p/></foreignObject>"),
    "HTML": drawing('<p xmlns="http://www.w3.org/1999/xhtml">x</p>'),
    "link": drawing('<a href="http://evil.example"><rect/></a>'),
    "animation": drawing('<animate attributeName="href" values="javascript:alert(1)"/>'),
    "picture from elsewhere": drawing('<image href="http://evil.example/x.png"/>'),
    "use from elsewhere": drawing('<use href="http://evil.example/x.svg#a"/>'),
    "use of data": drawing('<use href="data:image/svg+xml;base64,PHN2Zy8+#a"/>'),
    "use of a script": drawing('<use href="javascript:alert(1)"/>'),
    "paint from elsewhere": drawing('<rect fill="url(http://evil.example/x#a)"/>'),
    "paint from elsewhere, quoted": drawing("<rect fill=\"url( 'http://evil.example/x')\"/>"),
    "style that fetches": drawing('<rect style="background:URL(//evil.example/x)"/>'),
    "style element": drawing("<style>@import url(http://evil.example)</style>"),
    "other base": drawing("", attributes='xml:base="http://evil.example/"'),
    "stylesheet": drawing("", head='<?xml-stylesheet href="http://evil.example/x.css"?>'),
    "document type": drawing("", head='<!DOCTYPE svg SYSTEM "http://evil.example/x.dtd">'),
    "entities": drawing("&a;", head='<!DOCTYPE svg [<!ENTITY a "aaaa">]>'),
    "entities in UTF-16": drawing("", head='<!DOCTYPE svg [<!ENTITY a "aaaa">]>')
    .decode()
    .encode("utf-16"),
    "UTF-16 without a mark": drawing("<rect/>").decode().encode("utf-16-le"),
    "other bytes": '<svg xmlns="http://www.w3.org/2000/svg"><title>ă</title></svg>'.encode(
        "iso-8859-16"
    ),
    "other root": b'<g xmlns="http://www.w3.org/2000/svg"/>',
    "no namespace": b"<svg><rect/></svg>",
    "not well formed": b'<svg xmlns="http://www.w3.org/2000/svg">',
    "nothing": b"",
    "text": b"hello",
    "deep": drawing("<g>" * 50_000 + "</g>" * 50_000),
}


@pytest.mark.parametrize("content", ATTACKS.values(), ids=ATTACKS.keys())
def test_drawing_that_does_more_than_draw_is_refused(content):
    if content == ATTACKS["deep"]:
        assert checked(content, SVG).media_type == SVG  # deep is odd, but it only draws
        return
    with pytest.raises(PosterRefused):
        checked(content, SVG)


BAD_PICTURES = {
    "text": b"hello",
    "nothing": b"",
    "another kind": picture("GIF"),
    "cut off": picture("PNG")[:40],
    "drawing called a picture": GOOD.encode(),
    "more than a megabyte": b"\x89PNG" + b"x" * 1_000_001,
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}


@pytest.mark.parametrize("content", BAD_PICTURES.values(), ids=BAD_PICTURES.keys())
def test_picture_that_is_none_is_refused(content):
    with pytest.raises(PosterRefused):
        checked(content, "image/png")


def test_picture_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch):
    small = picture("PNG", (30, 30))
    monkeypatch.setattr(posters, "_MOST_PIXELS", 899)
    with pytest.raises(PosterRefused):
        checked(small, "image/png")

    for most in (500, 100):  # Pillow warns of the first and refuses the second
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", most)
        with pytest.raises(PosterRefused):
            checked(small, "image/png")
