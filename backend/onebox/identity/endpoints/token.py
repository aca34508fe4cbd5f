"""The token endpoint, revocation and userinfo: what clients call, never browsers."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.onebox.identity.clients import Client
from backend.onebox.identity.codes import Presented
from backend.onebox.identity.endpoints.client_proof import proven_client
from backend.onebox.identity.forms import form_of
from backend.onebox.identity.parts import Parts, parts_of
from backend.onebox.identity.problems import (
    InsufficientScope,
    InvalidGrant,
    InvalidRequest,
    InvalidToken,
    OAuthProblem,
    UnauthorizedClient,
    UnsupportedGrant,
)
from backend.onebox.identity.sessions import ClientSession, Session
from backend.onebox.identity.tokens import Bearer, Holder, profile

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
# Grants that exist in Keycloak but are off for every client of ours, with Keycloak's words.
_OFF = {
    "password": "Client not allowed for direct access grants",
    "client_credentials": "Client not enabled to retrieve service account",
    "urn:ietf:params:oauth:grant-type:device_code": "Client not allowed OAuth 2.0 device grant",
}


async def token(request: Request) -> Response:
    """Exchange a code or a refresh token."""
    parts = parts_of(request)
    form = await form_of(request)
    client = await proven_client(parts, request, form)
    grant = form.get("grant_type")
    if grant is None:
        raise InvalidRequest("Missing form parameter: grant_type")
    if grant in _OFF:
        raise UnauthorizedClient(_OFF[grant])
    if grant == "authorization_code":
        return await _by_code(parts, client, form)
    if grant == "refresh_token":
        return await _by_refresh(parts, client, form)
    raise UnsupportedGrant


async def _by_code(parts: Parts, client: Client, form: dict[str, str]) -> Response:
    if "code" not in form:
        raise InvalidRequest("Missing parameter: code")
    presented = Presented(
        code=form["code"],
        client_id=client.client_id,
        redirect_uri=form.get("redirect_uri", ""),
        verifier=form.get("code_verifier", ""),
    )
    redeemed = await parts.codes.redeem(presented)
    session = await parts.sessions.by_id(redeemed.share.session_id)
    if session is None:
        raise InvalidGrant("Session not active")
    return await _tokens(parts, client, session, redeemed.share, nonce=redeemed.nonce)


async def _by_refresh(parts: Parts, client: Client, form: dict[str, str]) -> Response:
    if "refresh_token" not in form:
        raise InvalidRequest("No refresh token")
    presented = parts.tokens.refresh_share(form["refresh_token"], client.client_id)
    rotated = await parts.sessions.rotate(presented)
    if rotated is None:
        raise InvalidGrant("Maximum allowed refresh token reuse exceeded or session not active")
    session, share = rotated
    return await _tokens(parts, client, session, share, nonce=None)


async def _tokens(
    parts: Parts, client: Client, session: Session, share: ClientSession, *, nonce: str | None
) -> Response:
    account = await parts.accounts.by_id(session.account_id)
    if account is None or not account.is_enabled:
        raise InvalidGrant("User disabled")
    body = parts.tokens.answer(Holder(account, client, session, share), nonce)
    return JSONResponse(body, headers=_NO_STORE)


async def revoke(request: Request) -> Response:
    """Make a token worthless; a token that is not good needs no more (RFC 7009)."""
    parts = parts_of(request)
    form = await form_of(request)
    client = await proven_client(parts, request, form)
    if "token" not in form:
        raise InvalidRequest("Token not provided")
    try:
        share = parts.tokens.refresh_share(form["token"], client.client_id)
        await parts.sessions.take_back(share.client_session_id)
    except InvalidGrant:
        await _revoke_access(parts, form["token"], client)
    return Response(status_code=200, headers=_NO_STORE)


async def _revoke_access(parts: Parts, text: str, client: Client) -> None:
    try:
        bearer = parts.tokens.bearer(text)
    except InvalidToken:
        return
    if bearer.client_id == client.client_id:
        await parts.sessions.take_back_all(bearer.session_id, client.client_id)


async def userinfo(request: Request) -> Response:
    """Return what the access token's client may know about its person now."""
    parts = parts_of(request)
    bearer = _bearer(parts, request)
    if "openid" not in bearer.scope.split():
        raise InsufficientScope
    session = await parts.sessions.by_id(bearer.session_id)
    account = await parts.accounts.by_id(bearer.subject) if session else None
    client = await parts.clients.find(bearer.client_id)
    if account is None or client is None:
        raise InvalidToken("User session not found or doesn't have client attached on it")
    claims: dict[str, Any] = {
        "sub": str(account.account_id),
        **profile(account),
        "cinemas": list(account.cinemas),
    }
    return JSONResponse(claims, headers=_NO_STORE)


def _bearer(parts: Parts, request: Request) -> Bearer:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise InvalidToken("Token not provided")
    return parts.tokens.bearer(text.strip())


def refusal(problem: OAuthProblem) -> Response:
    """Render a refusal as OAuth says."""
    headers = dict(_NO_STORE)
    if isinstance(problem, InvalidToken | InsufficientScope):
        headers["WWW-Authenticate"] = (
            f'Bearer realm="moviemesh", error="{problem.error}", '
            f'error_description="{problem.sentence}"'
        )
    elif problem.status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="moviemesh"'
    body = {"error": problem.error, "error_description": problem.sentence}
    return JSONResponse(body, status_code=problem.status, headers=headers)
