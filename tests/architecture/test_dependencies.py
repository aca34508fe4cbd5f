"""A18: what comes from elsewhere is pinned by hash, is nobody's abandoned work, and may be used.

Which weaknesses of the locked versions are known, only the network can tell: docs/testing.md.
"""

import re
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock")
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?P<marker> ;[^\\]+)? \\$")
_HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
# Libraries of this kind were given up by their makers, or had weaknesses that nobody mends.
ABANDONED = frozenset(
    {
        "ecdsa",
        "jose",
        "mock",
        "nose",
        "pycrypto",
        "pyjwkest",
        "pypdf2",
        "python-jose",
        "simplejson",
        "toml",
        "twisted-iocpsupport",
    }
)
# What an Apache-2.0 product may be shipped with; a copyleft of the library alone is one too.
_GOOD = re.compile(
    r"\b(apache|bsd|mit|isc|psf|python software foundation|0bsd|zlib|unlicense|public domain|"
    r"mpl|mozilla public|lgpl|lesser general|ofl|open font|hpnd|cc0|unicode|zpl)",
    re.IGNORECASE,
)


def pins(lock: str) -> dict[str, str]:
    """Return the locked versions by name."""
    found = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        pin = _PIN.match(line)
        if pin is not None:
            found[_plain(pin["name"])] = pin["version"]
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_everything_is_pinned_and_hashed(lock):
    lines = (ROOT / lock).read_text("utf-8").splitlines()
    pinned = [number for number, line in enumerate(lines) if _PIN.match(line)]

    strange = [line for line in lines if not _PIN.match(line) and not _HASH.match(line)]
    assert strange == []
    assert [lines[number] for number in pinned if not _HASH.match(lines[number + 1])] == []
    assert len(pinned) > 40


def test_what_is_shipped_is_what_is_tested():
    shipped, tested = (pins(lock) for lock in LOCKS)

    assert {name: tested.get(name) for name in shipped} == shipped


@pytest.mark.parametrize("lock", LOCKS)
def test_versions_are_released_and_not_abandoned(lock):
    found = pins(lock)

    early = {name: version for name, version in found.items() if re.search(r"a|b|rc|dev", version)}
    assert early == {}
    assert ABANDONED & set(found) == frozenset()


def test_every_dependency_that_we_name_has_a_lower_bound():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    every = [*project["dependencies"], *(one for extra in extras for one in extra)]

    unbound = [one for one in every if not re.search(r"[>=~]=", one)]
    assert unbound == ["moviemesh-ticketcode"]


def test_shipped_packages_may_be_shipped():
    licences = {_plain(each.metadata["Name"]): _licence(each.metadata) for each in distributions()}
    shipped = {name: licences.get(name) for name in pins("requirements.lock")}
    installed = {name: said for name, said in shipped.items() if said is not None}

    assert {name: said for name, said in installed.items() if not _GOOD.search(said)} == {}
    # The others are for other systems, so this one need not have them.
    assert len(installed) > 40


def _licence(metadata) -> str:
    said = [metadata.get("License-Expression") or "", metadata.get("License") or ""]
    said += [one for one in metadata.get_all("Classifier") or [] if one.startswith("License")]
    return " ".join(said)[:2_000]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
