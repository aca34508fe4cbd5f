"""The flags of each cookie on https and on loopback, exactly."""

from datetime import timedelta

import pytest

from backend.auth.cookies import Cookie, Cookies
from tests.backend.auth.rig import auth_settings


def cookies(public_url: str) -> Cookies:
    return Cookies(auth_settings(public_url=public_url))


@pytest.mark.parametrize("cookie", Cookie)
def test_https_pins_cookies_to_the_host(cookie):
    kept = cookies("https://cinema.example").keep(cookie, "v", timedelta(minutes=15))

    assert kept == f"__Host-{cookie}=v; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=900"


@pytest.mark.parametrize("cookie", Cookie)
def test_loopback_has_what_safari_keeps(cookie):
    kept = cookies("http://localhost:8081").keep(cookie, "v")

    assert kept == f"{cookie}=v; Path=/; HttpOnly; SameSite=Lax"


def test_each_name_carries_the_service():
    assert [str(cookie) for cookie in Cookie] == [
        "mm-auth-session",
        "mm-auth-guest",
        "mm-auth-sign-in",
        "mm-auth-orders",
    ]


@pytest.mark.parametrize(
    ("public_url", "dropped"),
    [
        (
            "https://cinema.example",
            "__Host-mm-auth-guest=; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=0",
        ),
        ("http://localhost:8081", "mm-auth-guest=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"),
    ],
)
def test_dropped_cookie_is_the_same_cookie(public_url, dropped):
    assert cookies(public_url).drop(Cookie.GUEST) == dropped


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (None, {}),
        ("", {}),
        ("mm-auth-guest=g", {Cookie.GUEST: "g"}),
        ("a=1; mm-auth-guest=g; mm-auth-session=s; b", {Cookie.GUEST: "g", Cookie.SESSION: "s"}),
        ("mm-auth-guest=", {}),
        ("__Host-mm-auth-guest=g", {}),
        ("MM-AUTH-GUEST=g; xmm-auth-guest=h; = ; ;;", {}),
    ],
)
def test_own_cookies_are_found_among_others(header, found):
    assert cookies("http://localhost:8081").read(header) == found


def test_https_believes_only_pinned_cookies():
    given = "mm-auth-session=planted; __Host-mm-auth-session=own"

    assert cookies("https://cinema.example").read(given) == {Cookie.SESSION: "own"}
