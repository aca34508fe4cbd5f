"""The tree of problems: one class per fact, each with a code, a status and a sentence."""

import pkgutil
import re
from importlib import import_module

import pytest

import backend.contracts
from backend.contracts import problems
from backend.contracts.problems import Malformed, Problem

STATUSES = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503}
MODULES = [
    import_module(f"backend.contracts.{module.name}")
    for module in pkgutil.iter_modules(backend.contracts.__path__)
    if module.name.startswith("problems")
]


def kinds(of: type[Problem] = Problem) -> list[type[Problem]]:
    below = [kind for one in of.__subclasses__() for kind in kinds(one)]
    return [*of.__subclasses__(), *below]


OURS = [kind for kind in kinds() if kind.__module__.startswith("backend.contracts.")]
FAMILIES = [kind for kind in Problem.__subclasses__() if kind.__module__ == problems.__name__]
every_problem = pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)


def test_each_code_is_one_class():
    names = [kind.__name__ for kind in OURS]

    assert sorted(names) == sorted(set(names))
    assert {module.__name__ for module in MODULES} == {kind.__module__ for kind in OURS}


@every_problem
def test_problem_comes_back_from_its_code_with_its_facts(kind):
    made = Problem.named(kind.__name__)("Another sentence.", seats=[1])

    assert type(made) is kind
    assert (made.code, made.sentence, made.facts) == (
        kind.__name__,
        "Another sentence.",
        {"seats": [1]},
    )
    assert kind().sentence == kind.detail


@every_problem
def test_problem_has_a_status_and_says_what_it_is_and_what_to_do(kind):
    assert kind.status in STATUSES
    assert re.fullmatch(r"[A-Z].*[.!?]", kind.detail, re.DOTALL)
    assert 10 < len(kind.detail) < 160
    assert (kind.__doc__ or "").strip().endswith(".")
    assert not kind.__name__.endswith(("Error", "Exception", "Problem"))


def test_status_of_a_fact_is_that_of_its_family():
    assert len({family.status for family in FAMILIES}) == len(FAMILIES)
    for kind in OURS:
        [family] = [one for one in FAMILIES if issubclass(kind, one)]
        assert kind.status == family.status, kind


def test_tree_in_the_docstring_is_the_tree():
    tree = problems.__doc__ or ""
    drawn = dict(re.findall(r"(\w+) \((\d{3})\)", tree))

    assert drawn == {kind.__name__: str(kind.status) for kind in FAMILIES}


def test_unknown_code_is_a_plain_problem():
    assert Problem.named("OfTomorrow") is Problem
    assert Malformed.status == 422
