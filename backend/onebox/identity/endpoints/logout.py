"""Ending a session: at once with the client's ID token, else after a question."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.onebox.identity.clients import Client
from backend.onebox.identity.endpoints.client_proof import proven_client
from backend.onebox.identity.forms import TOKEN_FIELD, check_form, form_of, form_token, query_of
from backend.onebox.identity.opaque import new_secret
from backend.onebox.identity.pages import language_of
from backend.onebox.identity.parts import Parts, parts_of
from backend.onebox.identity.problems import InvalidGrant, LogoutRefused, OAuthProblem
from backend.onebox.identity.settings import REALM

CONFIRM = f"/realms/{REALM}/protocol/openid-connect/logout/logout-confirm"
_PURPOSE = "logout"


async def logout(request: Request) -> Response:
    """End the session of the ID token, or ask the person first."""
    parts = parts_of(request)
    if request.method == "POST":
        values = await form_of(request)
        if "refresh_token" in values:
            return await _by_refresh_token(parts, request, values)
    else:
        values = _page_query(request)
    claims = parts.tokens.hint(values["id_token_hint"]) if "id_token_hint" in values else None
    client = await _client(parts, values, claims)
    target = _target(values, client)
    session = await parts.sessions.by_cookie(parts.cookies.session(request))
    if claims is not None and (session is None or str(session.session_id) == claims["sid"]):
        await parts.sessions.end(UUID(claims["sid"]))
        return await _signed_out(parts, request, target)
    if session is None:
        return await _signed_out(parts, request, target)
    return _question(parts, request, target)


async def confirm(request: Request) -> Response:
    """End the browser's session after its person said so."""
    parts = parts_of(request)
    form = await form_of(request)
    target = form.get("target") or None
    # The target was checked when the question was made; its form token vouches for it.
    check_form(parts, request, form, f"{_PURPOSE} {target or ''}")
    session = await parts.sessions.by_cookie(parts.cookies.session(request))
    if session is not None:
        await parts.sessions.end(session.session_id)
    return await _signed_out(parts, request, target)


def _question(parts: Parts, request: Request, target: str | None) -> Response:
    browser = parts.cookies.browser(request) or new_secret()
    context: dict[str, Any] = {
        "confirm": CONFIRM,
        "target": target or "",
        "token_field": TOKEN_FIELD,
        "form_token": form_token(parts, browser, f"{_PURPOSE} {target or ''}"),
    }
    response = parts.pages.render(
        request, "logout", context, language=language_of(request), returns_to=target
    )
    parts.cookies.keep_browser(response, browser)
    return response


async def _signed_out(parts: Parts, request: Request, target: str | None) -> Response:
    response: Response
    if target is not None:
        response = RedirectResponse(target, 303)
        response.headers["Cache-Control"] = "no-store"
    else:
        context = {"home_url": await parts.clients.home_url()}
        response = parts.pages.render(request, "signed_out", context, language=language_of(request))
    parts.cookies.drop_session(response)
    return response


async def _by_refresh_token(parts: Parts, request: Request, form: dict[str, str]) -> Response:
    """Answer a client that ends a session by itself, as Keycloak does."""
    client = await proven_client(parts, request, form)
    share = parts.tokens.refresh_share(form["refresh_token"], client.client_id)
    if await parts.sessions.by_id(share.session_id) is None:
        raise InvalidGrant("Session not active")
    await parts.sessions.end(share.session_id)
    return Response(status_code=204)


def _page_query(request: Request) -> dict[str, str]:
    try:
        return query_of(request)
    except OAuthProblem as problem:
        raise LogoutRefused from problem


async def _client(
    parts: Parts, values: dict[str, str], claims: dict[str, Any] | None
) -> Client | None:
    named = values.get("client_id")
    hinted = claims["azp"] if claims else None
    if named is not None and hinted is not None and named != hinted:
        raise LogoutRefused
    client_id = named or hinted
    return await parts.clients.find(client_id) if client_id else None


def _target(values: dict[str, str], client: Client | None) -> str | None:
    target = values.get("post_logout_redirect_uri")
    if target is None:
        return None
    if client is None or not client.may_leave_to(target):
        raise LogoutRefused
    if "state" not in values:
        return target
    separator = "&" if urlsplit(target).query else "?"
    return f"{target}{separator}{urlencode({'state': values['state']})}"
