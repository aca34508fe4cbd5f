"""Who knocks at the services: guests with tokens as auth makes them, and staff who sign in."""

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2
from pydantic import SecretStr

from backend.auth.guests.tokens import Guest, GuestTokens
from backend.auth.settings import AuthSettings
from backend.onebox.people import PEOPLE
from cli.visitor import parsed
from tests.faults.rig.cinema import Cinema

_EARLY_S = 60.0
_REALM = "/realms/moviemesh/protocol/openid-connect"


def guest_tokens(cinema: Cinema) -> GuestTokens:
    """Return auth's own maker of guests, with this cinema's key."""
    found = cinema.secrets
    return GuestTokens(
        AuthSettings(
            public_url=cinema.addresses["web"],
            oidc_issuer=f"{cinema.addresses['identity']}/realms/moviemesh",
            oidc_internal_url=f"{cinema.addresses['identity']}/realms/moviemesh",
            movies_url=cinema.addresses["movies"],
            client_secret=SecretStr(found.client_secret),
            guest_key=found.guest_key,
            signing_key=found.service_keys["auth"],
        )
    )


class Staff:
    """Access tokens of the demo's people, by role; each signs in at the provider's own form."""

    def __init__(self, cinema: Cinema) -> None:
        self._cinema = cinema
        self._kept: dict[str, tuple[str, float]] = {}

    async def token(self, role: str) -> str:
        """Return a token of whoever has this role, good for a minute more."""
        token, until = self._kept.get(role, ("", 0.0))
        if time.monotonic() > until - _EARLY_S:
            person = next(one for one in PEOPLE if role in one.roles)
            answer = await sign_in(self._cinema, person.email)
            token = str(answer["access_token"])
            self._kept[role] = (token, time.monotonic() + float(answer["expires_in"]))
        return token


async def sign_in(cinema: Cinema, email: str) -> Mapping[str, Any]:
    """Sign in by the code flow, as the site does, and return the provider's answer."""
    found, provider = cinema.secrets, cinema.addresses["identity"]
    verifier = secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    callback = f"{cinema.addresses['web']}/auth/callback"
    asked = {
        "client_id": "web",
        "redirect_uri": callback,
        "response_type": "code",
        "scope": "openid email profile",
        "state": secrets.token_urlsafe(12),
        "nonce": secrets.token_urlsafe(12),
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
        page = await _followed(http, f"{provider}{_REALM}/auth?{urlencode(asked)}")
        form = parsed(str(page.url), page.status_code, page.text).form_with("password")
        password = found.demo_passwords[email]
        sent = await http.post(
            form.action,
            data={**dict(form.fields), "username": email, "password": password},
            headers={"Origin": provider},
        )
        back = parse_qs(urlsplit(sent.headers["location"]).query)
        answer = await http.post(
            f"{provider}{_REALM}/token",
            data={
                "grant_type": "authorization_code",
                "code": back["code"][0],
                "redirect_uri": callback,
                "code_verifier": verifier,
            },
            auth=("web", found.client_secret),
        )
        answer.raise_for_status()
        return answer.json()


async def _followed(http: httpx2.AsyncClient, address: str) -> httpx2.Response:
    for _ in range(5):
        answer = await http.get(address)
        if not answer.is_redirect:
            return answer
        address = urljoin(address, answer.headers["location"])
    raise AssertionError("the provider leads in circles")


__all__ = ["Guest", "Staff", "guest_tokens", "sign_in"]
