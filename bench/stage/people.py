"""Who buys and who works: guests with tokens as auth makes them, staff who sign in as people do."""

import base64
import hashlib
import secrets
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx2

from backend.auth.guests.tokens import GuestTokens
from backend.auth.settings import AuthSettings
from backend.onebox.identity.settings import REALM
from backend.onebox.secrets import load
from cli.visitor import parsed
from tests.support.onebox import OpenCinema


class Guests:
    """Makes guests with the cinema's own key: what a browser without an account gets."""

    def __init__(self, cinema: OpenCinema) -> None:
        found = load(cinema.folders.secrets)
        if found is None:
            raise FileNotFoundError(cinema.folders.secrets)
        self._tokens = GuestTokens(
            AuthSettings(
                public_url=cinema.site,
                oidc_issuer=cinema.addresses["identity"],
                oidc_internal_url=cinema.addresses["identity"],
                client_secret=found.client_secret,
                guest_key=found.guest_key,
                signing_key=found.service_keys["auth"],
                movies_url=cinema.addresses["movies"],
            )
        )

    def tokens(self, count: int) -> list[str]:
        """Return the tokens of so many guests who were never here before."""
        return [self._tokens.new().token for _ in range(count)]


def sign_in(cinema: OpenCinema, email: str) -> str:
    """Sign a person of the demo in at the provider by code and proof; return the token."""
    found = load(cinema.folders.secrets)
    secret = "" if found is None else found.client_secret
    provider = f"{cinema.addresses['identity']}/realms/{REALM}/protocol/openid-connect"
    proof = secrets.token_urlsafe(48)
    back = f"{cinema.site}/auth/callback"
    digest = hashlib.sha256(proof.encode()).digest()
    asked = {
        "client_id": "web",
        "response_type": "code",
        "scope": "openid",
        "redirect_uri": back,
        "state": "bench",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    with httpx2.Client(trust_env=False, timeout=20) as http:
        code = _code(http, f"{provider}/auth?{urlencode(asked)}", email, cinema.passwords[email])
        answer = http.post(
            f"{provider}/token",
            data={
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": back,
                "code_verifier": proof,
                "client_id": "web",
                "client_secret": secret,
            },
        )
    token: str = answer.raise_for_status().json()["access_token"]
    return token


def _code(http: httpx2.Client, url: str, email: str, password: str) -> str:
    """Go through the sign-in form and return the code that it leads to."""
    form = _sent(http, url)
    page = parsed(str(form.url), form.status_code, form.text).form_with("username")
    fields = {**dict(page.fields), "username": email, "password": password}
    origin = "/".join(page.action.split("/")[:3])
    answer = http.post(page.action, data=fields, headers={"Origin": origin})
    while "/auth/callback" not in answer.headers.get("location", ""):
        answer = http.get(urljoin(str(answer.url), answer.headers["location"]))
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def _sent(http: httpx2.Client, url: str) -> httpx2.Response:
    answer = http.get(url)
    while answer.is_redirect:
        answer = http.get(urljoin(str(answer.url), answer.headers["location"]))
    return answer
