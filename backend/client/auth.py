"""Calls the auth service for the website: whose session a cookie is, and order look-ups.

The visitor's cookies travel in a Cookie header again, since addresses are written into logs.
"""

from backend.client.http import ServiceHttp
from backend.contracts.orders import Lookup
from backend.contracts.sessions import LookedUp, SessionRead


class AuthClient:
    """The auth service. `token` is web's own service token, `cookies` the visitor's header."""

    def __init__(self, http: ServiceHttp) -> None:
        self._http = http

    async def session(self, cookies: str, *, token: str) -> SessionRead:
        """Return the visitor's session by their Cookie header; a guest's is made where none is."""
        response = await self._http.send(
            "GET", "/internal/session", token=token, headers=_forwarded(cookies)
        )
        return SessionRead.model_validate_json(response.content)

    async def look_up(self, cookies: str, body: Lookup, *, client_ip: str, token: str) -> LookedUp:
        """Open one order by its reference and mailed code; raises OrderMissing or TooMany.

        `client_ip` is the visitor's own address: auth allows each of them five tries a minute.
        """
        response = await self._http.send(
            "POST",
            "/internal/lookups",
            token=token,
            body=body,
            params={"client_ip": client_ip},
            headers=_forwarded(cookies),
        )
        return LookedUp.model_validate_json(response.content)


def _forwarded(cookies: str) -> dict[str, str]:
    # Ours are plain ASCII; what others have set on this host must not make the call fail.
    return {"Cookie": cookies.encode("ascii", "ignore").decode()[:16_000]}
