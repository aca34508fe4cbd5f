"""The icons and the logo are well-formed drawings without anything that could run or load."""

import xml.etree.ElementTree as ET

import pytest

from brand.icons import ICONS, icon, sprite
from brand.logo import favicon, logo, logo_mark

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {f"{SVG}{tag}" for tag in ("svg", "symbol", "g", "path", "rect", "circle")}


@pytest.mark.parametrize("name", ICONS)
def test_icon_is_a_stroke_drawing(name):
    drawing = ET.fromstring(icon(name))

    assert {element.tag for element in drawing.iter()} <= DRAWN
    assert (drawing.get("stroke"), drawing.get("aria-hidden")) == ("currentColor", "true")


def test_icon_speaks_its_label():
    drawing = ET.fromstring(icon("seat", label='Row "F" & more'))

    assert (drawing.get("role"), drawing.get("aria-label")) == ("img", 'Row "F" & more')


def test_icons_differ():
    assert len(set(ICONS.values())) == len(ICONS)


def test_sprite_holds_every_icon():
    symbols = ET.fromstring(sprite()).iter(f"{SVG}symbol")

    assert [symbol.get("id") for symbol in symbols] == list(ICONS)


@pytest.mark.parametrize("drawing", [logo(), logo_mark(), favicon()])
def test_logo_is_a_plain_drawing(drawing):
    assert {element.tag for element in ET.fromstring(drawing).iter()} <= DRAWN
