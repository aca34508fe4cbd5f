"""Every film of the demo has a poster of its own that the movies service accepts."""

import re
from collections import Counter
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from backend.movies.films.posters import checked
from backend.onebox.demo.films import films
from brand.lettering import outline
from brand.posters.sheet import HEIGHT, WIDTH
from brand.posters.wall import POSTERS

_SVG = "{http://www.w3.org/2000/svg}"
_LARGEST = 60_000
_REFERENCE = re.compile(r"url\(#([^)]+)\)")


@pytest.fixture(scope="module")
def drawn() -> dict[str, str]:
    return {slug: draw() for slug, draw in POSTERS.items()}


def test_every_film_of_the_demo_has_a_poster_and_no_poster_is_without_a_film():
    assert set(POSTERS) == {film.slug for film in films()}


def test_every_poster_is_a_drawing_that_the_service_keeps(drawn):
    for svg in drawn.values():
        assert checked(svg.encode(), "image/svg+xml").content == svg.encode()


def test_every_poster_is_small_and_of_the_same_format(drawn):
    for slug, svg in drawn.items():
        root = ET.fromstring(svg)
        assert len(svg.encode()) <= _LARGEST, slug
        assert (root.get("width"), root.get("height")) == (str(WIDTH), str(HEIGHT)), slug


def test_drawing_again_gives_the_same_bytes(drawn):
    assert {slug: draw() for slug, draw in POSTERS.items()} == drawn


def test_no_two_posters_are_alike(drawn):
    """Fewer than a third of the shapes of any two posters are the same."""
    shapes = {slug: _shapes(svg) for slug, svg in drawn.items()}

    for one, other in combinations(shapes, 2):
        shared = (shapes[one] & shapes[other]).total()
        fewest = min(shapes[one].total(), shapes[other].total())
        assert shared < fewest / 3, f"{one} looks like {other}"


def test_ids_are_unique_over_all_posters_because_a_page_may_hold_several(drawn):
    ids = [
        element.get("id")
        for svg in drawn.values()
        for element in ET.fromstring(svg).iter()
        if element.get("id") is not None
    ]

    assert len(ids) == len(set(ids))


def test_every_paint_that_a_poster_names_is_its_own(drawn):
    for slug, svg in drawn.items():
        own = {element.get("id") for element in ET.fromstring(svg).iter()}
        assert set(_REFERENCE.findall(svg)) <= own, slug


@pytest.mark.parametrize(("slug", "year"), [(film.slug, str(film.write.year)) for film in films()])
def test_a_poster_is_lettered_with_its_year_as_outlines(slug, year, drawn):
    """The digits' shapes stand in the drawing; where they stand is the artist's business."""
    signatures = {_moves(d) for d in re.findall(r' d="([^"]+)"', drawn[slug])}
    digits = _moves(outline(year, 0, 0, size=25, weight="semibold", tracking=0.07))

    assert any(digits in signature for signature in signatures)


def _shapes(svg: str) -> Counter[str]:
    return Counter(
        ET.tostring(element, encoding="unicode")
        for element in ET.fromstring(svg).iter()
        if len(element) == 0 and element.tag != f"{_SVG}stop"
    )


def _moves(path: str) -> str:
    """Return a path's commands without its numbers."""
    return re.sub(r"[^A-Za-z]", "", path)
