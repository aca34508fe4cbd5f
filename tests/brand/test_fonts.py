"""The subset fonts hold every letter that our languages need, and are made only once."""

import pytest
from fontTools.ttLib import TTFont

from brand.fonts import WEB_WEIGHTS, build, font_face_css, ttf_path


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(tmp_path_factory.mktemp("fonts"))


@pytest.mark.parametrize("weight", WEB_WEIGHTS)
def test_subset_holds_the_letters_of_our_languages(built, weight):
    with TTFont(built[weight]) as font:
        drawn = font.getBestCmap()

    wanted = "aZ09ăâîșțĂÂÎȘȚéäöüřž€„”“…←→✓\u00a0\u2013\u2014\u2019\u2212\u00d7"
    assert {letter for letter in wanted if ord(letter) not in drawn} == set()


def test_subsets_are_small(built):
    assert max(path.stat().st_size for path in built.values()) < 60_000


def test_build_leaves_finished_files_alone(built):
    folder = built["regular"].parent
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}

    again = build(folder)

    assert again == built
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


def test_font_faces_name_the_built_files(built):
    css = font_face_css("/static/fonts/")

    assert [f'url("/static/fonts/{path.name}")' in css for path in built.values()] == [True] * 3
    assert css.count("font-display: swap") == 3


@pytest.mark.parametrize("weight", ["regular", "semibold", "bold", "black"])
def test_whole_fonts_are_found(weight):
    assert ttf_path(weight).stat().st_size > 100_000
