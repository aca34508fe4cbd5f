"""Where a sign-in may lead back to, by table and by whatever hypothesis thinks of."""

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.auth.signin.rules import Outcome, local_path, outcome_of, told

SITE = "https://cinema.example"


@pytest.mark.parametrize(
    "path",
    ["/", "/en", "/ro/orders/1?pay=1#seats", "/en/films/a%20b", "/en/x?u=https://a.example", "/ș"],
)
def test_local_paths_are_kept(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "wished",
    [
        None,
        "",
        "en",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/en\\..\\x",
        "https://evil.example/",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/en\r\nSet-Cookie: a=b",
        "/en\x00",
        "/en\x7f",
        "/en\x85",
        "/" + "a" * 1000,
    ],
)
def test_anything_else_leads_home(wished):
    assert local_path(wished) == "/"


@settings(deadline=None, max_examples=60)
@given(st.text() | st.text("/\\.:@?#%evilexampl\t\n ", min_size=1))
@example("/%2F/evil.example")
@example("/./\\evil.example")
def test_no_wish_leaves_the_site(wished):
    """A browser resolves the address as urljoin does, once it has read \\ as / and dropped tabs."""
    path = local_path(wished)
    as_browsers_read = path.replace("\\", "/").replace("\t", "").replace("\n", "").strip()

    target = urlsplit(urljoin(SITE + "/auth/callback", as_browsers_read))

    assert (target.scheme, target.netloc) == ("https", "cinema.example")
    assert urlsplit(SITE + told(path, Outcome.FAILED)).netloc == "cinema.example"


@pytest.mark.parametrize(
    ("path", "outcome", "expected"),
    [
        ("/en", None, "/en"),
        ("/en", Outcome.FAILED, "/en?signin=failed"),
        ("/en?day=1&x=#seats", Outcome.EXPIRED, "/en?day=1&x=&signin=expired#seats"),
        ("/en?signin=failed", None, "/en"),
        ("/en?signin=failed&day=1", Outcome.UNAVAILABLE, "/en?day=1&signin=unavailable"),
        ("/en?title=a%20%26%20b", None, "/en?title=a+%26+b"),
    ],
)
def test_outcome_is_told_once(path, outcome, expected):
    assert told(path, outcome) == expected


@pytest.mark.parametrize(
    ("error", "description", "outcome"),
    [
        ("access_denied", "", Outcome.FAILED),
        ("invalid_scope", "Invalid scopes: x", Outcome.FAILED),
        ("", "", Outcome.FAILED),
        ("server_error", "", Outcome.UNAVAILABLE),
        ("temporarily_unavailable", "", Outcome.UNAVAILABLE),
        ("temporarily_unavailable", "authentication_expired", Outcome.EXPIRED),
    ],
)
def test_refusals_are_told_apart(error, description, outcome):
    assert outcome_of(error, description) is outcome
