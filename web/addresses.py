"""One address for each page: the public host instead of 127.0.0.1, and no slash at the end."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from web.settings import is_loopback

_AS_THEY_ARE = ("/health/", "/metrics", "/static/", "/live/")


class OneAddress:
    """Leads readers from other spellings of an address to the one that cookies and links know."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_url = public_url
        self._host = urlsplit(public_url).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or send its reader on."""
        if scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}:
            target = self._target(scope)
            if target is not None:
                headers = {"Cache-Control": "no-cache"}
                await RedirectResponse(target, 307, headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _target(self, scope: Scope) -> str | None:
        path: str = scope["path"]
        if path.startswith(_AS_THEY_ARE):
            return None
        host = urlsplit("//" + Headers(scope=scope).get("host", "")).hostname or ""
        is_elsewhere = host != self._host and is_loopback(host) and is_loopback(self._host)
        trimmed = "/" + path.strip("/")
        if not is_elsewhere and trimmed == path:
            return None
        query = scope.get("query_string", b"").decode("latin-1")
        return self._public_url + trimmed + (f"?{query}" if query else "")
