"""Keys and tokens for tests: made at run time, believed by services that get `TRUSTED`."""

import time
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OKPKey, RSAKey

from backend.kit.tokens.signer import ServiceSigner

ISSUER = "http://localhost/realms/moviemesh"
GUEST_KEY = OKPKey.generate_key("Ed25519", parameters={"kid": "guest-test"})
SERVICE_KEYS = {name: OKPKey.generate_key("Ed25519") for name in ("movies", "auth", "payment")}
GUEST_KEYS = {"guest-test": GUEST_KEY.as_dict(private=False)}
TRUSTED = {name: key.as_dict(private=False) for name, key in SERVICE_KEYS.items()}


def private(name: str) -> dict[str, str | list[str]]:
    """Return a service's private key as a JWK."""
    return SERVICE_KEYS[name].as_dict(private=True)


def guest_token(guest: UUID | None = None, *, order: UUID | None = None) -> str:
    """Make a guest's token, as auth does."""
    now = int(time.time())
    claims = {
        "iss": "moviemesh-auth",
        "sub": f"guest:{guest or uuid4()}",
        "aud": ["movies", "ticket"],
        "typ": "Guest",
        "iat": now,
        "exp": now + 3600,
    }
    if order is not None:
        claims["order"] = str(order)
    header = {"alg": "Ed25519", "kid": "guest-test"}
    return jwt.encode(header, claims, GUEST_KEY, algorithms=["Ed25519"])


@cache
def issuer_key() -> RSAKey:
    """Return the identity provider's key."""
    return RSAKey.generate_key(2048, {"kid": "issuer-test", "use": "sig", "alg": "RS256"})


def certs() -> dict[str, Any]:
    """Return the provider's public keys as it publishes them."""
    return {"keys": [issuer_key().as_dict(private=False)]}


def person_claims(*roles: str, cinemas: tuple[str, ...] = ("mesh",)) -> dict[str, Any]:
    """Return the claims of somebody who signed in at the website, or of a device."""
    now = int(time.time())
    is_device = bool({"kiosk", "scanner"} & set(roles))
    return {
        "iss": ISSUER,
        "sub": f"{'-'.join(roles)}-1",
        "aud": ["movies", "ticket"],
        "typ": "Bearer",
        "azp": "device-1" if is_device else "web",
        "iat": now,
        "exp": now + 300,
        "realm_access": {"roles": list(roles)},
        "cinemas": list(cinemas),
    }


def person_token(*roles: str, cinemas: tuple[str, ...] = ("mesh",), **claims: Any) -> str:
    """Make the token of somebody who signed in, as the identity provider does."""
    header = {"alg": "RS256", "kid": "issuer-test"}
    return jwt.encode(header, person_claims(*roles, cinemas=cinemas) | claims, issuer_key())


def service_token(name: str, audience: str = "movies") -> str:
    """Make a service's token."""
    return ServiceSigner(name, private(name)).token(audience)
