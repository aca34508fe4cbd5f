"""Good tokens are remembered, and forgotten with their time, their key, and for want of room."""

import asyncio
import time
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from backend.contracts.permissions import Role
from backend.contracts.problems import Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.memory import Remembered, TokenMemory
from backend.kit.tokens.principal import Principal
from backend.kit.tokens.verifier import Trust, Verifier
from tests.support import keys

ANA = Principal("guest:ana", frozenset({Role.GUEST}))


class Issuer:
    """The identity provider's list of keys, which changes."""

    def __init__(self) -> None:
        self.document: Any = keys.certs()

    async def fetch(self, _url: str) -> Any:
        return self.document


def verifier(issuer: Issuer) -> Verifier:
    trust = Trust("movies", keys.ISSUER, "moviemesh-auth", keys.GUEST_KEYS, keys.TRUSTED)
    return Verifier(trust, Keyring("http://issuer", issuer.fetch))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch):
    """Let hours pass: add to the list."""
    passed: list[float] = []
    real, steady = time.time, time.monotonic
    monkeypatch.setattr(time, "time", lambda: real() + sum(passed))
    monkeypatch.setattr(time, "monotonic", lambda: steady() + sum(passed))
    return passed


def tokens() -> dict[str, str]:
    return {
        "guest": keys.guest_token(),
        "person": keys.person_token("manager"),
        "service": keys.service_token("auth"),
    }


@pytest.mark.parametrize("kind", ["guest", "person", "service"])
async def test_token_is_the_same_caller_again_and_ends_with_its_time(clock, kind: str):
    token, checked = tokens()[kind], verifier(Issuer())
    first = await checked.principal(token)

    assert await checked.principal(token) == first
    clock.append(2 * 3600)
    with pytest.raises(Unsigned):
        await checked.principal(token)


async def test_token_that_only_begins_like_a_good_one_is_another():
    token, checked = keys.guest_token(), verifier(Issuer())
    await checked.principal(token)

    for other in (token[:-2], token + "A", token.swapcase()):
        with pytest.raises(Unsigned):
            await checked.principal(other)


async def test_withdrawn_key_ends_what_it_signed(clock):
    issuer = Issuer()
    checked = verifier(issuer)
    lasting = keys.person_token("manager", exp=int(time.time()) + 8 * 3600)
    assert (await checked.principal(lasting)).roles == {Role.MANAGER}
    other = RSAKey.generate_key(2048, {"kid": "next", "use": "sig", "alg": "RS256"})
    issuer.document = {"keys": [other.as_dict(private=False)]}

    clock.append(3601)  # keys are fetched anew each hour, beside the request that sees it
    await checked.principal(lasting)
    await asyncio.sleep(0.01)

    with pytest.raises(Unsigned):
        await checked.principal(lasting)


async def test_keys_that_are_too_old_end_their_tokens(clock):
    issuer = Issuer()
    checked = verifier(issuer)
    lasting = keys.person_token("manager", exp=int(time.time()) + 30 * 3600)
    await checked.principal(lasting)
    issuer.document = "the provider is away"

    clock.append(25 * 3600)

    with pytest.raises(Unsigned):
        await checked.principal(lasting)


async def test_oldest_makes_room():
    memory = TokenMemory(Keyring("http://issuer", Issuer().fetch), most=2)
    for token in ("a", "b", "c"):
        memory.keep(token, Remembered(ANA, time.time() + 60))

    assert [await memory.find(token) for token in ("a", "b", "c")] == [None, ANA, ANA]


async def test_refused_token_is_not_remembered():
    memory = TokenMemory(Keyring("http://issuer", Issuer().fetch))
    memory.keep("old", Remembered(ANA, time.time() - 1))

    assert await memory.find("old") is None
    assert await memory.find("never seen") is None
