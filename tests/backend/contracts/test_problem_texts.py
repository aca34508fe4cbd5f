"""Every problem is told to people in each language, and no text is left without its problem."""

import pkgutil
from importlib import import_module

import pytest

import backend.client
import backend.contracts
import web
from backend.contracts.problems import Problem
from brand.texts import LANGUAGES, texts

# What a person meets on the site; identity and the launcher have pages and words of their own.
_PACKAGES = (backend.contracts, backend.client, web)
_PREFIX = "problems."


def told() -> set[str]:
    """Return the code of every problem that the packages define."""
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2].startswith(("problems", "errors")):
                import_module(module.name)
    names = tuple(f"{package.__name__}." for package in _PACKAGES)
    return {kind.__name__ for kind in _kinds(Problem) if kind.__module__.startswith(names)}


def _kinds(kind: type[Problem]) -> set[type[Problem]]:
    return {kind}.union(*map(_kinds, kind.__subclasses__()))


def written(language: str) -> dict[str, str]:
    entries = texts(language).entries
    return {
        key.removeprefix(_PREFIX): forms[0]
        for key, forms in entries.items()
        if key.startswith(_PREFIX)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_a_text_and_every_text_a_problem(language):
    assert set(written(language)) == told()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_need_no_values(language):
    # The facts of a problem come from another process: a missing one must not break the page.
    assert {code for code, text in written(language).items() if {"{", "}"} & set(text)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_say_what_to_do_after_what_is_wrong(language):
    short = {
        code
        for code, text in written(language).items()
        if not text.endswith(".") or len(text) > 140 or len(text) < 40
    }

    assert short == set()


def test_names_are_unique_since_they_cross_the_wire():
    names = [kind.__name__ for kind in _kinds(Problem)]

    assert sorted(names) == sorted(set(names))
