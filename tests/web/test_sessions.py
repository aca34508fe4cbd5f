"""A session is remembered for the next page, and never beyond a sign-out or its own browser."""

import httpx2
import pytest

from backend.client.auth import AuthClient
from backend.kit.tokens.signer import ServiceSigner
from tests.web import builders
from web import sessions as module
from web.sessions import Sessions

ADDRESS = "auth/internal/session"
COOKIE = {"Cookie": "mm_session=abc"}
SIGN_OUT = {**COOKIE, "Origin": "http://localhost:8081"}


def count(services):
    return len(services.asked_at(ADDRESS))


async def test_auth_is_asked_once_for_pages_that_follow_each_other(browser, services):
    services.say("GET", ADDRESS, builders.person())

    for _ in range(3):
        await browser.get("/en", headers=COOKIE)

    assert count(services) == 1


async def test_every_browser_has_its_own_session(browser, services):
    services.say("GET", ADDRESS, builders.person(name="Ana"))
    await browser.get("/en", headers=COOKIE)
    services.say("GET", ADDRESS, builders.person(name="Mihai"))

    page = await browser.get("/en", headers={"Cookie": "mm_session=abd"})

    assert ("Mihai" in page.text, "Ana" in page.text) == (True, False)


async def test_a_new_guest_is_nobody_elses_next(browser, services):
    services.say("GET", ADDRESS, builders.session(set_cookie=builders.COOKIE))

    first = await browser.get("/en/find")
    browser.cookies.clear()
    second = await browser.get("/en/find")

    assert first.headers["set-cookie"] == second.headers["set-cookie"] == builders.COOKIE
    assert count(services) == 2


async def test_cookie_that_a_browser_must_be_told_is_told_until_it_comes_back(browser, services):
    services.say("GET", ADDRESS, builders.session(set_cookie=builders.COOKIE))

    pages = [await browser.get("/en", headers=COOKIE) for _ in range(2)]

    assert [page.headers["set-cookie"] for page in pages] == [builders.COOKIE] * 2


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: httpx2.Response(303, headers={"Location": "/", "Set-Cookie": "mm_session="}),
        lambda request: (_ for _ in ()).throw(httpx2.ReadTimeout("lost", request=request)),
    ],
    ids=["answered", "answer lost"],
)
async def test_who_signed_out_is_signed_out_on_the_next_page(browser, services, answer):
    services.say("GET", ADDRESS, builders.person(name="Ana"))
    before = await browser.get("/en", headers=COOKIE)
    services.say("GET", ADDRESS, builders.session())
    services.say("POST", "auth/auth/sign-out", answer)

    await browser.post("/auth/sign-out", headers=SIGN_OUT, data={"csrf": builders.CSRF})
    # The very same cookie again, as another tab or a thief would send it.
    after = await browser.get("/en", headers=COOKIE)

    assert ("Ana" in before.text, "Ana" in after.text) == (True, False)


class _Auth(AuthClient):
    """An auth service that is asked by hand."""

    def __init__(self):
        self.asked = []
        self.meanwhile = lambda: None

    async def session(self, cookies, *, token):
        self.asked.append((cookies, token))
        self.meanwhile()
        return builders.person()


class _Signer(ServiceSigner):
    def __init__(self):
        """Sign nothing."""

    def token(self, audience):
        return f"token for {audience}"


async def test_an_answer_from_before_a_sign_out_is_not_remembered():
    auth = _Auth()
    sessions = Sessions(auth, _Signer())
    auth.meanwhile = sessions.forget

    await sessions.find("mm_session=abc")
    auth.meanwhile = lambda: None
    await sessions.find("mm_session=abc")
    await sessions.find("mm_session=abc")

    assert auth.asked == [("mm_session=abc", "token for auth")] * 2


async def test_auth_is_asked_again_after_seconds():
    now = [100.0]
    auth = _Auth()
    sessions = Sessions(auth, _Signer(), clock=lambda: now[0])

    counts = []
    for at in (100.0, 109.9, 110.0, 119.9):
        now[0] = at
        await sessions.find("mm_session=abc")
        counts.append(len(auth.asked))

    assert counts == [1, 1, 2, 2]


async def test_memory_is_bounded_and_lets_the_oldest_go(monkeypatch):
    monkeypatch.setattr(module, "_MOST", 2)
    auth = _Auth()
    sessions = Sessions(auth, _Signer())

    for cookie in ("a", "b", "c", "c", "b", "a"):
        await sessions.find(cookie)

    assert [cookies for cookies, _ in auth.asked] == ["a", "b", "c", "a"]


async def test_what_is_over_leaves_the_memory_and_a_long_header_never_enters_it():
    now = [100.0]
    sessions = Sessions(_Auth(), _Signer(), clock=lambda: now[0])
    for junk in range(3):
        await sessions.find(f"mm_session=abc; junk{junk}={'x' * 60_000}")
    kept = {key: len(key) for key in sessions._kept}
    now[0] = 110.0

    await sessions.find("mm_session=abc")

    assert (list(kept.values()), len(sessions._kept)) == ([32, 32, 32], 1)
