"""What must not sign anybody in: others' answers, used ones, and tampered ones."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.auth.opaque import digest
from tests.backend.auth.rig import SITE

pytestmark = pytest.mark.integration

EXPIRED = "/?signin=expired"


def state_of(answer: str) -> str:
    return parse_qs(urlsplit(answer).query)["state"][0]


async def tampered(rig, answer: str, **changed: str) -> None:
    """Change what auth remembers of a sign-in."""
    key = f"auth:attempt:{digest(state_of(answer))}"
    kept = json.loads(await rig.cache.get(key) or b"")
    assert changed.keys() <= kept.keys()
    await rig.cache.put(key, json.dumps({**kept, **changed}).encode(), ttl_s=60)


async def test_answer_works_once(visitor):
    answer = await visitor.answer()
    await visitor.open(answer)
    assert visitor.landed == "/en"

    await visitor.open(answer)

    assert visitor.landed == EXPIRED
    assert (await visitor.visit()).kind == "person"


async def test_code_works_once(visitor):
    first, second = await visitor.answer(), await visitor.answer()
    await visitor.open(first)

    await visitor.open(first.replace(state_of(first), state_of(second)))

    assert visitor.landed == "/en?signin=failed"


async def test_answer_of_another_browser_is_refused(visitor, stranger):
    """Login CSRF: a stranger has the visitor open the answer to the stranger's own sign-in."""
    answer = await stranger.answer()

    await visitor.open(answer)

    assert visitor.landed == EXPIRED
    assert visitor.cookies == {}
    assert (await visitor.visit()).kind == "guest"


async def test_answer_of_another_browser_is_refused_in_mid_sign_in(visitor, stranger):
    await visitor.begin()
    answer = await stranger.answer()

    await visitor.open(answer)

    assert visitor.landed == EXPIRED
    assert (await visitor.visit()).kind == "guest"


@pytest.mark.parametrize("query", ["", "?state=", "?state=unknown&code=x", "?code=x&state=%00"])
async def test_answer_without_a_known_state_is_refused(visitor, query):
    await visitor.begin()

    await visitor.open(f"{SITE}/auth/callback{query}")

    assert visitor.landed == EXPIRED


@pytest.mark.parametrize("field", ["nonce", "verifier"])
async def test_answer_to_another_question_is_refused(rig, visitor, field):
    answer = await visitor.answer()
    await tampered(rig, answer, **{field: "another-secret-of-forty-three-letters-0123456"})

    await visitor.open(answer)

    assert visitor.landed == "/en?signin=failed"
    assert (await visitor.visit()).kind == "guest"


async def test_answer_of_another_provider_is_refused(visitor):
    answer = await visitor.answer()

    await visitor.open(answer.replace("iss=http%3A%2F%2Flocalhost", "iss=http%3A%2F%2Fevil"))

    assert visitor.landed == "/en?signin=failed"


async def test_forged_code_is_refused(visitor):
    state = state_of(await visitor.answer())

    await visitor.open(f"{SITE}/auth/callback?state={state}&code=forged")

    assert visitor.landed == "/en?signin=failed"


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("error=access_denied", "failed"),
        ("error=temporarily_unavailable&error_description=authentication_expired", "expired"),
        ("error=server_error", "unavailable"),
        ("", "failed"),
    ],
)
async def test_refusal_of_the_provider_is_said_on_the_page(visitor, query, outcome):
    state = state_of(await visitor.answer())

    await visitor.open(f"{SITE}/auth/callback?state={state}&{query}")

    assert visitor.landed == f"/en?signin={outcome}"


async def test_planted_session_is_never_used(visitor):
    """Session fixation: whoever knows the cookie before the sign-in knows nothing after it."""
    planted = "planted-by-somebody-0123456789-0123456789-0"
    visitor.keep("mm-auth-session", planted)
    await visitor.sign_in()

    assert visitor.cookies["mm-auth-session"] != planted
    assert (await visitor.rig.session(mm_auth_session=planted)).kind == "guest"
    assert (await visitor.visit()).kind == "person"


async def test_each_sign_in_ends_the_session_before(visitor):
    await visitor.sign_in()
    before = visitor.cookies["mm-auth-session"]

    await visitor.begin()

    assert visitor.landed == "/en"
    assert visitor.cookies["mm-auth-session"] != before
    assert (await visitor.rig.session(mm_auth_session=before)).kind == "guest"


async def test_planted_binding_of_another_shape_is_replaced(visitor):
    visitor.keep("mm-auth-sign-in", "short")

    await visitor.begin()

    assert len(visitor.cookies["mm-auth-sign-in"]) == 43


@pytest.mark.parametrize("away", ["//evil.example", "https://evil.example/", "/\\evil.example"])
async def test_sign_in_never_leads_away(visitor, away):
    await visitor.sign_in(return_to=away)

    assert visitor.landed == "/"
