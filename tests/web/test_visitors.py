"""Auth is asked for who it is, and its cookies reach the browser as they are."""

from backend.client.errors import Unreachable
from backend.contracts.orders import OrderList
from backend.contracts.problems import Unsigned
from tests.web import builders
from tests.web.reading import read


async def test_looking_makes_nobody_a_guest(browser, services):
    page = await browser.get("/en")

    assert page.status_code == 200
    assert services.asked_at("auth/internal/session") == []
    assert "set-cookie" not in page.headers


async def test_cookie_of_a_new_guest_passes_through_unchanged(browser, services):
    cookie = "__Host-mm_session=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=60"
    services.say("GET", "auth/internal/session", builders.session(set_cookie=cookie))

    page = await browser.get("/en/find")

    assert page.headers.get_list("set-cookie") == [cookie]


async def test_cookie_passes_with_a_refusal_too(browser, services):
    services.say("GET", "movies/orders", Unreachable())

    page = await browser.get("/en/tickets")

    assert (page.status_code, page.headers.get_list("set-cookie")) == (503, [builders.COOKIE])


async def test_auth_is_asked_once_per_request_with_the_browser_cookies(browser, services):
    services.say("GET", "movies/orders", OrderList(orders=[]))

    await browser.get("/en/tickets", headers={"Cookie": "mm_session=abc; other=1"})

    (asked,) = services.asked_at("auth/internal/session")
    assert asked.headers["cookie"] == "mm_session=abc; other=1"
    assert asked.headers["authorization"].startswith("Bearer ")


async def test_orders_are_asked_for_with_the_token_of_the_visitor(browser, services):
    services.say("GET", "movies/orders", OrderList(orders=[]))

    await browser.get("/en/tickets")

    (asked,) = services.asked_at("movies/orders")
    assert asked.headers["authorization"] == "Bearer token-of-the-guest"


async def test_token_never_reaches_the_browser(browser, services):
    services.say("GET", "movies/orders", OrderList(orders=[builders.order()]))

    page = await browser.get("/en/tickets")

    assert "token-of-the-guest" not in page.text + str(page.headers)


async def test_header_offers_to_sign_in_and_to_come_back_here(browser):
    page = read((await browser.get("/ro?day=2026-11-24&signin=failed")).text)

    link = page.one("a", class_="account-link")
    assert link.attributes["href"] == ("/auth/sign-in?return_to=/ro%3Fday%3D2026-11-24&language=ro")


async def test_header_names_who_is_signed_in_and_lets_them_out(browser, services):
    services.say("GET", "auth/internal/session", builders.person())

    page = read((await browser.get("/en", headers={"Cookie": "mm_session=abc"})).text)

    account = page.one("details", class_="account")
    form = account.one("form")
    assert account.one("summary").text == "Ana : your account"
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/auth/sign-out")
    assert form.one("input", name="csrf").attributes["value"] == builders.CSRF


async def test_only_those_who_check_tickets_are_shown_the_door(browser, services):
    links = {}
    for role in ("customer", "door"):
        services.say("GET", "auth/internal/session", builders.person(roles=[role]))
        page = read((await browser.get("/en", headers={"Cookie": f"mm_session={role}"})).text)
        links[role] = [a for a in page.all("a") if a.attributes["href"] == "/en/door"]

    assert (len(links["customer"]), len(links["door"])) == (0, 1)


async def test_programme_is_shown_although_auth_is_away_or_refuses_the_cookie(browser, services):
    for refusal in (Unreachable(), Unsigned()):
        services.say("GET", "auth/internal/session", refusal)

        page = await browser.get("/en", headers={"Cookie": "mm_session=abc"})

        assert (page.status_code, len(read(page.text).all("article", class_="film"))) == (200, 1)


async def test_sign_in_that_failed_is_told(browser):
    page = read((await browser.get("/en?signin=unavailable")).text)
    hostile = read((await browser.get("/en?signin=<script>")).text)

    assert page.one("div", role="alert").text == (
        "Signing in is not possible at the moment. You can still buy tickets as a guest."
    )
    assert hostile.all("div", role="alert") == []
