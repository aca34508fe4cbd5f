"""The cookies that auth gives: their names, and flags that this address allows.

On https they are pinned to the host by `__Host-` and Secure. On loopback's http they are neither,
since Safari drops such cookies there. Cookies ignore ports, so each name carries the service.
"""

from datetime import timedelta
from enum import StrEnum

from starlette.requests import cookie_parser

from backend.auth.settings import AuthSettings


class Cookie(StrEnum):
    """What a browser keeps for us."""

    SESSION = "mm-auth-session"
    GUEST = "mm-auth-guest"
    SIGN_IN = "mm-auth-sign-in"
    ORDERS = "mm-auth-orders"


class Cookies:
    """Reads Cookie headers and writes Set-Cookie headers."""

    def __init__(self, settings: AuthSettings) -> None:
        self._is_secure = settings.is_secure
        self._prefix = "__Host-" if settings.is_secure else ""

    def read(self, header: str | None) -> dict[Cookie, str]:
        """Return our cookies of a Cookie header."""
        given = cookie_parser(header or "")
        names = {self._prefix + cookie: cookie for cookie in Cookie}
        return {names[name]: value for name, value in given.items() if name in names and value}

    def keep(self, cookie: Cookie, value: str, life: timedelta | None = None) -> str:
        """Return the header that keeps a value for so long, or until the browser closes."""
        return self._header(cookie, value, life)

    def drop(self, cookie: Cookie) -> str:
        """Return the header that makes the browser forget."""
        return self._header(cookie, "", timedelta(0))

    def _header(self, cookie: Cookie, value: str, life: timedelta | None) -> str:
        words = [f"{self._prefix}{cookie}={value}", "Path=/", "HttpOnly", "SameSite=Lax"]
        if self._is_secure:
            words.append("Secure")
        if life is not None:
            words.append(f"Max-Age={int(life.total_seconds())}")
        return "; ".join(words)
