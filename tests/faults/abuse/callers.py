"""Tokens for every kind of caller, made with this cinema's own keys as their makers make them."""

import time
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid4

import psycopg
from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from backend.contracts.permissions import PERMISSIONS, Role
from backend.kit.tokens.signer import ServiceSigner
from tests.faults.rig.cinema import Cinema

# The one service that each of them answers; ticket answers none.
CALLS: Mapping[str, str] = {"movies": "auth", "payment": "movies", "auth": "web"}
_DEVICES = frozenset({Role.KIOSK, Role.SCANNER})
_LIFE_S = 300


class Callers:
    """Makes tokens. `audience` is the service that they are for."""

    def __init__(self, cinema: Cinema) -> None:
        self.issuer = f"{cinema.addresses['identity']}/realms/moviemesh"
        self.secrets = cinema.secrets
        self.guest_key = OKPKey.import_key(self.secrets.guest_key)
        self.kid, self.realm_key = _realm_key(cinema)

    def token(
        self, role: Role, audience: str, *, cinemas: Collection[str] = (), subject: str = ""
    ) -> str:
        """Return a good token of a role."""
        if role is Role.GUEST:
            return self.guest(audience, subject or f"guest:{uuid4()}")
        if role is Role.SERVICE:
            return self.service(CALLS.get(audience, "movies"), audience)
        return self.person(self.claims(role, audience, cinemas=cinemas, subject=subject))

    def opener(self, permission: str, audience: str, cinemas: Collection[str]) -> str:
        """Return a token of the mightiest role that a permission names."""
        roles = PERMISSIONS[permission]
        best = next(role for role in (Role.ADMIN, Role.SERVICE, *sorted(roles)) if role in roles)
        return self.token(best, audience, cinemas=cinemas)

    def claims(
        self, role: Role, audience: str, *, cinemas: Collection[str] = (), subject: str = ""
    ) -> dict[str, Any]:
        """Return the claims of somebody who signed in, or of a device."""
        now = int(time.time())
        return {
            "iss": self.issuer,
            "sub": subject or f"{role}-1",
            "aud": [audience],
            "typ": "Bearer",
            "azp": "device-1" if role in _DEVICES else "web",
            "iat": now,
            "exp": now + _LIFE_S,
            "realm_access": {"roles": [str(role)]},
            "cinemas": list(cinemas),
        }

    def person(self, claims: Mapping[str, Any], **header: Any) -> str:
        """Sign claims as the identity provider does."""
        full = {"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}
        return jwt.encode(full, dict(claims), self.realm_key, algorithms=[full["alg"]])

    def guest(self, audience: str, subject: str, *, order: UUID | None = None) -> str:
        """Sign a guest's token as auth does; one with an order opens that order alone."""
        now = int(time.time())
        claims = {
            "iss": "moviemesh-auth",
            "sub": subject,
            "aud": [audience],
            "typ": "Guest",
            "iat": now,
            "exp": now + _LIFE_S,
            **({} if order is None else {"order": str(order)}),
        }
        header = {"alg": "Ed25519", "kid": self.guest_key.kid}
        return jwt.encode(header, claims, self.guest_key, algorithms=["Ed25519"])

    def service(self, name: str, audience: str) -> str:
        """Sign a service's token as the service does."""
        return ServiceSigner(name, self.secrets.service_keys[name]).token(audience)


def _realm_key(cinema: Cinema) -> tuple[str, RSAKey]:
    with psycopg.connect(cinema.dsn("identity")) as connection:
        row = connection.execute(
            "SELECT kid, private_pem FROM signing_key WHERE is_active"
        ).fetchone()
    assert row is not None
    return row[0], RSAKey.import_key(row[1], {"kid": row[0]})
