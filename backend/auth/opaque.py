"""Secrets that mean nothing by themselves; of most only a digest is kept."""

import hashlib
import re
import secrets

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def new_secret() -> str:
    """Return 256 random bits as 43 letters, which is also the shape of PKCE's verifier."""
    return secrets.token_urlsafe(32)


def is_secret(text: str) -> bool:
    """Say whether a text has the shape of a secret of ours."""
    return _SECRET.fullmatch(text) is not None


def digest(secret: str) -> str:
    """Return what may be kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
