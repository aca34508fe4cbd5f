"""Opaque secrets handed to browsers and mailboxes; only their digests are kept."""

import hashlib
import secrets


def new_secret() -> str:
    """Return 256 random bits as text that fits a URL and a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Return what the database keeps; the secret is random, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).digest()
