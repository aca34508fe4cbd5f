"""Signing out: here, at the provider, and only by the person's own wish."""

import pytest

from tests.backend.auth.rig import SITE
from tests.backend.onebox.identity.browser import ORIGIN

pytestmark = pytest.mark.integration


async def test_sign_out_ends_both_sessions(visitor):
    await visitor.sign_in()
    person = await visitor.visit()
    cookie = visitor.cookies["mm-auth-session"]

    await visitor.sign_out(person.csrf)

    assert visitor.landed == "/"
    assert (await visitor.rig.session(mm_auth_session=cookie)).kind == "guest"
    await visitor.begin()
    assert visitor.title == "Sign in"


async def test_sign_out_leaves_nothing_of_the_visit(visitor):
    guest = await visitor.visit()
    await visitor.sign_in()

    await visitor.sign_out((await visitor.visit()).csrf)

    assert visitor.cookies == {}
    assert (await visitor.visit()).subject != guest.subject


async def test_sign_out_asks_the_provider_with_the_id_token(visitor):
    await visitor.sign_in()
    person = await visitor.visit()

    response = await visitor.http.post(f"{SITE}/auth/sign-out", data={"csrf": person.csrf})

    address, query = response.headers["location"].split("?")
    assert address == f"{ORIGIN}/realms/moviemesh/protocol/openid-connect/logout"
    assert [word.split("=")[0] for word in query.split("&")] == [
        "client_id",
        "post_logout_redirect_uri",
        "id_token_hint",
    ]


async def test_sign_out_works_while_the_provider_is_away(visitor):
    await visitor.sign_in()
    person = await visitor.visit()
    visitor.rig.wire.cut.add("identity:8180")

    await visitor.sign_out(person.csrf)

    assert visitor.landed == "/"
    assert (await visitor.visit()).kind == "guest"


@pytest.mark.parametrize("csrf", ["", "x", "ș", "0" * 64])
async def test_sign_out_needs_the_form_of_this_session(visitor, csrf):
    await visitor.sign_in()

    response = await visitor.sign_out(csrf)

    assert (response.status_code, response.json()["error"]) == (403, "Denied")
    assert (await visitor.visit()).kind == "person"


async def test_form_of_an_earlier_session_is_refused(visitor):
    guest = await visitor.visit()
    await visitor.sign_in()
    before = await visitor.visit()
    await visitor.begin()

    answers = [await visitor.sign_out(csrf) for csrf in (guest.csrf, before.csrf)]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert (await visitor.visit()).kind == "person"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost:8180"])
async def test_sign_out_comes_from_our_pages_alone(visitor, origin):
    await visitor.sign_in()
    person = await visitor.visit()

    response = await visitor.sign_out(person.csrf, origin)

    assert response.status_code == 403
    assert (await visitor.visit()).kind == "person"


async def test_guest_signs_out_of_nothing(visitor):
    guest = await visitor.visit()

    await visitor.sign_out("whatever")

    assert visitor.landed == "/"
    assert (await visitor.visit()).subject == guest.subject
