"""What is put into compiled templates, or remembered, reads as if it had been looked up."""

import pytest
from jinja2 import DictLoader, UndefinedError

from backend.contracts.catalogue import FilmRead, ScreeningRead
from brand.texts import texts
from tests.web import builders
from web.showings import showing
from web.templating import Remembered, templates

WRITTEN = {
    "text": "{{ t('web.skip') }}",
    "text with values": "{{ t('web.seats.name', row='<A>', seat='1') }}",
    "text with a count": "{{ t('web.seats.count', count=2) }}",
    "icon": "{{ icon('film', size=20) }}",
    "file": "{{ asset('site.css') }}",
    "in an expression": "{{ (t('web.skip') ~ '<') | upper }}",
    "text of a variable": "{% set key = 'web.skip' %}{{ t(key) }}",
    "format": "{{ t.money(amount, 'RON') }}",
    "format in a loop": "{% for n in (1, 2) %}{{ t.number(n) }}{% endfor %}",
}


def rendered(language: str, source: str, *, is_reloading: bool) -> str:
    environment = templates(language, is_reloading=is_reloading).overlay(
        loader=DictLoader({"page": source})
    )
    return environment.get_template("page").render(amount=1250)


@pytest.mark.parametrize("language", ["en", "ro"])
@pytest.mark.parametrize("source", WRITTEN.values(), ids=WRITTEN)
def test_folded_template_reads_as_one_that_looks_everything_up(language, source):
    folded, looked_up = (
        rendered(language, source, is_reloading=is_reloading) for is_reloading in (False, True)
    )

    assert folded == looked_up


def test_what_is_folded_in_is_escaped():
    page = rendered("en", WRITTEN["text with values"], is_reloading=False)

    assert page == "Row &lt;A&gt;, seat 1"


def test_languages_share_no_template():
    pages = [rendered(language, WRITTEN["text"], is_reloading=False) for language in ("en", "ro")]

    assert pages == [texts(language)("web.skip") for language in ("en", "ro")]


def test_missing_variable_is_still_an_error():
    with pytest.raises(UndefinedError):
        rendered("en", "{{ t.money(nothing, 'RON') }}", is_reloading=False)


def test_remembered_is_written_again_when_its_value_changes():
    written = []

    def macro(value):
        written.append(value)
        return f"<{value}>"

    remembered = Remembered()
    values = ("a", "a", "b", "a")
    said = [remembered("name", value, macro, value) for value in values]

    assert (said, written) == (["<a>", "<a>", "<b>", "<a>"], ["a", "b", "a"])


def test_remembered_is_bounded():
    written = []
    remembered = Remembered(most=2)

    def macro(name):
        written.append(name)
        return ""

    for name in ("a", "b", "c", "c", "a"):
        remembered(name, None, macro, name)

    assert written == ["a", "b", "c", "a"]


@pytest.mark.parametrize("field", sorted(set(ScreeningRead.model_fields) - {"free"}))
def test_stub_is_written_again_when_anything_but_its_free_seats_changes(field):
    at = builders.now()
    screening = builders.screening(free=50)
    changed = screening.model_copy(update={field: object()})

    *_, shown = showing(screening, at).shown

    assert shown == {**vars(screening), "free": None}
    assert shown != {**vars(changed), "free": None}


def test_stub_stays_as_it_is_while_there_are_plenty_of_seats():
    at = builders.now()
    screening = builders.screening(capacity=200, free=150)

    more, fewer, few = (
        showing(screening.model_copy(update={"free": free}), at).shown for free in (150, 140, 2)
    )

    assert (more == fewer, more == few) == (True, False)


@pytest.mark.parametrize("field", FilmRead.model_fields)
def test_film_is_written_again_when_anything_of_it_changes(field):
    film = builders.film()

    assert film != film.model_copy(update={field: "other"})
