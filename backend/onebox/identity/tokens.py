"""Tokens in Keycloak's shape: RS256 access and ID tokens, HS512 refresh tokens."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from backend.onebox.identity.accounts import Account
from backend.onebox.identity.clients import Client
from backend.onebox.identity.keys import KeyRing
from backend.onebox.identity.problems import InvalidGrant, InvalidToken, LogoutRefused
from backend.onebox.identity.sessions import ClientSession, Session
from backend.onebox.identity.settings import IdentitySettings

Claims = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom tokens are made: a person, in a session, through a client."""

    account: Account
    client: Client
    session: Session
    share: ClientSession


@dataclass(frozen=True, slots=True)
class Bearer:
    """What an access token proves at our own endpoints."""

    subject: UUID
    session_id: UUID
    client_id: str
    scope: str


class Tokens:
    """Makes and reads the realm's tokens."""

    def __init__(self, settings: IdentitySettings, keys: KeyRing) -> None:
        self._issuer = settings.issuer
        self._life = int(settings.access_token_life.total_seconds())
        self._keys = keys

    def answer(self, holder: Holder, nonce: str | None = None) -> Claims:
        """Return the body of a token endpoint's answer."""
        now = _now()
        access = self._signed(self._access(holder, now))
        refresh = self._refresh(holder, now)
        body: Claims = {
            "access_token": access,
            "expires_in": self._life,
            "refresh_expires_in": int(holder.session.idle_until.timestamp()) - now,
            "refresh_token": refresh,
            "token_type": "Bearer",
            "not-before-policy": 0,
            "session_state": str(holder.session.session_id),
            "scope": holder.share.scope,
        }
        if "openid" in holder.share.scope.split():
            body["id_token"] = self._signed(self._identity(holder, now, nonce, access))
        return body

    def bearer(self, token: str) -> Bearer:
        """Return what an access token of ours proves; raises InvalidToken."""
        claims = self._read(token, self._keys.published, "RS256")
        if claims is None or claims.get("typ") != "Bearer" or _is_over(claims):
            raise InvalidToken
        return Bearer(
            UUID(claims["sub"]), UUID(claims["sid"]), claims["azp"], str(claims.get("scope", ""))
        )

    def refresh_share(self, token: str, client_id: str) -> ClientSession:
        """Return which share a refresh token names; raises InvalidGrant."""
        claims = self._read(token, self._keys.refresh, "HS512")
        if claims is None or claims.get("typ") != "Refresh" or claims["azp"] != client_id:
            raise InvalidGrant("Invalid refresh token")
        if _is_over(claims):
            raise InvalidGrant("Token is not active")
        return ClientSession(
            client_session_id=UUID(claims["client_session"]),
            session_id=UUID(claims["sid"]),
            client_id=client_id,
            scope=claims["scope"],
            refresh_id=UUID(claims["jti"]),
        )

    def hint(self, token: str) -> Claims:
        """Return the claims of an ID token of ours, which may have expired."""
        claims = self._read(token, self._keys.published, "RS256")
        if claims is None or claims.get("typ") != "ID":
            raise LogoutRefused
        return claims

    def _read(self, token: str, key: KeySet | OctKey, algorithm: str) -> Claims | None:
        try:
            claims = jwt.decode(token, key, algorithms=[algorithm]).claims
        except (JoseError, ValueError):
            return None
        return claims if claims.get("iss") == self._issuer else None

    def _signed(self, claims: Claims) -> str:
        key = self._keys.active
        header = {"alg": "RS256", "typ": "JWT", "kid": key.kid}
        return jwt.encode(header, claims, key.pair, algorithms=["RS256"])

    def _common(self, holder: Holder, now: int) -> Claims:
        return {
            "exp": now + self._life,
            "iat": now,
            "auth_time": int(holder.session.authenticated_at.timestamp()),
            "jti": str(uuid4()),
            "iss": self._issuer,
            "sub": str(holder.account.account_id),
            "azp": holder.client.client_id,
            "sid": str(holder.session.session_id),
            "acr": "1",
        }

    def _access(self, holder: Holder, now: int) -> Claims:
        client, account = holder.client, holder.account
        # Keycloak writes a single audience as a plain string.
        audience = list(client.audiences) if len(client.audiences) > 1 else client.audiences[0]
        return {
            **self._common(holder, now),
            "aud": audience,
            "typ": "Bearer",
            # "Full scope off": a client's tokens carry no role beyond those mapped to it.
            "realm_access": {"roles": [role for role in account.roles if role in client.roles]},
            "scope": holder.share.scope,
            "cinemas": list(account.cinemas),
            **profile(account),
        }

    def _identity(self, holder: Holder, now: int, nonce: str | None, access: str) -> Claims:
        return {
            **self._common(holder, now),
            "aud": holder.client.client_id,
            "typ": "ID",
            **({} if nonce is None else {"nonce": nonce}),
            "at_hash": _half_hash(access),
            **profile(holder.account),
        }

    def _refresh(self, holder: Holder, now: int) -> str:
        claims = {
            "exp": int(holder.session.idle_until.timestamp()),
            "iat": now,
            "jti": str(holder.share.refresh_id),
            "iss": self._issuer,
            "aud": self._issuer,
            "sub": str(holder.account.account_id),
            "typ": "Refresh",
            "azp": holder.client.client_id,
            "sid": str(holder.session.session_id),
            "client_session": str(holder.share.client_session_id),
            "scope": holder.share.scope,
        }
        header = {"alg": "HS512", "typ": "JWT"}
        return jwt.encode(header, claims, self._keys.refresh, algorithms=["HS512"])


def profile(account: Account) -> Claims:
    """Return the claims about a person that tokens and userinfo share."""
    return {
        "email": account.email,
        "email_verified": account.is_verified,
        "name": account.name,
        "preferred_username": account.email,
        "locale": account.language,
    }


def _now() -> int:
    return int(datetime.now(UTC).timestamp())


def _is_over(claims: Mapping[str, Any]) -> bool:
    return int(claims["exp"]) <= _now()


def _half_hash(token: str) -> str:
    half = hashlib.sha256(token.encode()).digest()[:16]
    return base64.urlsafe_b64encode(half).rstrip(b"=").decode()
