"""The repository names no registry, no machine and no host but the ones that stand for any."""

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.architecture.sources import ROOT

_ADDRESS = re.compile(r"\b(?:https?|ftp|git|ssh)://(?:[^/\s\"'@]*@)?\[?([A-Za-z0-9.:-]*)")
_LOCAL = re.compile(
    r"^(localhost|127\.[\d.]+|::1.*|0\.0\.0\.0|10\.[\d.]+|169\.254\.169\.254|[A-Za-z0-9-]*)$"
)
# Names that the internet keeps free for examples and tests.
_RESERVED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.org")
# Names of formats, never fetched, and the licence's own.
_NAMES = {"www.w3.org", "www.apache.org", "json-schema.org", "schema.org"}
_MACHINE = re.compile(r"(?<![\w.])/(?:home|root|work|Users|mnt)/\w+")
_INDEX = re.compile(r"--?(?:extra-)?index-url|--find-links|--trusted-host|\bregistry\s*=")
# It shows what it looks for.
_MINE = "tests/architecture/test_addresses.py"
_BINARY = {".png", ".woff2", ".ttf", ".pdf", ".ico", ".webp", ".jpg"}


def texts() -> Iterator[tuple[str, str]]:
    """Yield the files that git knows or would take."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True).stdout
    for name in sorted(filter(None, listed.decode().split("\0"))):
        path = ROOT / name
        if path.is_file() and path.suffix not in _BINARY and name != _MINE:
            yield name, path.read_text("utf-8")


def strange_hosts(text: str) -> set[str]:
    hosts = {found.partition(":")[0].rstrip(".").lower() for found in _ADDRESS.findall(text)}
    return {h for h in hosts - _NAMES if not _LOCAL.match(h) and not h.endswith(_RESERVED)}


def test_no_host_is_named():
    found = {name: hosts for name, text in texts() if (hosts := strange_hosts(text))}

    assert found == {}


def test_no_machine_is_named():
    found = {name: set(_MACHINE.findall(text)) for name, text in texts()}

    assert {name: paths for name, paths in found.items() if paths} == {}


def test_locks_and_settings_name_no_registry():
    names = ["pyproject.toml", "ticketcode/pyproject.toml", *map(str, ROOT.glob("*.lock"))]
    found = [name for name in names if _INDEX.search((ROOT / name).read_text("utf-8"))]

    assert found == []


@pytest.mark.parametrize(
    ("text", "hosts"),
    [
        ("see https://files.registry.net/simple/", {"files.registry.net"}),
        ("http://user:word@mirror.net:8080/x", {"mirror.net"}),
        ("http://localhost:8081 and http://[::1]:9/ and https://id.mesh.example/", set()),
        ("http://127.0.0.1:{port} http://movies/lookups", set()),
    ],
)
def test_a_strange_host_is_found(text, hosts):
    assert strange_hosts(text) == hosts


def test_a_machine_is_found():
    # Put together here, so that this file names no machine's path itself.
    own, roots = (f"/{place}/{name}" for place, name in (("home", "ana"), ("root", "y")))

    assert _MACHINE.findall(f"cp {own}/x {roots}; /lookups/work/z ./home/x") == [own, roots]
