"""The provider's pages find their texts in the reader's language."""

import re
from pathlib import Path

import pytest

from backend.onebox.identity import pages, problems
from backend.onebox.identity.pages import preferred
from brand.texts import LANGUAGES, texts

ROOT = Path(pages.__file__).parent


@pytest.mark.parametrize(
    ("locales", "language"),
    [("ro-RO en", "ro"), ("fr de", None), ("fr en_GB ro", "en"), ("", None)],
)
def test_first_language_of_ours_wins(locales, language):
    assert preferred(locales) == language


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_named_in_full_exists(language):
    sources = [*ROOT.rglob("*.py"), *ROOT.rglob("*.html")]
    named = {
        key
        for source in sources
        for key in re.findall(
            r'"(identity\.(?!css)[a-z_.]+[a-z])"', source.read_text(encoding="utf-8")
        )
    }

    assert {key for key in named if not texts(language).has(key)} == set()


def test_every_problem_has_its_texts():
    kinds = {kind.page for kind in problems.PageProblem.__subclasses__()}
    kinds |= {"broken", "missing", "unavailable"}
    wanted = {f"identity.problem.{kind}.{part}" for kind in kinds for part in ("title", "lead")}

    assert {key for key in wanted for code in LANGUAGES if not texts(code).has(key)} == set()
