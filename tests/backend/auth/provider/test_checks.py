"""Every rule of an ID token, and that the access token is of the same person."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwt

from backend.auth.provider.checks import TokenChecks
from backend.auth.provider.grants import Grant, GrantRefused
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.verifier import Verifier
from tests.backend.auth.realm import (
    ANA,
    ISSUER,
    KEY,
    OTHER_KEY,
    access_claims,
    grant,
    id_claims,
    signed,
)
from tests.backend.auth.rig import auth_settings

NONCE = "the nonce of this sign-in"


@pytest.fixture
def checks() -> TokenChecks:
    async def fetch(url: str) -> dict[str, Any]:
        assert url == "keys"
        return {"keys": [KEY.as_dict(private=False)]}

    keyring = Keyring("keys", fetch)
    verifier = Verifier(auth_settings().trust("movies"), keyring)
    return TokenChecks(issuer=ISSUER, client_id="web", keyring=keyring, verifier=verifier)


def granted(**changed: Any) -> Grant:
    """Return a good grant whose ID token has other claims; None takes one away."""
    tokens = grant()
    claims = {**id_claims(tokens.access_token), "nonce": NONCE, **changed}
    kept = {name: value for name, value in claims.items() if value is not None}
    return replace(tokens, id_token=signed(kept))


async def test_good_tokens_name_the_person(checks):
    assert await checks.person(granted(), nonce=NONCE) == ANA


@pytest.mark.parametrize(
    "changed",
    [{"at_hash": None}, {"aud": ["web"]}, {"azp": None}, {"typ": None}],
)
async def test_claims_may_be_written_as_openid_allows(checks, changed):
    assert await checks.person(granted(**changed), nonce=NONCE) == ANA


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": ISSUER + "/"},
        {"iss": None},
        {"aud": "movies"},
        {"aud": ["web", "other"]},
        {"aud": None},
        {"azp": "staff-desktop"},
        {"typ": "Bearer"},
        {"typ": "Refresh"},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": 7},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": 20_000_000_000},
        {"iat": None},
        {"nbf": 20_000_000_000},
        {"sub": None},
        {"sub": 7},
        {"sub": "somebody else"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"at_hash": 7},
    ],
)
async def test_wrong_claim_is_refused(checks, changed):
    with pytest.raises(GrantRefused):
        await checks.person(granted(**changed), nonce=NONCE)


def encoded(part: bytes) -> str:
    return urlsafe_b64encode(part).rstrip(b"=").decode()


def plain(token: str) -> str:
    """Return a token with alg none and no signature."""
    head = encoded(b'{"alg":"none","kid":"realm-1"}')
    return f"{head}.{token.split('.')[1]}."


def by_public_key(token: str) -> str:
    """Return a token whose HMAC key is the realm's public one."""
    head = encoded(b'{"alg":"HS256","kid":"realm-1"}')
    content = f"{head}.{token.split('.')[1]}"
    mark = hmac.digest(KEY.as_pem(private=False), content.encode(), "sha256")
    return f"{content}.{encoded(mark)}"


def resigned(**header: Any) -> Callable[[str], str]:
    key = header.pop("key", KEY)

    def forge(token: str) -> str:
        return signed(jwt.decode(token, KEY, algorithms=["RS256"]).claims, key, **header)

    return forge


@pytest.mark.parametrize(
    "forge",
    [
        plain,
        by_public_key,
        resigned(key=OTHER_KEY),
        resigned(kid="unknown"),
        resigned(alg="PS256"),
        lambda token: token[:-4] + "AAAA",
        lambda token: token + "." + token,
        lambda _token: "x.y.z",
        lambda _token: "ș",
        lambda _token: "",
        lambda _token: "a" * 9000,
    ],
)
async def test_forged_signature_is_refused(checks, forge):
    good = granted()

    with pytest.raises(GrantRefused):
        await checks.person(replace(good, id_token=forge(str(good.id_token))), nonce=NONCE)


async def test_missing_id_token_is_refused(checks):
    with pytest.raises(GrantRefused):
        await checks.person(grant(), nonce=NONCE)


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": "somebody else"},
        {"aud": "web"},
        {"azp": "device-1"},
        {"typ": "ID"},
        {"exp": 1},
        {"realm_access": {"roles": ["kiosk"]}},
    ],
)
async def test_access_token_that_opens_nothing_is_refused(checks, changed):
    tokens = replace(grant(), access_token=signed(access_claims(**changed)))

    with pytest.raises(GrantRefused):
        await checks.same_person(tokens, ANA)


async def test_refreshed_tokens_bring_new_roles_and_keep_the_name(checks):
    claims = access_claims(realm_access={"roles": ["customer", "manager"]}, email_verified=False)
    tokens = replace(grant(), access_token=signed(claims))

    person = await checks.same_person(tokens, ANA)

    assert person == replace(ANA, roles=("customer", "manager"), email=None)
