"""A13: forms sent by somebody else's page, sessions chosen by somebody else, pages in frames.

The forms are found by walking through the site and the provider's pages, as a guest and as staff.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest

from backend.onebox.people import PEOPLE
from cli.visitor import Form, Page
from tests.faults.abuse.browsing import Browser, filled, signed_in
from tests.faults.abuse.world import Place, World, place

pytestmark = pytest.mark.fault("A13")
_TOKENS = frozenset({"csrf", "form_token"})
_FOREIGN = "http://evil.example"
# How a page of somebody else, or no browser at all, would send a form that it copied.
SENDERS: Mapping[str, Mapping[str, str]] = {
    "another site": {"origin": _FOREIGN, "sec-fetch-site": "cross-site"},
    "another site that hides its name": {"origin": "null", "sec-fetch-site": "cross-site"},
    "another port of this machine": {"origin": "http://localhost:1", "sec-fetch-site": "same-site"},
    "a name that begins alike": {"origin": "http://localhost.evil.example"},
}
# Of the site's own forms and the provider's; each of them must be found by the walk.
WANTED = frozenset(
    {
        "/auth/sign-out",
        "/{language}/door",
        "/{language}/find",
        "/{language}/orders/{id}/pay",
        "/{language}/screenings/{id}",
        "/realms/moviemesh/login-actions/authenticate",
        "/realms/moviemesh/login-actions/registration",
        "/realms/moviemesh/login-actions/reset-credentials",
    }
)


async def test_no_form_is_taken_from_anybody_else(world: World):
    wrong, found = [], set()
    async with _walk(world) as forms, Browser() as stranger:
        for browser, form in forms:
            name = _name(form.action)
            found.add(name)
            for reason, answer in await _attacks(browser, stranger, form):
                if answer.status_code < 400:
                    wrong.append(f"{name}, {reason}: {answer.status_code}")

    assert wrong == []
    assert found >= WANTED


async def test_the_same_forms_are_taken_from_their_own_pages(world: World):
    """The control: what is refused above is refused for who sent it."""
    async with Browser() as browser:
        site = world.open.addresses["web"]
        find = (await browser.open(f"{site}/en/find")).form_with("reference")
        unknown = await browser.ask(
            "POST", find.action, filled(find, {"reference": "ZZZZ-ZZZZ-ZZZZ", "code": "ABCD-EFGH"})
        )
        page = await _signed_in(world, browser, "customer")
        out = next(form for form in page.forms if form.action.endswith("/auth/sign-out"))
        left = await browser.ask("POST", out.action, filled(out, {}))

    assert unknown.status_code in {404, 429}  # looked for, and perhaps one try too many
    assert left.status_code == 303
    assert browser.cookie("mm-auth-session") is None


async def test_nobody_is_signed_in_by_somebody_else(world: World):
    """Login CSRF: an answer of the provider counts only in the browser that asked for it."""
    site = world.open.addresses["web"]
    async with Browser() as attacker, Browser() as victim:
        page = await attacker.open(f"{site}/auth/sign-in?return_to=%2Fen")
        email, password = _person(world, "customer")
        form = page.form_with("password")
        back = await attacker.ask(
            "POST", form.action, filled(form, {"username": email, "password": password})
        )
        callback = urljoin(form.action, back.headers["location"])
        await victim.ask("GET", f"{site}/auth/sign-in?return_to=%2Fen")
        forced = await victim.ask("GET", callback)
        again = await victim.ask("GET", callback)

    assert set(parse_qs(urlsplit(callback).query)) >= {"code", "state"}
    for answer in (forced, again):
        assert answer.status_code == 303
        assert "signin=expired" in answer.headers["location"]
    assert victim.cookie("mm-auth-session") is None


async def test_session_is_never_one_that_was_there_before(world: World):
    """Session fixation: a cookie that somebody planted is nobody's, before signing in and after."""
    site = world.open.addresses["web"]
    planted = "A" * 43
    async with Browser() as browser:
        host = urlsplit(site).hostname or ""
        browser.http.cookies.set("mm-auth-session", planted, domain=f"{host}.local", path="/")
        await _signed_in(world, browser, "customer")
        first = browser.cookie("mm-auth-session")
    async with Browser() as attacker:
        page = await attacker.ask(
            "GET", f"{site}/en/tickets", headers={"cookie": f"mm-auth-session={planted}"}
        )
    async with Browser() as again:
        await _signed_in(world, again, "customer")
        second = again.cookie("mm-auth-session")

    assert first not in {None, planted, second}
    assert "Ana Pop" not in page.text


async def test_every_cookie_and_page_is_guarded(world: World):
    async with _walk(world) as forms:
        browsers = list({id(browser): browser for browser, _ in forms}.values())
        answers = [answer for browser in browsers for answer in browser.seen]

    cookies = [one for answer in answers for one in answer.headers.get_list("set-cookie")]
    pages = [one for one in answers if one.headers.get("content-type", "").startswith("text/html")]
    assert [problem for one in cookies for problem in _loose(one)] == []
    assert [problem for one in pages for problem in _unguarded(one)] == []
    assert (len(cookies) > 5, len(pages) > 10) == (True, True)


@asynccontextmanager
async def _walk(world: World) -> AsyncIterator[list[tuple[Browser, Form]]]:
    """Walk through all pages that have forms, and return each form with the browser that has it."""
    show = await place(world.open, world.callers, "mesh")
    async with Browser() as guest, Browser() as staff:
        pages = [(guest, page) for page in await _as_guest(world, guest, show)]
        pages += [(staff, page) for page in await _as_staff(world, staff)]
        forms = {
            (id(browser), _name(form.action)): (browser, form)
            for browser, page in pages
            for form in page.forms
            if form.method == "POST"
        }
        yield list(forms.values())


async def _as_guest(world: World, browser: Browser, show: Place) -> list[Page]:
    site = world.open.addresses["web"]
    programme = await browser.open(f"{site}/en")
    room = await browser.open(f"{site}/en/screenings/{show.screening}?party=1")
    order = await browser.submit(room.form_with("seat"))
    assert "/orders/" in order.url
    provider = await browser.open(f"{site}/auth/sign-in?return_to=%2Fen")
    registration = await browser.open(f"{site}/auth/register?return_to=%2Fen")
    [forgotten, *_] = provider.links_with("reset-credentials")
    return [
        programme,
        room,
        order,
        await browser.open(f"{site}/en/find"),
        provider,
        registration,
        await browser.open(forgotten),
        await browser.open(f"{site}/en/tickets"),
    ]


async def _as_staff(world: World, browser: Browser) -> list[Page]:
    site = world.open.addresses["web"]
    home = await _signed_in(world, browser, "door")
    setup = await browser.open(f"{site}/en/door")
    return [home, setup, await browser.open(f"{site}/en/door?door=Door+1&screening=1")]


async def _signed_in(world: World, browser: Browser, role: str) -> Page:
    email, password = _person(world, role)
    return await signed_in(browser, world.open.addresses["web"], email, password)


def _person(world: World, role: str) -> tuple[str, str]:
    person = next(one for one in PEOPLE if role in one.roles)
    return person.email, world.open.secrets.demo_passwords[person.email]


async def _attacks(
    browser: Browser, stranger: Browser, form: Form
) -> list[tuple[str, httpx2.Response]]:
    """Send a form in every wrong way; return the answers by what was wrong."""
    good = filled(form, {})
    bare = [(name, value) for name, value in good if name not in _TOKENS]
    tokens = [(name, value) for name, value in good if name in _TOKENS]
    assert tokens, f"{form.action} has no token"
    turned = [(name, value[::-1]) for name, value in tokens]
    own = {"origin": "{0.scheme}://{0.netloc}".format(urlsplit(form.action))}
    sent: list[tuple[str, httpx2.Response]] = [
        ("no token", await browser.ask("POST", form.action, bare, own)),
        ("an empty token", await browser.ask("POST", form.action, _emptied(good), own)),
        ("a wrong token", await browser.ask("POST", form.action, [*bare, *turned], own)),
    ]
    if not _name(form.action).endswith("sign-out"):  # without a session there is nothing to end
        reason = "the token of another visitor"
        sent.append((reason, await stranger.ask("POST", form.action, good, own)))
    for reason, headers in SENDERS.items():
        sent.append((reason, await browser.ask("POST", form.action, good, headers)))
    return sent


def _emptied(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, "" if name in _TOKENS else value) for name, value in fields]


def _name(action: str) -> str:
    """Return an address without what differs between visits."""
    parts = urlsplit(action).path.split("/")
    shown = ["{id}" if len(part) == 36 and part.count("-") == 4 else part for part in parts]
    if len(shown) > 1 and shown[1] in {"en", "ro"}:
        shown[1] = "{language}"
    return "/".join(shown)


def _loose(header: str) -> list[str]:
    ((name, cookie),) = SimpleCookie(header).items()
    is_good = cookie["httponly"] and cookie["samesite"].lower() == "lax" and cookie["path"] == "/"
    is_ours = name.startswith(("mm-", "mm_"))
    return [] if is_good and is_ours and not cookie["domain"] else [header]


def _unguarded(answer: httpx2.Response) -> list[str]:
    policy = answer.headers.get("content-security-policy", "")
    rules = {words[0]: words[1:] for rule in policy.split(";") if (words := rule.split())}
    checks = {
        "frames": rules.get("frame-ancestors") == ["'none'"],
        "scripts": not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:"}
        & set(rules.get("script-src", rules.get("default-src", ["*"]))),
        "default": rules.get("default-src") in (["'self'"], ["'none'"]),
        "base": rules.get("base-uri") == ["'none'"],
        "forms": rules.get("form-action", [])[:1] == ["'self'"],
        "sniffing": answer.headers.get("x-content-type-options") == "nosniff",
        "referrer": answer.headers.get("referrer-policy") in {"same-origin", "no-referrer"},
    }
    return [f"{answer.url}: {name}" for name, is_good in checks.items() if not is_good]
