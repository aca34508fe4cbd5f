"""Checks the provider's tokens: the ID token by OpenID's rules, the access token by the kit's."""

import hmac
import time
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from pydantic_core import from_json

from backend.auth.provider.grants import Grant, GrantRefused, Person
from backend.contracts.problems import Unsigned
from backend.kit.tokens.keyring import Keyring
from backend.kit.tokens.verifier import Verifier

_LEEWAY_S = 30
_LONGEST = 8192


class TokenChecks:
    """Turns granted tokens into a person, or raises GrantRefused.

    `verifier` is that of the services which the access token has to open.
    """

    def __init__(
        self, *, issuer: str, client_id: str, keyring: Keyring, verifier: Verifier
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._keyring = keyring
        self._verifier = verifier

    async def person(self, grant: Grant, *, nonce: str) -> Person:
        """Return who signed in; the ID token must answer our very question."""
        if grant.id_token is None:
            raise GrantRefused("no ID token")
        claims = await self._id_claims(grant.id_token)
        if not _equal(claims.get("nonce"), nonce):
            raise GrantRefused("the nonce is not ours")
        if "at_hash" in claims and not _equal(claims["at_hash"], _half_hash(grant.access_token)):
            raise GrantRefused("the access token is not the one that the ID token names")
        return await self._named(grant, claims)

    async def same_person(self, grant: Grant, before: Person) -> Person:
        """Return the person of a refreshed grant, who must be who it was."""
        claims: dict[str, Any] = {"sub": before.subject, "name": before.name}
        return await self._named(grant, claims)

    async def _named(self, grant: Grant, claims: dict[str, Any]) -> Person:
        try:
            principal = await self._verifier.principal(grant.access_token)
        except Unsigned as error:
            raise GrantRefused("the access token is not good") from error
        if principal.subject != claims["sub"]:
            raise GrantRefused("the tokens name two people")
        name = claims.get("name")
        return Person(
            subject=principal.subject,
            name=name[:200] if isinstance(name, str) and name else None,
            email=principal.email,
            roles=tuple(sorted(principal.roles)),
            cinemas=tuple(sorted(principal.cinemas)),
        )

    async def _id_claims(self, token: str) -> dict[str, Any]:
        try:
            claims = await self._signed_claims(token)
            self._check(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise GrantRefused("the ID token is not good") from error
        return claims

    async def _signed_claims(self, token: str) -> dict[str, Any]:
        if len(token) > _LONGEST:
            raise ValueError("too long")
        header = jws.extract_compact(token.encode()).headers()
        key = await self._keyring.key(str(header["kid"]))
        if key is None or "crit" in header:
            raise ValueError("signed by nobody known")
        payload = jws.deserialize_compact(token, key, algorithms=["RS256"]).payload
        claims = from_json(payload)
        if not isinstance(claims, dict):
            raise TypeError("not an object")
        return claims

    def _check(self, claims: dict[str, Any]) -> None:
        now = time.time()
        audience = claims["aud"]
        is_good = (
            claims["iss"] == self._issuer
            and audience in (self._client_id, [self._client_id])
            and claims.get("azp", self._client_id) == self._client_id
            and claims.get("typ", "ID") == "ID"
            and isinstance(claims["sub"], str)
            and claims["exp"] > now - _LEEWAY_S
            and claims["iat"] < now + _LEEWAY_S
            and claims.get("nbf", 0) < now + _LEEWAY_S
        )
        if not is_good:
            raise ValueError("a claim is not as it must be")


def _equal(given: object, wanted: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(given.encode(), wanted.encode())


def _half_hash(token: str) -> str:
    half = sha256(token.encode()).digest()[:16]
    return urlsafe_b64encode(half).rstrip(b"=").decode()
