"""Where clients send people: checks the request, then answers with a code or a sign-in form."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.onebox.identity.clients import Client
from backend.onebox.identity.forms import form_of
from backend.onebox.identity.opaque import new_secret
from backend.onebox.identity.pages import language_of
from backend.onebox.identity.parts import Parts, parts_of
from backend.onebox.identity.problems import (
    InvalidRequest,
    InvalidScope,
    LoginRequired,
    OAuthProblem,
    RequestAddress,
    RequestObject,
    UnauthorizedClient,
    UnknownReturn,
    UnsupportedResponse,
)
from backend.onebox.identity.sessions import Session
from backend.onebox.identity.settings import REALM
from backend.onebox.identity.sign_ins import Asked

SCOPES = ("openid", "profile", "email", "roles")
_ALWAYS_GRANTED = ("profile", "email")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_PROMPTS = frozenset({"none", "login", "create", "select_account", "consent"})
_TOKENS_IN_FRONT = frozenset({"token", "id_token"})


@dataclass(frozen=True, slots=True)
class Manner:
    """How the client wants the person to be asked."""

    prompts: frozenset[str]
    max_age: int | None
    registers: bool

    def is_satisfied_by(self, session: Session | None) -> bool:
        """Say whether a session is answer enough."""
        if session is None or self.registers or self.prompts & {"login", "select_account"}:
            return False
        age = (datetime.now(UTC) - session.authenticated_at).total_seconds()
        return self.max_age is None or age <= self.max_age


async def authorize(request: Request) -> Response:
    """Begin a sign-in, or answer at once for somebody who is signed in."""
    return await _authorize(request, registers=False)


async def registrations(request: Request) -> Response:
    """Begin a sign-in at the registration form."""
    return await _authorize(request, registers=True)


async def _authorize(request: Request, *, registers: bool) -> Response:
    parts = parts_of(request)
    if away := _at_public_host(parts, request):
        return away
    values, repeated = await _parameters(request)
    if any("\x00" in value for value in values.values()):
        raise UnknownReturn
    client = await parts.clients.find(values.get("client_id", ""))
    redirect_uri = values.get("redirect_uri", "")
    if client is None or not client.may_return_to(redirect_uri):
        raise UnknownReturn
    if repeated & {"client_id", "redirect_uri"}:
        raise UnknownReturn
    try:
        if repeated:
            raise InvalidRequest("duplicated parameter")
        asked = _asked(client, values, language_of(request))
        manner = _manner(values, registers=registers)
        return await _answer(parts, request, asked, manner)
    except OAuthProblem as problem:
        return _refused(parts, redirect_uri, values, problem)


async def _answer(parts: Parts, request: Request, asked: Asked, manner: Manner) -> Response:
    session = await parts.sessions.by_cookie(parts.cookies.session(request))
    if session is not None and manner.is_satisfied_by(session):
        return await with_code(parts, session, asked)
    if "none" in manner.prompts:
        raise LoginRequired
    browser = parts.cookies.browser(request) or new_secret()
    sign_in_id = await parts.sign_ins.begin(asked, browser)
    form = "registration" if manner.registers else "authenticate"
    query = urlencode({"client_id": asked.client_id, "tab_id": str(sign_in_id)})
    response = RedirectResponse(f"/realms/{REALM}/login-actions/{form}?{query}", 302)
    response.headers["Cache-Control"] = "no-store"
    parts.cookies.keep_browser(response, browser)
    return response


async def with_code(parts: Parts, session: Session, asked: Asked) -> Response:
    """Send the browser back to the client with a new code."""
    answer = {
        "session_state": str(session.session_id),
        "iss": parts.settings.issuer,
        "code": await parts.codes.issue(session, asked),
    }
    return _redirect(asked.redirect_uri, {"state": asked.state, **answer})


def _refused(
    parts: Parts, redirect_uri: str, values: dict[str, str], problem: OAuthProblem
) -> Response:
    answer = {
        "error": problem.error,
        "error_description": problem.sentence,
        "state": values.get("state"),
        "iss": parts.settings.issuer,
    }
    in_front = bool(_TOKENS_IN_FRONT & set(values.get("response_type", "").split()))
    return _redirect(redirect_uri, answer, separator="#" if in_front else None)


def _redirect(
    address: str, answer: dict[str, str | None], separator: str | None = None
) -> RedirectResponse:
    query = urlencode({name: value for name, value in answer.items() if value is not None})
    separator = separator or ("&" if urlsplit(address).query else "?")
    response = RedirectResponse(f"{address}{separator}{query}", 302)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _asked(client: Client, values: dict[str, str], language: str) -> Asked:
    if any(len(value) > 2048 for value in values.values()):
        raise InvalidRequest("A parameter is too long")
    if "request" in values:
        raise RequestObject
    if "request_uri" in values:
        raise RequestAddress
    _check_response(values)
    challenge = values.get("code_challenge", "")
    if values.get("code_challenge_method") != "S256":
        raise InvalidRequest("Missing or invalid parameter: code_challenge_method must be S256")
    if not _CHALLENGE.fullmatch(challenge):
        raise InvalidRequest("Missing or invalid parameter: code_challenge")
    return Asked(
        client_id=client.client_id,
        redirect_uri=values["redirect_uri"],
        state=values.get("state"),
        nonce=values.get("nonce"),
        code_challenge=challenge,
        scope=_scope(values.get("scope", "")),
        language=language,
        login_hint=values.get("login_hint", "")[:254] or None,
    )


def _check_response(values: dict[str, str]) -> None:
    kinds = set(values.get("response_type", "").split())
    if kinds and kinds <= {"code", *_TOKENS_IN_FRONT} and kinds & _TOKENS_IN_FRONT:
        raise UnauthorizedClient(
            "Client is not allowed to initiate browser login with given response_type. "
            "Implicit flow is disabled for the client."
        )
    if not kinds:
        raise InvalidRequest("Missing parameter: response_type")
    if kinds != {"code"}:
        raise UnsupportedResponse
    if values.get("response_mode", "query") != "query":
        raise InvalidRequest("Invalid parameter: response_mode must be query")


def _scope(text: str) -> str:
    wanted = text.split()
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown:
        raise InvalidScope("Invalid scopes: " + " ".join(unknown)[:200])
    granted = (*wanted, *_ALWAYS_GRANTED)
    return " ".join(dict.fromkeys(scope for scope in granted if scope != "roles"))


def _manner(values: dict[str, str], *, registers: bool) -> Manner:
    prompts = frozenset(values.get("prompt", "").split())
    if not prompts <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequest("Invalid parameter: prompt")
    age = values.get("max_age")
    if age is not None and not re.fullmatch("[0-9]{1,9}", age):
        raise InvalidRequest("Invalid parameter: max_age")
    registers = registers or "create" in prompts or values.get("kc_action") == "register"
    return Manner(prompts, None if age is None else int(age), registers)


async def _parameters(request: Request) -> tuple[dict[str, str], set[str]]:
    """Return the first value of each parameter, and the names that came more than once."""
    if request.method == "POST":
        return await form_of(request), set()
    values: dict[str, str] = {}
    repeated: set[str] = set()
    for name, value in request.query_params.multi_items():
        if name in values:
            repeated.add(name)
        values.setdefault(name, value)
    return values, repeated


def _at_public_host(parts: Parts, request: Request) -> Response | None:
    # Cookies of 127.0.0.1 and localhost are apart, and the forms live at the public name.
    public = urlsplit(parts.settings.origin)
    if request.method != "GET" or public.hostname != "localhost":
        return None
    if request.url.hostname != "127.0.0.1":
        return None
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(parts.settings.origin + request.url.path + query, 302)
