"""Every kind of token that must not open anything, each one lie away from a good one."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from backend.contracts.permissions import PERMISSIONS, STAFF, Role
from tests.faults.abuse.callers import CALLS, Callers

_FOREIGN = RSAKey.generate_key(2048)
_FOREIGN_ED = OKPKey.generate_key("Ed25519")
_CURVE = ECKey.generate_key("P-256")
# Where a key id might be looked up by somebody careless.
KEY_IDS: Mapping[str, Any] = {
    "another": "no-such-key",
    "a path": "../../../../../../dev/null",
    "an address": "http://127.0.0.1:9/keys",
    "SQL": "' UNION SELECT 'x' --",
    "a command": "| id",
    "a number": 1,
    "a list": ["x"],
    "nothing": None,
    "long": "k" * 4000,
}


def forgeries(callers: Callers, audience: str, permission: str) -> dict[str, str | None]:
    """Return Authorization headers by what is wrong with them; None is no header at all."""
    found: dict[str, str | None] = {"no header": None}
    found.update(_schemes(callers.opener(permission, audience, ("harm",))))
    for name, token in _tokens(callers, audience, permission):
        found[name] = f"Bearer {token}"
    return found


def _schemes(good: str) -> dict[str, str]:
    head, body, signature = good.split(".")
    wrong = "A" if signature[10] != "A" else "B"
    return {
        "empty": "",
        "the word alone": "Bearer",
        "another scheme": f"Basic {good}",
        "no scheme": good,
        "a word": "Bearer token",
        "dots": "Bearer ..",
        "two tokens": f"Bearer {good} {good}",
        "no signature": f"Bearer {head}.{body}.",
        "two parts": f"Bearer {head}.{body}",
        "four parts": f"Bearer {good}.{signature}",
        "a wrong signature": f"Bearer {head}.{body}.{signature[:10]}{wrong}{signature[11:]}",
        "half a signature": f"Bearer {head}.{body}.{signature[: len(signature) // 2]}",
        "too long": f"Bearer {head}.{body}{'A' * 9000}.{signature}",
        "deep JSON": f"Bearer {_part(b'[' * 3000)}.{body}.{signature}",
        "not JSON": f"Bearer {_part(b'nothing')}.{body}.{signature}",
        "no object": f"Bearer {_part(b'1')}.{_part(b'2')}.{signature}",
        "NUL": f"Bearer {_part(chr(0).encode())}.{body}.{signature}",
    }


def _tokens(callers: Callers, audience: str, permission: str) -> Iterator[tuple[str, str]]:
    roles = PERMISSIONS[permission]
    role = next((one for one in (Role.ADMIN, *sorted(roles)) if one in roles), Role.ADMIN)
    role = Role.ADMIN if role in {Role.GUEST, Role.SERVICE} else role
    claims = callers.claims(role, audience, cinemas=("harm",))
    yield from _unsigned(callers, claims)
    yield from _lies(callers, claims)
    yield from _keys(callers, claims)
    yield from _guests(callers, audience)
    yield from _services(callers, audience)


def _unsigned(callers: Callers, claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in ("none", "None", "NONE", "nOnE", ""):
        yield f"alg {name!r}", f"{_json({'alg': name, 'kid': callers.kid})}.{_json(claims)}."
    public = callers.realm_key.as_pem(private=False)
    secrets = {"PEM": public, "JWK": json.dumps(callers.realm_key.as_dict(private=False)).encode()}
    for name, secret in secrets.items():
        for algorithm in ("HS256", "HS512"):
            header = {"alg": algorithm, "kid": callers.kid}
            yield f"{algorithm} with the public {name}", _keyed(header, claims, secret)
    for algorithm in ("RS384", "RS512", "PS256"):
        yield f"alg {algorithm}", callers.person(claims, alg=algorithm)
    yield "alg ES256", _signed({"alg": "ES256", "kid": callers.kid}, claims, _CURVE)


def _lies(callers: Callers, claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    changed: Mapping[str, Mapping[str, Any]] = {
        "another audience": {"aud": ["elsewhere"]},
        "an audience in pieces": {"aud": [{"aud": claims["aud"][0]}]},
        "nobody's audience": {"aud": []},
        "another issuer": {"iss": "http://localhost:1/realms/moviemesh"},
        "another realm": {"iss": callers.issuer.replace("/moviemesh", "/master")},
        "an issuer with a slash": {"iss": callers.issuer + "/"},
        "a list of issuers": {"iss": [callers.issuer]},
        "another client": {"azp": "cli"},
        "a device with a person's role": {
            "azp": "device-1",
            "realm_access": {"roles": ["admin", *STAFF]},
        },
        "a person with a device's role": {"realm_access": {"roles": ["admin", "scanner"]}},
        "the scanner's sign-in with too much": {"azp": "scanner-signin"},
        "a client in pieces": {"azp": ["web"]},
        "over": {"exp": now - 31},
        "over long ago": {"exp": 0},
        "an end in words": {"exp": "tomorrow"},
        "an end that is true": {"exp": True},
        "from the future": {"iat": now + 120},
        "not yet": {"nbf": now + 120},
        "a beginning in words": {"nbf": "now"},
        "an ID token": {"typ": "ID"},
        "a refresh token": {"typ": "Refresh"},
        "a guest's kind": {"typ": "Guest"},
        "roles in words": {"realm_access": {"roles": "admin"}},
        "no roles": {"realm_access": {}},
        "cinemas in words": {"cinemas": "harm"},
        "nobody": {"sub": ""},
        "a subject in pieces": {"sub": {"a": 1}},
        "a subject too long": {"sub": "x" * 201},
    }
    for name, lies in changed.items():
        yield name, callers.person({**claims, **lies})
    for name in ("aud", "iss", "azp", "exp", "iat", "typ", "sub", "realm_access"):
        yield f"no {name}", callers.person({k: v for k, v in claims.items() if k != name})


def _keys(callers: Callers, claims: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    foreign = _FOREIGN.as_dict(private=False)
    yield "another realm's key", _signed({"alg": "RS256", "kid": callers.kid}, claims, _FOREIGN)
    yield "no key id", _signed({"alg": "RS256"}, claims, callers.realm_key)
    headers: Mapping[str, Mapping[str, Any]] = {
        "crit": {"crit": ["exp"], "exp": 1},
        "crit that is empty": {"crit": []},
        "b64": {"crit": ["b64"], "b64": False},
        "jku": {"jku": "http://127.0.0.1:9/keys", "kid": "x"},
        "x5u": {"x5u": "http://127.0.0.1:9/keys", "kid": "x"},
        "x5c": {"x5c": ["MIIB"], "kid": "x"},
        "jwk": {"jwk": foreign, "kid": "x"},
        "its own key": {"jwk": foreign},
    }
    for name, more in headers.items():
        yield name, _raw({"alg": "RS256", "kid": callers.kid, **more}, claims, _FOREIGN)
    yield (
        "crit by the realm",
        _raw(
            {"alg": "RS256", "kid": callers.kid, "crit": ["exp"], "exp": 1},
            claims,
            callers.realm_key,
        ),
    )
    for name, kid in KEY_IDS.items():
        yield f"key id: {name}", _raw({"alg": "RS256", "kid": kid}, claims, callers.realm_key)


def _guests(callers: Callers, audience: str) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    kid = callers.guest_key.kid
    good = {
        "iss": "moviemesh-auth",
        "sub": f"guest:{uuid4()}",
        "aud": [audience],
        "typ": "Guest",
        "iat": now,
        "exp": now + 300,
    }
    header = {"alg": "Ed25519", "kid": kid}
    yield "guest: another key", _signed(header, good, _FOREIGN_ED)
    yield "guest: another key id", _signed({**header, "kid": "guest-2"}, good, callers.guest_key)
    public = json.dumps(callers.guest_key.as_dict(private=False)).encode()
    yield "guest: HS256", _keyed({"alg": "HS256", "kid": kid}, good, public)
    yield "guest: none", f"{_json({'alg': 'none', 'kid': kid})}.{_json(good)}."
    yield (
        "guest: signed by the realm",
        _signed({"alg": "RS256", "kid": callers.kid}, good, callers.realm_key),
    )
    changed: Mapping[str, Mapping[str, Any]] = {
        "another audience": {"aud": ["elsewhere"]},
        "over": {"exp": now - 31},
        "a person's kind": {"typ": "Bearer"},
        "a person": {"sub": "admin-1"},
        "nobody": {"sub": "guest:"},
        "no UUID": {"sub": "guest:1"},
        "an order in words": {"order": "mine"},
    }
    for name, lies in changed.items():
        yield f"guest: {name}", _signed(header, {**good, **lies}, callers.guest_key)


def _services(callers: Callers, audience: str) -> Iterator[tuple[str, str]]:
    name = CALLS.get(audience, "movies")
    key = OKPKey.import_key(callers.secrets.service_keys[name])
    now = int(time.time())
    good = {"iss": name, "sub": name, "aud": audience, "typ": "Service", "iat": now}
    good["exp"] = now + 60
    yield "service: for another", callers.service(name, "elsewhere")
    yield "service: another key", _signed({"alg": "Ed25519"}, good, _FOREIGN_ED)
    changed: Mapping[str, Mapping[str, Any]] = {
        "lives too long": {"exp": now + 3600},
        "over": {"iat": now - 120, "exp": now - 60},
        "unknown": {"iss": "printer"},
        "a person's kind": {"typ": "Bearer"},
    }
    for what, lies in changed.items():
        yield f"service: {what}", _signed({"alg": "Ed25519"}, {**good, **lies}, key)
    for other in sorted(set(callers.secrets.service_keys) - {name}):
        # Each service is known by its own key, and only to whom it calls.
        pretender = OKPKey.import_key(callers.secrets.service_keys[other])
        yield f"service: {name} by {other}", _signed({"alg": "Ed25519"}, good, pretender)
        yield f"service: {other}", callers.service(other, audience)


def _signed(header: Mapping[str, Any], claims: Mapping[str, Any], key: Any) -> str:
    return jwt.encode(dict(header), dict(claims), key, algorithms=[header["alg"]])


def _raw(header: Mapping[str, Any], claims: Mapping[str, Any], key: RSAKey) -> str:
    """Sign by hand what the library refuses to write."""
    signing, private = f"{_json(header)}.{_json(claims)}", key.private_key
    assert private is not None
    return f"{signing}.{_part(private.sign(signing.encode(), PKCS1v15(), SHA256()))}"


def _keyed(header: Mapping[str, Any], claims: Mapping[str, Any], secret: bytes) -> str:
    """Sign with a public key as if it were a secret, which the library refuses as well."""
    signing = f"{_json(header)}.{_json(claims)}"
    digest = {"HS256": "sha256", "HS512": "sha512"}[header["alg"]]
    return f"{signing}.{_part(hmac.digest(secret, signing.encode(), digest))}"


def _json(content: Mapping[str, Any]) -> str:
    return _part(json.dumps(content).encode())


def _part(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")
