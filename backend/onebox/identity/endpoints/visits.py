"""A person at one of our forms: which sign-in of which browser, and the way back to the client."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.onebox.identity.accounts import Account
from backend.onebox.identity.actions import Kind
from backend.onebox.identity.endpoints.authorize import with_code
from backend.onebox.identity.forms import TOKEN_FIELD, check_form, form_of, form_token, query_of
from backend.onebox.identity.mails import Letter
from backend.onebox.identity.pages import language_of
from backend.onebox.identity.parts import Parts, parts_of
from backend.onebox.identity.problems import PageExpired
from backend.onebox.identity.settings import REALM
from backend.onebox.identity.sign_ins import SignIn

ACTIONS = f"/realms/{REALM}/login-actions"


@dataclass(frozen=True, slots=True)
class Visit:
    """A request that belongs to a living sign-in of its browser."""

    request: Request
    parts: Parts
    sign_in: SignIn
    browser: str
    language: str
    client_name: str

    async def form(self) -> dict[str, str]:
        """Return the posted fields of a form that we made for this very sign-in."""
        form = await form_of(self.request)
        check_form(self.parts, self.request, form, str(self.sign_in.sign_in_id))
        return form

    def path(self, action: str, **more: str) -> str:
        """Return the address of another form of the same sign-in."""
        tab = {
            "client_id": self.sign_in.asked.client_id,
            "tab_id": str(self.sign_in.sign_in_id),
        }
        return f"{ACTIONS}/{action}?{urlencode({**tab, **more})}"

    def page(self, page: str, context: dict[str, Any], *, status: int = 200) -> Response:
        """Return a page of this sign-in."""
        token = form_token(self.parts, self.browser, str(self.sign_in.sign_in_id))
        shared = {
            "path": self.path,
            "client_name": self.client_name,
            "token_field": TOKEN_FIELD,
            "form_token": token,
        }
        return self.parts.pages.render(
            self.request,
            page,
            {**shared, **context},
            language=self.language,
            status=status,
            returns_to=self.sign_in.asked.redirect_uri,
        )

    def go(self, action: str, **more: str) -> RedirectResponse:
        """Send the browser to another form of the same sign-in."""
        response = RedirectResponse(self.path(action, **more), 303)
        response.headers["Cache-Control"] = "no-store"
        return response

    async def mail(self, kind: Kind, account: Account) -> BackgroundTask | None:
        """Return the sending of a mailed link, to run when the answer is out.

        Later than the answer, so that its time does not tell whether there is such an account.
        """
        settings = self.parts.settings
        is_reset = kind is Kind.RESET
        token = await self.parts.actions.issue(
            kind,
            account.account_id,
            sign_in_id=self.sign_in.sign_in_id,
            life=settings.reset_link_life if is_reset else settings.verify_link_life,
        )
        if token is None:
            return None
        if kind is Kind.TAKEN:
            link = await self.parts.clients.home_url() or settings.origin
        else:
            link = self.parts.mails.action_link(token, self.language)
        return BackgroundTask(
            self.parts.mails.send, Letter(kind, account.email, self.language, link)
        )


async def visit_of(request: Request) -> Visit:
    """Return the visit that an address and its browser's cookie name; raises PageExpired."""
    parts = parts_of(request)
    browser = parts.cookies.browser(request)
    tab = query_of(request).get("tab_id", "")
    sign_in = await parts.sign_ins.find(uuid_or_expired(tab), browser) if browser else None
    client = await parts.clients.find(sign_in.asked.client_id) if sign_in else None
    if browser is None or sign_in is None or client is None:
        raise PageExpired
    language = language_of(request, sign_in.asked.language)
    if language != sign_in.asked.language:
        await parts.sign_ins.speak(sign_in.sign_in_id, language)
    return Visit(request, parts, sign_in, browser, language, client.name)


async def complete(visit: Visit, account: Account) -> Response:
    """Sign the person in and send the browser back to the client with a code."""
    parts = visit.parts
    former = await parts.sessions.by_cookie(parts.cookies.session(visit.request))
    session, cookie = await parts.sessions.begin(account.account_id, former)
    response = await with_code(parts, session, visit.sign_in.asked)
    response.status_code = 303
    await parts.sign_ins.finish(visit.sign_in.sign_in_id)
    parts.cookies.keep_session(response, cookie)
    return response


def uuid_or_expired(text: str) -> UUID:
    """Return an id from an address; what is none was never ours."""
    try:
        return UUID(text)
    except ValueError as error:
        raise PageExpired from error
