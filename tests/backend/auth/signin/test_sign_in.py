"""Signing in and registering at the onebox's provider, as a browser walks it."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.backend.auth.rig import EMAIL, PASSWORD, SITE
from tests.backend.onebox.identity.browser import ORIGIN

pytestmark = pytest.mark.integration


async def test_sign_in_leads_back_and_knows_the_person(visitor):
    await visitor.sign_in(return_to="/ro/tickets?page=2")

    session = await visitor.visit()

    assert visitor.landed == "/ro/tickets?page=2"
    assert (session.kind, session.name, session.email) == ("person", "Ana Pop", EMAIL)
    assert (session.roles, session.cinemas) == (["customer", "manager"], ["mesh"])
    assert (session.set_cookie, session.guest_token, session.order_tokens) == (None, None, {})


@pytest.mark.parametrize(("path", "endpoint"), [("sign-in", "auth"), ("register", "registrations")])
async def test_question_carries_pkce_state_and_nonce(visitor, path, endpoint):
    first = await visitor.http.get(f"{SITE}/auth/{path}?return_to=/en&language=ro")
    second = await visitor.http.get(f"{SITE}/auth/{path}?return_to=/en&language=ro")

    asked, again = (urlsplit(r.headers["location"]) for r in (first, second))
    query = dict(parse_qsl(asked.query))
    once = {name: query.pop(name) for name in ("state", "nonce", "code_challenge")}
    assert f"{asked.scheme}://{asked.netloc}{asked.path}" == (
        f"{ORIGIN}/realms/moviemesh/protocol/openid-connect/{endpoint}"
    )
    assert query == {
        "response_type": "code",
        "client_id": "web",
        "redirect_uri": f"{SITE}/auth/callback",
        "scope": "openid profile email",
        "code_challenge_method": "S256",
        "ui_locales": "ro",
    }
    assert [len(value) for value in once.values()] == [43, 43, 43]
    assert once.items().isdisjoint(parse_qsl(again.query))


async def test_form_speaks_the_language_of_the_page(visitor):
    await visitor.begin(language="ro")

    assert visitor.title == "Intră în cont"


async def test_registration_ends_signed_in(visitor, mailbox):
    await visitor.open(f"{SITE}/auth/register?return_to=/en/tickets&language=en")
    assert visitor.title == "Make an account"
    secret = "teapot raven marble"
    await visitor.submit(
        name="Ion Ban", email="ion@mesh.example", password=secret, password_confirm=secret
    )

    await visitor.open(mailbox.link)

    session = await visitor.visit()
    assert visitor.landed == "/en/tickets"
    assert (session.kind, session.name) == ("person", "Ion Ban")
    assert session.email == "ion@mesh.example"


async def test_two_tabs_can_both_finish(visitor):
    first = await visitor.answer(return_to="/en/a")
    second = await visitor.answer(return_to="/en/b")

    await visitor.open(first)
    assert visitor.landed == "/en/a"
    await visitor.open(second)
    assert visitor.landed == "/en/b"


async def test_browser_gets_no_token_of_the_provider(visitor):
    answer = await visitor.answer()
    response = await visitor.http.get(answer)

    session = await visitor.visit()

    seen = f"{response.headers} {response.text} {visitor.cookies}"
    tokens = [session.access_token, *await kept_tokens(visitor)]
    assert [token for token in tokens if token in seen] == []


async def kept_tokens(visitor) -> list[str]:
    parts = visitor.rig.parts
    session = await parts.sessions.store.find(visitor.session_key)
    return [session.grant.access_token, session.grant.refresh_token, session.grant.id_token]


async def test_person_keeps_what_the_browser_held_as_a_guest(visitor):
    guest = await visitor.visit()
    await visitor.sign_in()

    person = await visitor.visit()

    assert (guest.kind, person.kind) == ("guest", "person")
    assert person.guest_token == guest.access_token
    assert person.csrf != guest.csrf


async def test_provider_away_before_the_question_is_said_on_the_page(visitor):
    visitor.rig.wire.cut.add("identity:8180")

    await visitor.begin(return_to="/en/films/nosferatu?day=1#seats")

    assert visitor.landed == "/en/films/nosferatu?day=1&signin=unavailable#seats"
    assert visitor.cookies == {}


async def test_provider_away_after_the_answer_is_said_on_the_page(visitor):
    answer = await visitor.answer()
    visitor.rig.wire.cut.add("identity:8180")

    await visitor.open(answer)

    assert visitor.landed == "/en?signin=unavailable"
    assert (await visitor.visit()).kind == "guest"


async def test_next_sign_in_takes_the_notice_away(visitor):
    await visitor.begin(return_to="/en?signin=failed&day=1")
    await visitor.submit(username=EMAIL, password=PASSWORD)

    assert visitor.landed == "/en?day=1"
