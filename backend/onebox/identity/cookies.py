"""The two cookies: which browser fills in our forms, and who is signed in in it.

Cookies ignore ports, so the names carry the service; https adds the prefix that pins the host.
"""

from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.identity.settings import IdentitySettings

_BROWSER = "mm_identity_browser"
_SESSION = "mm_identity_session"


class Cookies:
    """Reads and writes them with the right flags."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._is_secure = settings.is_secure
        self._prefix = "__Host-" if settings.is_secure else ""

    def browser(self, request: Request) -> str | None:
        """Return the browser's secret."""
        return request.cookies.get(self._prefix + _BROWSER)

    def session(self, request: Request) -> str | None:
        """Return the secret of a signed-in session."""
        return request.cookies.get(self._prefix + _SESSION)

    def keep_browser(self, response: Response, value: str) -> None:
        """Give the browser its secret; it goes when the browser closes."""
        self._set(response, _BROWSER, value)

    def keep_session(self, response: Response, value: str) -> None:
        """Sign the browser in until it closes or the session ends."""
        self._set(response, _SESSION, value)

    def drop_session(self, response: Response) -> None:
        """Sign the browser out."""
        response.delete_cookie(
            self._prefix + _SESSION, secure=self._is_secure, httponly=True, samesite="lax"
        )

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            self._prefix + name, value, secure=self._is_secure, httponly=True, samesite="lax"
        )
