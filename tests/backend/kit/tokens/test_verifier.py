"""Every rule of a token, each broken alone: the good token passes, each of the others is 401."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from uuid import UUID, uuid4

import pytest
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from backend.contracts.permissions import Role
from backend.contracts.problems import Denied, Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.signer import ServiceSigner
from backend.kit.tokens.verifier import Trust, Verifier
from tests.support import keys

GUEST = UUID("01900000-0000-7000-8000-000000000001")


def _verifier(audience: str = "movies") -> Verifier:
    async def fetch(_url: str) -> object:
        return keys.certs()

    trust = Trust(
        audience=audience,
        issuer=keys.ISSUER,
        guest_issuer="moviemesh-auth",
        guest_keys=keys.GUEST_KEYS,
        service_keys=keys.TRUSTED,
    )
    return Verifier(trust, Keyring("http://issuer/certs", fetch))


def _signed(claims: dict, *, key=None, **header) -> str:
    return jwt.encode({"alg": "RS256", "kid": "issuer-test"} | header, claims, key or _rsa())


def _rsa() -> RSAKey:
    return keys.issuer_key()


def _guest_signed(claims: dict, key: OKPKey = keys.GUEST_KEY, **header) -> str:
    head = {"alg": "Ed25519", "kid": "guest-test"} | header
    return jwt.encode(head, claims, key, algorithms=["Ed25519"])


def _part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_person_is_read_from_a_good_token():
    token = keys.person_token(
        "manager", "offline_access", email="ana@example.org", email_verified=True, sub="ana"
    )

    principal = await _verifier().principal(token)

    assert principal.subject == "ana"
    assert principal.roles == {Role.MANAGER}
    assert principal.cinemas == {"mesh"}
    assert principal.email == "ana@example.org"
    assert principal.order_id is None


async def test_unverified_address_is_nobodys():
    token = keys.person_token("customer", email="ana@example.org", email_verified=False)

    assert (await _verifier().principal(token)).email is None


@pytest.mark.parametrize("name", ["guest", "service"])
async def test_roles_of_guests_and_services_are_never_taken_from_the_provider(name):
    assert (await _verifier().principal(keys.person_token(name, "customer"))).roles == {
        Role.CUSTOMER
    }


_NOW = int(time.time())
BROKEN_CLAIMS = {
    "wrong issuer": {"iss": "http://elsewhere/realms/moviemesh"},
    "issuer with a slash more": {"iss": keys.ISSUER + "/"},
    "issuer of another kind": {"iss": ["movies"]},
    "another audience": {"aud": "payment"},
    "no audience": {"aud": []},
    "audience of another kind": {"aud": {"movies": True}},
    "id token": {"typ": "ID"},
    "refresh token": {"typ": "Refresh"},
    "no type": {"typ": None},
    "unknown client": {"azp": "somebody"},
    "no client": {"azp": None},
    "client of another kind": {"azp": ["web"]},
    "client that only begins alike": {"azp": "webby"},
    "device client with a staff role": {"azp": "device-7"},
    "sign-in of scanners away from ticket": {"azp": "scanner-signin"},
    "expired": {"exp": _NOW - 31},
    "expiry of another kind": {"exp": "tomorrow"},
    "expiry that is a truth": {"exp": True},
    "expiry that is no number": {"exp": float("nan")},
    "not yet valid": {"nbf": _NOW + 3600},
    "issued in the future": {"iat": _NOW + 3600},
    "empty subject": {"sub": ""},
    "long subject": {"sub": "x" * 201},
    "subject of another kind": {"sub": 7},
    "roles of another kind": {"realm_access": {"roles": "manager"}},
    "no roles": {"realm_access": None},
    "cinemas of another kind": {"cinemas": "mesh"},
    "address of another kind": {"email": ["a@b.example"], "email_verified": True},
}


@pytest.mark.parametrize("change", BROKEN_CLAIMS.values(), ids=BROKEN_CLAIMS.keys())
async def test_token_with_one_wrong_claim_is_refused(change):
    token = _signed(keys.person_claims("manager") | change)

    with pytest.raises(Unsigned):
        await _verifier().principal(token)


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "typ", "azp", "iat", "exp", "realm_access"])
async def test_token_without_a_claim_is_refused(claim):
    claims = keys.person_claims("manager")
    del claims[claim]

    with pytest.raises(Unsigned):
        await _verifier().principal(_signed(claims))


@pytest.mark.parametrize("late_s", [0, 29])
async def test_leeway_of_half_a_minute_is_given(late_s):
    claims = keys.person_claims("customer") | {
        "exp": int(time.time()) - late_s,
        "nbf": int(time.time()) + late_s,
        "iat": int(time.time()) + late_s,
    }

    assert (await _verifier().principal(_signed(claims))).roles == {Role.CUSTOMER}


async def test_unsigned_token_is_refused():
    claims = keys.person_claims("admin")
    for algorithm in ("none", "None", "NONE"):
        token = f"{_part({'alg': algorithm, 'kid': 'issuer-test'})}.{_part(claims)}."

        with pytest.raises(Unsigned):
            await _verifier().principal(token)


async def test_public_key_is_no_secret_for_hs256():
    signed = f"{_part({'alg': 'HS256', 'kid': 'issuer-test'})}.{_part(keys.person_claims('admin'))}"
    digest = hmac.digest(_rsa().as_pem(private=False), signed.encode(), "sha256")
    token = f"{signed}.{urlsafe_b64encode(digest).rstrip(b'=').decode()}"

    with pytest.raises(Unsigned):
        await _verifier().principal(token)


async def test_signature_of_another_key_or_a_changed_payload_is_refused():
    other = RSAKey.generate_key(2048)
    forged = _signed(keys.person_claims("admin"), key=other)
    head, _, signature = _signed(keys.person_claims("customer")).split(".")
    changed = f"{head}.{_part(keys.person_claims('admin'))}.{signature}"

    for token in (forged, changed):
        with pytest.raises(Unsigned):
            await _verifier().principal(token)


HEADERS = {
    "critical header": {"crit": ["exp"], "exp": 1},
    "kid that is a path": {"kid": "../../../dev/null"},
    "kid that is an address": {"kid": "http://evil.example/key"},
    "kid that is SQL": {"kid": "' OR 1=1 --"},
    "kid of another kind": {"kid": 7},
    "no kid": {"kid": None},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS.keys())
async def test_header_that_misleads_is_refused(header):
    head = {"alg": "RS256", "kid": "issuer-test"} | header
    real = _signed(keys.person_claims("admin"))
    token = f"{_part(head)}.{real.split('.', 1)[1]}"

    with pytest.raises(Unsigned):
        await _verifier().principal(token)


async def test_key_addresses_in_the_header_are_never_followed():
    attacker = RSAKey.generate_key(2048)
    token = _signed(
        keys.person_claims("admin"),
        key=attacker,
        jku="http://evil.example/jwks",
        x5u="http://evil.example/cert",
        jwk=attacker.as_dict(private=False),
    )

    with pytest.raises(Unsigned):
        await _verifier().principal(token)


NONSENSE = {
    "nothing": "",
    "one part": "abc",
    "four parts": "a.b.c.d",
    "no JSON": "a.b.c",
    "JSON that is no object": f"{_part([1])}.{_part([2])}.x",
    "letters of another script": "ключ.ключ.ключ",
    "NUL": "\0.\0.\0",
    "deep JSON": urlsafe_b64encode(b"[" * 3000).decode() + ".e30.x",
    "too long": "a" * 9000,
}


@pytest.mark.parametrize("token", NONSENSE.values(), ids=NONSENSE.keys())
async def test_nonsense_is_refused_and_raises_nothing_else(token):
    with pytest.raises(Unsigned):
        await _verifier().principal(token)


CLIENTS = [
    ("web", "customer", "movies", True),
    ("web", "admin", "movies", True),
    ("web", "kiosk", "movies", False),
    ("staff-desktop", "box_office", "movies", True),
    ("staff-desktop", "scanner", "ticket", False),
    ("device-9f", "kiosk", "movies", True),
    ("device-9f", "scanner", "ticket", True),
    ("device-9f", "customer", "movies", False),
    ("device-9f", "manager", "ticket", False),
    ("scanner-signin", "door", "ticket", True),
    ("scanner-signin", "manager", "ticket", True),
    ("scanner-signin", "door", "movies", False),
    ("scanner-signin", "box_office", "ticket", False),
    ("registrar", "customer", "movies", False),
]


@pytest.mark.parametrize(("azp", "role", "audience", "is_let_in"), CLIENTS)
async def test_client_decides_which_roles_a_token_may_carry(azp, role, audience, is_let_in):
    token = keys.person_token(role, azp=azp)

    if is_let_in:
        assert (await _verifier(audience).principal(token)).roles == {Role(role)}
    else:
        with pytest.raises(Unsigned):
            await _verifier(audience).principal(token)


async def test_guest_and_looked_up_order_are_read():
    order = uuid4()

    guest = await _verifier().principal(keys.guest_token(GUEST))
    found = await _verifier().principal(keys.guest_token(GUEST, order=order))

    assert (guest.subject, guest.roles, guest.order_id) == (
        f"guest:{GUEST}",
        frozenset({Role.GUEST}),
        None,
    )
    assert found.order_id == order


def _guest_claims(**change) -> dict:
    now = int(time.time())
    return {
        "iss": "moviemesh-auth",
        "sub": f"guest:{GUEST}",
        "aud": ["movies", "ticket"],
        "typ": "Guest",
        "iat": now,
        "exp": now + 60,
    } | change


BROKEN_GUESTS = {
    "type of a person": {"typ": "Bearer"},
    "subject of a person": {"sub": str(GUEST)},
    "subject without an id": {"sub": "guest:me"},
    "order without an id": {"order": "mine"},
    "order of another kind": {"order": 7},
    "another audience": {"aud": "payment"},
    "expired": {"exp": _NOW - 40},
}


@pytest.mark.parametrize("change", BROKEN_GUESTS.values(), ids=BROKEN_GUESTS.keys())
async def test_guest_token_with_one_wrong_claim_is_refused(change):
    with pytest.raises(Unsigned):
        await _verifier().principal(_guest_signed(_guest_claims(**change)))


async def test_guest_key_and_provider_key_never_stand_in_for_each_other():
    as_guest = _signed(_guest_claims(), kid="guest-test")
    as_person = _guest_signed(keys.person_claims("admin"), kid="issuer-test")
    unknown = _guest_signed(_guest_claims(), kid="another")

    for token in (as_guest, as_person, unknown):
        with pytest.raises(Unsigned):
            await _verifier().principal(token)


async def test_service_is_read_and_may_only_what_services_may():
    principal = await _verifier().principal(keys.service_token("auth"))

    assert (principal.subject, principal.roles) == (
        "service:auth",
        frozenset({Role.SERVICE}),
    )
    principal.demand("orders.lookup")
    with pytest.raises(Denied):
        principal.demand("orders.create")


async def test_service_token_for_another_or_by_another_or_too_long_is_refused():
    for_payment = keys.service_token("auth", "payment")
    by_stranger = ServiceSigner("auth", keys.private("payment")).token("movies")
    now = int(time.time())
    claims = {"iss": "auth", "sub": "auth", "aud": "movies", "typ": "Service", "iat": now}
    long = jwt.encode(
        {"alg": "Ed25519"},
        claims | {"exp": now + 61},
        keys.SERVICE_KEYS["auth"],
        algorithms=["Ed25519"],
    )

    for token in (for_payment, by_stranger, long):
        with pytest.raises(Unsigned):
            await _verifier().principal(token)
