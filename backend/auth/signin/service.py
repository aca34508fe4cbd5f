"""Signs people in and out: each step says where the browser goes next and what it has to keep."""

from dataclasses import dataclass
from typing import Literal, get_args

from backend.auth.cookies import Cookie
from backend.auth.opaque import is_secret, new_secret
from backend.auth.parts import Parts
from backend.auth.provider.grants import GrantRefused, ProviderAway
from backend.auth.sessions.repository import key_of
from backend.auth.signin.attempts import Attempt
from backend.auth.signin.rules import HOME, Outcome, local_path, outcome_of, told
from backend.contracts.problems import Denied
from backend.contracts.schema import Language, Read
from backend.kit.logs import logger

_log = logger(__name__)
_LANGUAGES = frozenset(get_args(Language))
Given = dict[Cookie, str]
Endpoint = Literal["auth", "registrations"]


@dataclass(frozen=True, slots=True)
class Step:
    """Where a browser is sent, with which Set-Cookie headers."""

    location: str
    cookies: tuple[str, ...] = ()


class Answer(Read):
    """What the provider sent a browser back with, in its own words."""

    state: str = ""
    code: str | None = None
    error: str = ""
    error_description: str = ""
    iss: str | None = None


async def begin(
    parts: Parts, cookies: Given, *, endpoint: Endpoint, return_to: str | None, language: str | None
) -> Step:
    """Send a browser to the provider, bound to the attempt by a cookie."""
    path = local_path(return_to)
    try:
        await parts.provider.greet()
    except ProviderAway:
        return _home(parts, path, Outcome.UNAVAILABLE)
    # A browser keeps its secret, so that sign-ins begun in two tabs can both be finished.
    known = cookies.get(Cookie.SIGN_IN, "")
    browser = known if is_secret(known) else new_secret()
    state, attempt = await parts.attempts.begin(browser, path)
    location = parts.provider.question(
        endpoint,
        state=state,
        nonce=attempt.nonce,
        verifier=attempt.verifier,
        language=language if language in _LANGUAGES else None,
    )
    kept = parts.cookies.keep(Cookie.SIGN_IN, browser, parts.settings.sign_in_within)
    return Step(location, (kept,))


async def complete(parts: Parts, cookies: Given, answer: Answer) -> Step:
    """Sign a browser in that comes back from the provider, or tell it why not."""
    attempt = await parts.attempts.take(answer.state)
    # An answer to somebody else's question would sign this browser in as a stranger.
    if attempt is None or not attempt.is_of(cookies.get(Cookie.SIGN_IN)):
        return _home(parts, HOME, Outcome.EXPIRED)
    if answer.code is None:
        outcome = outcome_of(answer.error, answer.error_description)
        return _home(parts, attempt.return_to, outcome)
    try:
        session = await _session(parts, attempt, answer.code, answer.iss)
    except GrantRefused as refusal:
        _log.warning("a sign-in failed", reason=str(refusal))
        return _home(parts, attempt.return_to, Outcome.FAILED)
    except ProviderAway:
        return _home(parts, attempt.return_to, Outcome.UNAVAILABLE)
    if former := cookies.get(Cookie.SESSION):
        await parts.sessions.end(key_of(former))
    return _home(parts, attempt.return_to, None, parts.cookies.keep(Cookie.SESSION, session))


async def _session(parts: Parts, attempt: Attempt, code: str, issuer: str | None) -> str:
    if issuer not in {None, parts.settings.oidc_issuer}:
        raise GrantRefused("another provider answered")
    grant = await parts.provider.redeem(code, attempt.verifier)
    person = await parts.checks.person(grant, nonce=attempt.nonce)
    return await parts.sessions.store.begin(grant, person)


async def sign_out(parts: Parts, cookies: Given, csrf: str) -> Step:
    """End a person's session here, then at the provider; raises Denied for a foreign form.

    Nothing of the visit stays in the browser: the next person at it is a new guest.
    """
    key = key_of(cookies.get(Cookie.SESSION, ""))
    if await parts.sessions.store.find(key) is None:
        return Step(parts.settings.signed_out_url, (parts.cookies.drop(Cookie.SESSION),))
    if not parts.csrf.is_good(csrf, key):
        raise Denied("This form is from an earlier visit. Open the page again and sign out there.")
    session = await parts.sessions.end(key)
    dropped = tuple(parts.cookies.drop(cookie) for cookie in Cookie)
    try:
        await parts.provider.greet()
    except ProviderAway:
        return Step(parts.settings.signed_out_url, dropped)
    hint = None if session is None else session.grant.id_token
    return Step(parts.provider.farewell(hint), dropped)


def _home(parts: Parts, path: str, outcome: Outcome | None, *cookies: str) -> Step:
    return Step(parts.settings.public_url + told(path, outcome), cookies)
