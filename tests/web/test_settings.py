"""The public address decides about cookies, so a bad one is refused at the start."""

import pytest
from pydantic import ValidationError

from tests.web.conftest import settings


@pytest.mark.parametrize(
    ("url", "is_secure"),
    [
        ("https://cinema.example", True),
        ("https://cinema.example/", True),
        ("http://localhost:8081", False),
        ("http://127.0.0.1:8081", False),
        ("http://[::1]:8081", False),
    ],
)
def test_https_and_this_machine_are_accepted(url, is_secure):
    made = settings(public_url=url)

    assert (made.public_url, made.is_secure) == (url.rstrip("/"), is_secure)


@pytest.mark.parametrize(
    "url",
    [
        "http://cinema.example",
        "http://localhost.evil.example",
        "http://10.0.0.1:8081",
        "ftp://localhost",
        "localhost:8081",
        "https://cinema.example/shop",
        "",
    ],
)
def test_other_addresses_are_refused(url):
    with pytest.raises(ValidationError):
        settings(public_url=url)


def test_refusal_of_plain_http_says_why():
    with pytest.raises(ValidationError, match="the session's cookie could be read on the way"):
        settings(public_url="http://cinema.example")
