"""The catalogues are complete in every language, and the source asks only for what they hold."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from brand.texts import CATALOGUES, LANGUAGES

ROOT = CATALOGUES.parent
SOURCES = ("backend", "brand", "cli", "desktop", "kiosk_app", "staff_app", "web")
ENDINGS = {".py", ".html", ".js", ".txt", ".svg", ".xml", ".qml"}
AREAS = sorted({path.stem for path in CATALOGUES.glob("*/*.po")})
PLURAL_FORMS = {"en": 2, "ro": 3}

# A key given to t, self._t, page.t or texts(language), but not one still to be completed.
CALLED = re.compile(
    r"""(?<![\w.])(?:\w+\.|_)?(?:t|texts\([^()]*\))\(\s*["']([a-z_]+\.[\w.-]*[\w-])["']"""
)
QUOTED = re.compile(r"""["'`]([a-z_]+(?:\.[\w-]+)+)["'`]""")
# "area.family." ~ word and f"area.family.{word}"; a whole area has to be declared in its catalogue.
BUILT = re.compile(r"""["'`]([a-z_]+\.(?:[\w-]+\.)+)["'`{$]""")
DECLARED = re.compile(r"^# dynamic: (.+)$", re.MULTILINE)


def catalogue(language: str, area: str) -> Catalog:
    with (CATALOGUES / language / f"{area}.po").open("rb") as file:
        return read_po(file, locale=language, charset="utf-8", abort_invalid=True)


def key_of(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def messages(language: str, area: str) -> dict[str, Message]:
    return {key_of(message): message for message in catalogue(language, area) if message.id}


def forms(message: Message) -> tuple[str, ...]:
    written = message.string or ""
    return (written,) if isinstance(written, str) else tuple(written)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def sources() -> Iterator[tuple[Path, str]]:
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in ENDINGS and path.is_file():
                yield path.relative_to(ROOT), path.read_text("utf-8")


def every_key() -> set[str]:
    return {key for area in AREAS for key in messages("en", area)}


def families() -> tuple[str, ...]:
    """Return the beginnings of keys that the source completes with data."""
    found = {prefix for _, text in sources() for prefix in BUILT.findall(text)}
    for area in AREAS:
        head = (CATALOGUES / "en" / f"{area}.po").read_text("utf-8")
        found.update(prefix for line in DECLARED.findall(head) for prefix in line.split())
    return tuple(found)


@pytest.mark.parametrize("area", AREAS)
def test_catalogues_have_the_same_keys_in_every_language(area):
    assert {language: set(messages(language, area)) for language in LANGUAGES} == {
        language: set(messages("en", area)) for language in LANGUAGES
    }


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogue_is_written_completely(language, area):
    found = messages(language, area)

    unfinished = {key for key, message in found.items() if not all(forms(message))}
    unsure = {key for key, message in found.items() if message.fuzzy}
    short = {
        key
        for key, message in found.items()
        if not isinstance(message.id, str) and len(forms(message)) != PLURAL_FORMS[language]
    }

    assert (unfinished, unsure, short) == (set(), set(), set())


@pytest.mark.parametrize("area", AREAS)
def test_catalogues_name_the_same_placeholders(area):
    english, romanian = messages("en", area), messages("ro", area)

    differing = {
        key
        for key in english.keys() & romanian.keys()
        if set().union(*map(placeholders, forms(english[key])))
        != set().union(*map(placeholders, forms(romanian[key])))
    }

    assert differing == set()


@pytest.mark.parametrize("area", AREAS)
def test_romanian_uses_letters_with_a_comma_below(area):
    wrong = {
        key
        for key, message in messages("ro", area).items()
        if set("".join(forms(message))) & set("şţŞŢ")
    }

    assert wrong == set()


def test_keys_stand_in_one_catalogue_only():
    seen = [key for area in AREAS for key in messages("en", area)]

    assert sorted(seen) == sorted(set(seen))


def test_source_asks_only_for_keys_that_exist():
    known = every_key()

    missing = {
        (str(path), key)
        for path, text in sources()
        for key in CALLED.findall(text)
        if key not in known
    }

    assert missing == set()


def test_every_key_is_used():
    quoted = {key for _, text in sources() for key in QUOTED.findall(text)}
    dynamic = families()

    unused = {key for key in every_key() - quoted if not key.startswith(dynamic)}

    assert unused == set()
