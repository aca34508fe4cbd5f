"""The table of films: complete, in both languages, and in words that the site knows."""

from datetime import date

import pytest

from backend.onebox.demo.films import Film, films
from brand.texts import texts

_CLASSES = {"AG", "AP-12", "N-15", "IM-18"}
_CEDILLAS = set("şţŞŢ")
_EVERY = pytest.mark.parametrize("film", films(), ids=lambda film: film.slug)


def test_twenty_films_have_twenty_slugs():
    assert len({film.slug for film in films()}) == 20


@_EVERY
def test_a_film_came_out_in_its_year_and_has_a_romanian_class(film: Film):
    assert film.write.release_date is not None
    assert film.write.release_date.year == film.write.year
    assert film.write.release_date < date(1970, 1, 1)
    assert film.write.certificate in _CLASSES


@_EVERY
def test_a_film_is_told_in_both_languages(film: Film):
    synopses = film.write.synopsis

    assert synopses.keys() == film.write.title.keys() == {"en", "ro"}
    assert synopses["en"] != synopses["ro"]
    assert all(100 <= len(text) <= 320 for text in synopses.values())
    assert not _CEDILLAS & set(synopses["ro"] + film.write.title["ro"])


@_EVERY
def test_the_site_has_words_for_its_genres_and_its_class(film: Film):
    for language in ("en", "ro"):
        t = texts(language)
        for key in (
            *(f"common.genre.{genre}" for genre in film.write.genres),
            f"common.certificate.{film.write.certificate}",
        ):
            assert t(key) != key


def test_who_may_see_what():
    by_slug = {film.slug: film for film in films()}

    assert [slug for slug, film in by_slug.items() if film.is_for_adults] == [
        "night-of-the-living-dead"
    ]
    assert by_slug["the-kid"].is_for_children
    assert not by_slug["haxan"].is_for_children
    assert [slug for slug, film in by_slug.items() if film.is_short] == ["a-trip-to-the-moon"]
