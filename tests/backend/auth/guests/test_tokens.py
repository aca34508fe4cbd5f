"""Guests' tokens: believed by the services, renewed by half-time, and nobody else's."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey

from backend.auth.guests.orders import order_tokens, with_order
from backend.auth.guests.tokens import GuestTokens
from backend.contracts.permissions import Role
from backend.contracts.problems import Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.principal import Principal
from backend.kit.tokens.verifier import Verifier
from tests.backend.auth.rig import auth_settings
from tests.support.keys import GUEST_KEY, guest_token

DAY_S = 24 * 3600


@pytest.fixture
def guests() -> GuestTokens:
    return GuestTokens(auth_settings())


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, GUEST_KEY, algorithms=["Ed25519"]).claims)


async def believed(token: str, audience: str = "movies") -> Principal:
    """Return whom a service sees; it has auth's public key, and asks nobody."""

    async def fetch(url: str) -> Any:
        raise AssertionError(url)

    return await Verifier(auth_settings().trust(audience), Keyring("", fetch)).principal(token)


@pytest.mark.parametrize("audience", ["movies", "ticket"])
async def test_services_believe_a_guest(guests, audience):
    guest = guests.new()

    assert await believed(guest.token, audience) == Principal(
        guest.subject, frozenset({Role.GUEST})
    )


async def test_other_services_do_not(guests):
    with pytest.raises(Unsigned):
        await believed(guests.new().token, "payment")


def test_token_is_as_the_services_agreed(guests):
    guest = guests.new()

    claims = claims_of(guest.token)

    made_at, ends_at = claims.pop("iat"), claims.pop("exp")
    header = jwt.decode(guest.token, GUEST_KEY, algorithms=["Ed25519"]).header
    assert ends_at - made_at == 30 * DAY_S
    assert claims == {
        "iss": "moviemesh-auth",
        "sub": guest.subject,
        "aud": ["movies", "ticket"],
        "typ": "Guest",
    }
    assert (header["alg"], header["kid"]) == ("Ed25519", "guest-test")
    assert UUID(guest.subject.removeprefix("guest:")).version == 7


def test_two_guests_are_two(guests):
    assert guests.new().subject != guests.new().subject


def aged(guests: GuestTokens, days: float) -> str:
    """Return a guest's token that was made so many days ago."""
    made_at = int(time.time() - days * DAY_S)
    claims = {**claims_of(guests.new().token), "iat": made_at, "exp": made_at + 30 * DAY_S}
    return signed(claims)


def signed(claims: dict[str, Any], key: OKPKey = GUEST_KEY) -> str:
    header = {"alg": "Ed25519", "kid": "guest-test"}
    return jwt.encode(header, claims, key, algorithms=["Ed25519"])


@pytest.mark.parametrize(("days", "is_news"), [(0, False), (14.9, False), (15.1, True), (29, True)])
async def test_token_is_renewed_after_half_its_life(guests, days, is_news):
    before = aged(guests, days)

    guest = guests.known(before)

    assert guest.is_news == is_news
    assert guest.subject == claims_of(before)["sub"]
    assert (guest.token == before) == (not is_news)
    left_s = claims_of(guest.token)["exp"] - time.time()
    assert left_s > (29.9 if is_news else 15) * DAY_S


def without_signature(token: str) -> str:
    return token.rpartition(".")[0] + "."


@pytest.mark.parametrize(
    "forge",
    [
        lambda _guests: None,
        lambda _guests: "",
        lambda _guests: "x.y.z",
        lambda _guests: "ș",
        lambda _guests: "a" * 5000,
        lambda guests: aged(guests, 30.1),
        lambda guests: without_signature(guests.new().token),
        lambda guests: guests.new().token[:-4] + "AAAA",
        lambda guests: signed(claims_of(guests.new().token), OKPKey.generate_key("Ed25519")),
        lambda guests: signed({**claims_of(guests.new().token), "iss": "somebody"}),
        lambda guests: signed({**claims_of(guests.new().token), "typ": "Service"}),
        lambda guests: guests.for_order(uuid4()),
    ],
)
def test_any_other_token_is_nobodys(guests, forge):
    assert guests.known(forge(guests)) is None


async def test_order_token_opens_one_order_for_a_quarter_of_an_hour(guests):
    order_id = uuid4()

    token = guests.for_order(order_id)

    claims = claims_of(token)
    principal = await believed(token)
    assert (principal.order_id, principal.roles) == (order_id, frozenset({Role.GUEST}))
    assert claims["exp"] - claims["iat"] == 15 * 60


def test_cookie_of_orders_keeps_the_three_newest(guests):
    first, second, third, fourth = (uuid4() for _ in range(4))
    cookie = None

    for order_id in (first, second, third, fourth):
        cookie = with_order(guests, cookie, order_id)

    kept = order_tokens(guests, cookie)
    assert list(kept) == [fourth, third, second]
    assert str(cookie).count("~") == 2
    assert {order: guests.order_of(token) for order, token in kept.items()} == {
        order: order for order in kept
    }


def test_order_looked_up_again_begins_anew(guests):
    order_id, other = uuid4(), uuid4()
    cookie = with_order(guests, with_order(guests, None, order_id), other)

    again = with_order(guests, cookie, order_id)

    assert list(order_tokens(guests, again)) == [order_id, other]


def test_order_tokens_that_are_over_or_forged_open_nothing(guests):
    over = GuestTokens(auth_settings(order_life=timedelta(seconds=-1)))
    good = uuid4()
    cookie = "~".join(
        [
            over.for_order(uuid4()),
            guest_token(),
            guests.for_order(good),
        ]
    )

    assert list(order_tokens(guests, cookie)) == [good]
    assert order_tokens(guests, "~~x.y.z~") == {}
