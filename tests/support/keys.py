"""Keys and tokens for tests: made at run time, believed by services that get `TRUSTED`."""

import time
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.jwk import OKPKey

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
