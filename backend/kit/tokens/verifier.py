"""Checks a bearer token: the algorithm is fixed by the key, and every claim is looked at.

Three kinds of issuer are known: the identity provider (RS256, people and devices), the auth
service (Ed25519, guests) and the other services (Ed25519, one key each).
"""

import json
import time
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from backend.contracts.permissions import STAFF, Role
from backend.contracts.problems import Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.principal import Principal

Jwk = dict[str, str | list[str]]

_LEEWAY_S = 30
_LONGEST = 8192
# Deeply nested JSON ends in RecursionError before any signature is looked at.
_NOT_A_TOKEN = (JoseError, ValueError, KeyError, TypeError, Base64Error, RecursionError)
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
        self._guests = {kid: OKPKey.import_key(key) for kid, key in trust.guest_keys.items()}
        self._services = {name: OKPKey.import_key(key) for name, key in trust.service_keys.items()}

    async def principal(self, token: str) -> Principal:
        """Check a token by every rule."""
        if len(token) > _LONGEST:
            raise Unsigned
        try:
            header, unverified = _peek(token)
            issuer = unverified.get("iss")
            if issuer == self._trust.issuer:
                return await self._person(token, header)
            if issuer == self._trust.guest_issuer:
                return self._guest(token, header)
            if isinstance(issuer, str) and issuer in self._services:
                return self._service(token, issuer)
        except _NOT_A_TOKEN as error:
            raise Unsigned from error
        raise Unsigned

    async def _person(self, token: str, header: dict[str, Any]) -> Principal:
        kid = header["kid"]
        key = await self._keyring.key(kid) if isinstance(kid, str) else None
        if key is None:
            raise Unsigned
        claims = self._claims(jws.deserialize_compact(token, key, algorithms=["RS256"]).payload)
        if claims.get("typ") != "Bearer":
            raise Unsigned
        roles = frozenset(
            Role(name)
            for name in _list(claims["realm_access"]["roles"])
            if isinstance(name, str) and name in set(Role) - _NOT_GIVEN
        )
        self._check_client(claims.get("azp"), roles)
        return Principal(
            subject=_text(claims["sub"]),
            roles=roles,
            cinemas=frozenset(_text(name) for name in _list(claims.get("cinemas", []))),
            email=_text(claims["email"]) if claims.get("email_verified") is True else None,
        )

    def _check_client(self, azp: object, roles: frozenset[Role]) -> None:
        for pattern, allowed, audiences in AZP_ROLES:
            if isinstance(azp, str) and fnmatchcase(azp, pattern):
                if roles <= allowed and (audiences is None or self._trust.audience in audiences):
                    return
                break
        raise Unsigned

    def _guest(self, token: str, header: dict[str, Any]) -> Principal:
        key = self._guests[header["kid"]]
        claims = self._claims(jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload)
        subject = _text(claims["sub"])
        if claims.get("typ") != "Guest" or not subject.startswith("guest:"):
            raise Unsigned
        UUID(subject.removeprefix("guest:"))
        order = claims.get("order")
        return Principal(
            subject=subject,
            roles=frozenset({Role.GUEST}),
            order_id=UUID(_text(order)) if order is not None else None,
        )

    def _service(self, token: str, issuer: str) -> Principal:
        key = self._services[issuer]
        claims = self._claims(jws.deserialize_compact(token, key, algorithms=["Ed25519"]).payload)
        if claims.get("typ") != "Service" or claims["exp"] - claims["iat"] > 60:
            raise Unsigned
        return Principal(subject=f"service:{issuer}", roles=frozenset({Role.SERVICE}))

    def _claims(self, payload: bytes) -> dict[str, Any]:
        claims = json.loads(payload)
        now = time.time()
        audience = claims["aud"]
        audiences = [audience] if isinstance(audience, str) else _list(audience)
        is_good = (
            self._trust.audience in audiences
            and _number(claims["exp"]) > now - _LEEWAY_S
            and _number(claims["iat"]) < now + _LEEWAY_S
            and _number(claims.get("nbf", 0)) < now + _LEEWAY_S
        )
        if not is_good:
            raise Unsigned
        result: dict[str, Any] = claims
        return result


_NOT_GIVEN = frozenset({Role.GUEST, Role.SERVICE})


def _peek(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read header and claims without believing them, only to choose the key."""
    head, body, _signature = token.split(".")
    header, claims = (
        json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in (head, body)
    )
    if not isinstance(header, dict) or not isinstance(claims, dict) or "crit" in header:
        raise Unsigned
    return header, claims


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
