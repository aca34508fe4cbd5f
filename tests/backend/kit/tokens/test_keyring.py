"""The provider's keys: asked for seldom, kept through its absence, given up when withdrawn."""

import asyncio

import httpx2
import pytest
from joserfc.jwk import ECKey, RSAKey

from backend.kit.tokens import keyring
from backend.kit.tokens.keyring import Keyring, fetched_by
from tests.support import keys


class Clock:
    """Time that passes when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def monotonic(self) -> float:
        return self.now


class Issuer:
    """Publishes keys, or is away; counts how often it was asked."""

    def __init__(self, *names: str) -> None:
        self.document: object = _jwks(*names)
        self.asked = 0

    async def __call__(self, _url: str) -> object:
        self.asked += 1
        await asyncio.sleep(0)
        if self.document is None:
            raise httpx2.ConnectError("away")
        return self.document


_KEY = RSAKey.generate_key(2048)


def _jwk(name: str, **change: object) -> dict:
    return _KEY.as_dict(private=False) | {"kid": name} | change


def _jwks(*names: str) -> dict:
    return {"keys": [_jwk(name) for name in names]}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(keyring, "time", clock)
    return clock


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_key_is_fetched_once_and_then_known():
    issuer = Issuer("a")
    ring = Keyring("http://issuer", issuer)

    found = [await ring.key("a") for _ in range(3)]

    assert [key is not None for key in found] == [True, True, True]
    assert issuer.asked == 1


async def test_flood_of_unknown_ids_asks_at_most_every_thirty_seconds(clock):
    issuer = Issuer("a")
    ring = Keyring("http://issuer", issuer)
    await ring.key("a")
    clock.now += 31

    await asyncio.gather(*(ring.key(f"invented-{n}") for n in range(500)))
    clock.now += 29
    await ring.key("invented")

    assert issuer.asked == 2
    clock.now += 2
    await ring.key("invented")
    assert issuer.asked == 3


async def test_new_key_of_the_provider_is_found(clock):
    issuer = Issuer("a")
    ring = Keyring("http://issuer", issuer)
    await ring.key("a")
    clock.now += 31
    issuer.document = _jwks("a", "b")

    assert await ring.key("b") is not None


async def test_last_good_keys_serve_a_day_without_the_provider(clock):
    issuer = Issuer("a")
    ring = Keyring("http://issuer", issuer)
    await ring.key("a")
    issuer.document = None

    clock.now += 24 * 3600 - 1
    assert await ring.key("a") is not None
    await _settle()
    clock.now += 2
    assert await ring.key("a") is None


async def test_keys_stay_usable_for_good_while_the_provider_is_there(clock):
    ring = Keyring("http://issuer", Issuer("a"))

    for _ in range(30):
        assert await ring.key("a") is not None
        await _settle()
        clock.now += 2 * 3600


async def test_withdrawn_key_dies_within_the_hour(clock):
    issuer = Issuer("a")
    ring = Keyring("http://issuer", issuer)
    await ring.key("a")
    issuer.document = _jwks("b")
    clock.now += 3601

    assert await ring.key("a") is not None  # the renewal has only begun
    await _settle()
    assert await ring.key("a") is None


async def test_provider_that_was_never_reached_is_asked_again_soon(clock):
    issuer = Issuer()
    issuer.document = None
    ring = Keyring("http://issuer", issuer)
    assert await ring.key("a") is None
    issuer.document = _jwks("a")
    clock.now += 1.1

    assert await ring.key("a") is not None


GARBAGE = {
    "a list": [],
    "no keys": {},
    "keys of another kind": {"keys": 7},
    "an empty set": {"keys": []},
    "a key that is no object": {"keys": ["x"]},
    "a broken key": {"keys": [{"kty": "RSA", "kid": "a", "n": "!", "e": "!"}]},
}


@pytest.mark.parametrize("document", GARBAGE.values(), ids=GARBAGE.keys())
async def test_garbage_leaves_the_last_good_keys(clock, document):
    issuer = Issuer("a")
    ring = Keyring("http://issuer", issuer)
    await ring.key("a")
    issuer.document = document
    clock.now += 31

    assert await ring.key("b") is None
    assert await ring.key("a") is not None


async def test_only_keys_that_sign_are_taken():
    issuer = Issuer()
    issuer.document = {
        "keys": [
            _jwk("sign", use="sig", alg="RS256"),
            _jwk("encrypt", use="enc", alg="RSA-OAEP"),
            _jwk("pss", use="sig", alg="PS256"),
            ECKey.generate_key("P-256").as_dict(private=False) | {"kid": "curve"},
            {"kty": "AKP", "kid": "of tomorrow"},
        ]
    }
    ring = Keyring("http://issuer", issuer)

    found = {name for name in ("sign", "encrypt", "pss", "curve") if await ring.key(name)}

    assert found == {"sign"}


async def test_keys_come_over_the_processes_connections():
    def answer(request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200 if request.url.path == "/certs" else 500, json=keys.certs())

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        assert await Keyring("http://issuer/certs", fetched_by(http)).key("issuer-test")
        assert await Keyring("http://issuer/broken", fetched_by(http)).key("issuer-test") is None
