"""Checks a bearer token: the algorithm is fixed by the key, and every claim is looked at.

Three kinds of issuer are known: the identity provider (RS256, people and devices), the auth
service (Ed25519, guests) and the other services (Ed25519, one key each). A good token is remembered
until it expires or its key goes, so its signature is computed once.
"""

import json
import time
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from backend.contracts.permissions import STAFF, Role
from backend.contracts.problems import Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.memory import Remembered, TokenMemory
from backend.kit.tokens.principal import Principal, Token

Jwk = dict[str, str | list[str]]

_LEEWAY_S = 30
_LONGEST = 8192
# Deeply nested JSON ends in RecursionError before any signature is looked at.
_NOT_A_TOKEN = (
    JoseError, InvalidSignature, ValueError, KeyError, TypeError, Base64Error, RecursionError
)  # fmt: skip
# What auth and our services write into a header; whatever else stands there could mislead.
_EDDSA_HEADER = frozenset({"alg", "kid", "typ"})
_PEOPLE = frozenset({Role.CUSTOMER}) | STAFF
# Which client a token was made for decides which roles it may carry; any other client is refused.
AZP_ROLES: tuple[tuple[str, frozenset[Role], frozenset[str] | None], ...] = (
    ("web", _PEOPLE, None),
    ("staff-desktop", _PEOPLE, None),
    ("scanner-signin", frozenset({Role.DOOR, Role.MANAGER}), frozenset({"ticket"})),
    ("device-*", frozenset({Role.KIOSK, Role.SCANNER}), None),
)


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose tokens a service believes. Keys of guests and services are JWK objects by issuer."""

    audience: str
    issuer: str
    guest_issuer: str
    guest_keys: dict[str, Jwk] = field(default_factory=dict)
    service_keys: dict[str, Jwk] = field(default_factory=dict)


class Verifier:
    """Turns a token into a principal or raises Unsigned; it never says which rule failed."""

    def __init__(self, trust: Trust, keyring: Keyring) -> None:
        self._trust = trust
        self._keyring = keyring
        self._guests = _public(trust.guest_keys)
        self._services = _public(trust.service_keys)
        self._memory = TokenMemory(keyring)

    async def principal(self, token: str) -> Principal:
        """Check a token by every rule, unless it passed them all before."""
        if len(token) > _LONGEST:
            raise Unsigned
        known = await self._memory.find(token)
        if known is not None:
            return known
        try:
            found = await self._checked(token)
        except _NOT_A_TOKEN as error:
            raise Unsigned from error
        self._memory.keep(token, found)
        return found.principal

    async def _checked(self, token: str) -> Remembered:
        header, unverified = _peek(token)
        issuer = unverified.get("iss")
        if issuer == self._trust.issuer:
            return await self._person(token, header)
        if issuer == self._trust.guest_issuer:
            return self._guest(token, header, unverified)
        if isinstance(issuer, str) and issuer in self._services:
            return self._service(token, header, unverified)
        raise Unsigned

    async def _person(self, token: str, header: dict[str, Any]) -> Remembered:
        kid = header["kid"]
        key = await self._keyring.key(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unsigned
        claims = json.loads(jws.deserialize_compact(token, key, algorithms=["RS256"]).payload)
        until = self._check(claims)
        if claims.get("typ") != "Bearer":
            raise Unsigned
        roles = frozenset(
            Role(name)
            for name in _list(claims["realm_access"]["roles"])
            if isinstance(name, str) and name in set(Role) - _NOT_GIVEN
        )
        self._check_client(claims.get("azp"), roles)
        principal = Principal(
            subject=_text(claims["sub"]),
            roles=roles,
            cinemas=frozenset(_text(name) for name in _list(claims.get("cinemas", []))),
            email=_text(claims["email"]) if claims.get("email_verified") is True else None,
            token=_said(claims),
        )
        return Remembered(principal, until, kid, key)

    def _check_client(self, azp: object, roles: frozenset[Role]) -> None:
        for pattern, allowed, audiences in AZP_ROLES:
            if isinstance(azp, str) and fnmatchcase(azp, pattern):
                if roles <= allowed and (audiences is None or self._trust.audience in audiences):
                    return
                break
        raise Unsigned

    def _guest(self, token: str, header: dict[str, Any], claims: dict[str, Any]) -> Remembered:
        _check_signature(token, header, self._guests[header["kid"]])
        until = self._check(claims)
        subject = _text(claims["sub"])
        if claims.get("typ") != "Guest" or not subject.startswith("guest:"):
            raise Unsigned
        UUID(subject.removeprefix("guest:"))
        order = claims.get("order")
        principal = Principal(
            subject=subject,
            roles=_GUEST,
            order_id=UUID(_text(order)) if order is not None else None,
            token=_said(claims),
        )
        return Remembered(principal, until)

    def _service(self, token: str, header: dict[str, Any], claims: dict[str, Any]) -> Remembered:
        issuer = claims["iss"]
        _check_signature(token, header, self._services[issuer])
        until = self._check(claims)
        if claims.get("typ") != "Service" or claims["exp"] - claims["iat"] > 60:
            raise Unsigned
        principal = Principal(f"service:{issuer}", _SERVICE, token=_said(claims))
        return Remembered(principal, until)

    def _check(self, claims: dict[str, Any]) -> float:
        """Check audience and times; return until when the token is good."""
        now = time.time()
        until = _number(claims["exp"]) + _LEEWAY_S
        is_good = (
            self._trust.audience in _audiences(claims)
            and until > now
            and _number(claims["iat"]) < now + _LEEWAY_S
            and _number(claims.get("nbf", 0)) < now + _LEEWAY_S
        )
        if not is_good:
            raise Unsigned
        return until


def _audiences(claims: dict[str, Any]) -> list[Any]:
    audience = claims["aud"]
    return [audience] if isinstance(audience, str) else _list(audience)


def _said(claims: dict[str, Any]) -> Token:
    """Return what a good token said of itself, for whoever checks it once more."""
    return Token(claims["typ"], tuple(str(name) for name in _audiences(claims)))


def _public(keys: Mapping[str, Jwk]) -> dict[str, Ed25519PublicKey]:
    """Read public keys; raises TypeError for one that is not Ed25519."""
    read: dict[str, Ed25519PublicKey] = {}
    for name, jwk in keys.items():
        key = OKPKey.import_key(jwk).public_key
        if not isinstance(key, Ed25519PublicKey):
            message = f"the key of {name} is not Ed25519"
            raise TypeError(message)
        read[name] = key
    return read


def _check_signature(token: str, header: dict[str, Any], key: Ed25519PublicKey) -> None:
    """Check an Ed25519 signature over the very text that was read; raises InvalidSignature."""
    if header["alg"] != "Ed25519" or not header.keys() <= _EDDSA_HEADER:
        raise Unsigned
    signed, _, signature = token.rpartition(".")
    key.verify(_decoded(signature), signed.encode("ascii"))


_GUEST = frozenset({Role.GUEST})
_SERVICE = frozenset({Role.SERVICE})
_NOT_GIVEN = _GUEST | _SERVICE


def _peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read header and claims without believing them: they choose the key that must have signed."""
    head, body, _signature = token.split(".")
    header, claims = _header(head), json.loads(_decoded(body).decode())
    if not isinstance(header, dict) or not isinstance(claims, dict) or "crit" in header:
        raise Unsigned
    return header, claims


@lru_cache(maxsize=64)
def _header(head: str) -> Any:
    """Read a header; all tokens of a key have the same. Nobody may change what is returned."""
    return json.loads(_decoded(head))


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unsigned
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Unsigned
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise Unsigned
    return value
