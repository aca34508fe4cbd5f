"""Sends people to the provider, and asks it behind their backs for tokens.

Authlib shapes the requests, and the process's own connections carry them: AsyncOAuth2Client is
itself a pool of connections that remembers one person's token, and auth serves many at a time.
"""

import asyncio
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx2
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from backend.auth.provider.grants import Grant, GrantRefused, ProviderAway
from backend.auth.settings import AuthSettings
from backend.kit.logs import logger

_log = logger(__name__)
_PROTOCOL = "/protocol/openid-connect"
_SCOPE = "openid profile email"


class Provider:
    """The realm: browsers reach it at `oidc_issuer`, we reach it at `oidc_internal_url`."""

    def __init__(self, settings: AuthSettings, http: httpx2.AsyncClient) -> None:
        self._settings = settings
        self._http = http
        self._limit_s = settings.provider_answers_within.total_seconds()
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined.
        self._auth = httpx2.BasicAuth(
            quote_plus(settings.client_id), quote_plus(settings.client_secret.get_secret_value())
        )

    def question(
        self, endpoint: str, *, state: str, nonce: str, verifier: str, language: str | None
    ) -> str:
        """Return the address at which the provider asks a person to sign in or to register."""
        address: str = prepare_grant_uri(
            f"{self._settings.oidc_issuer}{_PROTOCOL}/{endpoint}",
            client_id=self._settings.client_id,
            response_type="code",
            redirect_uri=self._settings.callback_url,
            scope=_SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            ui_locales=language,
        )
        return address

    def farewell(self, id_token: str | None) -> str:
        """Return the address at which the provider ends a person's session with it."""
        query = {
            "client_id": self._settings.client_id,
            "post_logout_redirect_uri": self._settings.signed_out_url,
            **({} if id_token is None else {"id_token_hint": id_token}),
        }
        return f"{self._settings.oidc_issuer}{_PROTOCOL}/logout?{urlencode(query)}"

    async def greet(self) -> None:
        """Make sure that somebody is there to sign people in; raises ProviderAway."""
        address = f"{self._settings.oidc_internal_url}/.well-known/openid-configuration"
        response = await self._send("GET", address)
        issuer = _object(response).get("issuer") if response.is_success else None
        if issuer != self._settings.oidc_issuer:
            _log.error("the provider is not the one expected", status=response.status_code)
            raise ProviderAway

    async def redeem(self, code: str, verifier: str) -> Grant:
        """Exchange the code of a sign-in; raises GrantRefused and ProviderAway."""
        return await self._grant(
            prepare_token_request(
                "authorization_code",
                code=code,
                redirect_uri=self._settings.callback_url,
                code_verifier=verifier,
            )
        )

    async def refresh(self, refresh_token: str) -> Grant:
        """Exchange a refresh token, which is worthless afterwards."""
        return await self._grant(
            prepare_token_request("refresh_token", refresh_token=refresh_token)
        )

    async def _grant(self, form: str) -> Grant:
        address = f"{self._settings.oidc_internal_url}{_PROTOCOL}/token"
        response = await self._send("POST", address, form)
        if response.is_success:
            return _granted(_object(response))
        # Only this answer is about the code or token; all others are about us or the provider.
        if response.status_code == 400 and _object(response).get("error") == "invalid_grant":
            raise GrantRefused("invalid_grant")
        _log.error("the provider refuses us", status=response.status_code)
        raise ProviderAway

    async def _send(self, method: str, address: str, form: str | None = None) -> httpx2.Response:
        headers = {"Accept": "application/json"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._http.request(
                    method,
                    address,
                    content=form,
                    headers=headers,
                    auth=self._auth if form is not None else None,
                )
        except (httpx2.TransportError, TimeoutError) as error:
            _log.warning("the provider does not answer", error=repr(error))
            raise ProviderAway from error


def _object(response: httpx2.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _granted(body: Mapping[str, Any]) -> Grant:
    now = time.time()
    try:
        return Grant(
            access_token=str(body["access_token"]),
            refresh_token=str(body["refresh_token"]),
            id_token=None if body.get("id_token") is None else str(body["id_token"]),
            ends_at=now + float(body["expires_in"]),
            refresh_ends_at=now + float(body["refresh_expires_in"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ProviderAway from error
