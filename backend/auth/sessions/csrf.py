"""The token that each of a visitor's forms carries: only we can make it, and only for them."""

import hmac

from backend.auth.settings import AuthSettings


class CsrfTokens:
    """Made from a key that only auth can derive, so nothing has to be kept."""

    def __init__(self, settings: AuthSettings) -> None:
        secret = str(settings.guest_key["d"]).encode()
        self._key = hmac.digest(secret, b"moviemesh-auth form tokens", "sha256")

    def token(self, visitor: str) -> str:
        """Return the token of a session's key or of a guest's subject."""
        return hmac.digest(self._key, visitor.encode(), "sha256").hex()

    def is_good(self, token: str, visitor: str) -> bool:
        """Say whether a form is this visitor's."""
        return hmac.compare_digest(token.encode(), self.token(visitor).encode())
