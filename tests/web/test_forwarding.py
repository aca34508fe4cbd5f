"""What goes to auth and what comes back: methods, cookies and redirects, and nothing else."""

import httpx2
import pytest

PATHS_ELSEWHERE = [
    "/auth/../internal/session",
    "/auth/..%2finternal/session",
    "/auth/%2e%2e/internal/session",
    "/auth/sign-in%3fx",
    "/auth//internal",
    "/auth/a.b",
]


def redirecting(_request):
    return httpx2.Response(
        303,
        headers=[
            ("Location", "http://localhost:8180/realms/moviemesh/auth?state=1"),
            ("Set-Cookie", "mm_signin=1; Path=/auth; HttpOnly; SameSite=lax"),
            ("Set-Cookie", "mm_session=; Max-Age=0; Path=/"),
            ("Cache-Control", "no-store"),
            ("Connection", "keep-alive, X-Hop"),
            ("X-Hop", "only to the next"),
            ("Keep-Alive", "timeout=5"),
            ("Transfer-Encoding", "chunked"),
            ("Server", "inside"),
        ],
    )


async def test_answer_comes_back_with_its_cookies_and_location(browser, services):
    services.say("GET", "auth/auth/sign-in", redirecting)

    answer = await browser.get("/auth/sign-in?return_to=%2Fen&language=ro")

    assert answer.status_code == 303
    assert answer.headers["location"] == "http://localhost:8180/realms/moviemesh/auth?state=1"
    assert answer.headers.get_list("set-cookie") == [
        "mm_signin=1; Path=/auth; HttpOnly; SameSite=lax",
        "mm_session=; Max-Age=0; Path=/",
    ]
    assert answer.headers["cache-control"] == "no-store"


async def test_headers_of_one_hop_stay_there(browser, services):
    services.say("GET", "auth/auth/sign-in", redirecting)

    answer = await browser.get("/auth/sign-in")

    hop = {"connection", "x-hop", "keep-alive", "transfer-encoding", "server"}
    assert hop & answer.headers.keys() == set()


async def test_request_goes_on_with_query_body_and_cookies(browser, services):
    services.say("POST", "auth/auth/sign-out", httpx2.Response(204))

    await browser.post(
        "/auth/sign-out?x=1&x=%C8%9B",
        headers={"Cookie": "mm_session=abc", "Origin": "http://localhost:8081"},
        data={"csrf": "token"},
    )

    (asked,) = services.asked
    assert asked.method == "POST"
    assert str(asked.url) == "http://auth/auth/sign-out?x=1&x=%C8%9B"
    assert asked.content == b"csrf=token"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["cookie"] == "mm_session=abc"
    assert asked.headers["origin"] == "http://localhost:8081"


async def test_browser_cannot_say_where_it_is_or_who(browser, services):
    services.say("GET", "auth/auth/sign-in", httpx2.Response(204))

    await browser.get(
        "/auth/sign-in",
        headers={
            "X-Forwarded-For": "198.51.100.1",
            "X-Forwarded-Host": "evil.example",
            "Forwarded": "for=198.51.100.1",
            "Authorization": "Bearer stolen",
        },
    )

    (asked,) = services.asked
    assert asked.headers.get_list("x-forwarded-for") == ["203.0.113.9"]
    assert asked.headers.get_list("x-forwarded-host") == ["localhost:8081"]
    assert asked.headers.get_list("x-forwarded-proto") == ["http"]
    assert "forwarded" not in asked.headers
    assert [value for value in asked.headers.get_list("authorization") if "stolen" in value] == []


@pytest.mark.parametrize("path", PATHS_ELSEWHERE)
async def test_nothing_but_the_public_addresses_of_auth_is_reached(browser, services, path):
    await browser.get(httpx2.URL("http://localhost:8081").copy_with(raw_path=path.encode()))

    assert [request.url.path for request in services.asked] == []


async def test_large_bodies_are_refused(browser, services):
    answer = await browser.post("/auth/sign-out", content=b"x" * 65_537)

    assert (answer.status_code, services.asked) == (413, [])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(browser, services, method):
    answer = await browser.request(method, "/auth/sign-in")

    assert (answer.status_code, services.asked) == (405, [])


async def test_auth_away_is_a_page_that_says_so(browser, services):
    services.are_away = True

    answer = await browser.get("/auth/sign-in")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
