"""Where mailed links lead: confirming an address, and setting a new password.

A link alone never signs in a browser that did not ask for it. Confirming elsewhere needs the
password, else one could register a stranger's address and wait for its owner's click.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.identity.accounts import Account
from backend.onebox.identity.actions import Action, Kind
from backend.onebox.identity.endpoints.registration import password_errors
from backend.onebox.identity.endpoints.visits import Visit, complete
from backend.onebox.identity.forms import TOKEN_FIELD, check_form, form_of, form_token, query_of
from backend.onebox.identity.opaque import new_secret
from backend.onebox.identity.pages import language_of
from backend.onebox.identity.parts import Parts, parts_of
from backend.onebox.identity.passwords import SHORTEST
from backend.onebox.identity.problems import LinkExpired

_PURPOSE = "action-token"


@dataclass(frozen=True, slots=True)
class Opened:
    """A living link, opened in some browser; `visit` when that browser asked for it."""

    request: Request
    parts: Parts
    action: Action
    account: Account
    visit: Visit | None
    browser: str
    language: str

    def page(
        self,
        page: str,
        context: dict[str, Any] | None = None,
        *,
        status: int = 200,
    ) -> Response:
        """Return a page of this link."""
        shared: dict[str, Any] = {
            "email": self.account.email,
            "token_field": TOKEN_FIELD,
            "form_token": form_token(self.parts, self.browser, _PURPOSE),
            "errors": {},
            "wait": None,
            "alert_key": None,
            "shortest": SHORTEST,
        }
        response = self.parts.pages.render(
            self.request,
            page,
            {**shared, **(context or {})},
            language=self.language,
            status=status,
            returns_to=self.visit.sign_in.asked.redirect_uri if self.visit else None,
        )
        self.parts.cookies.keep_browser(response, self.browser)
        return response

    async def done(self, page: str) -> Response:
        """Say that it worked, with the way back to the site."""
        return self.page(page, {"home_url": await self.parts.clients.home_url()})


async def show(request: Request) -> Response:
    """Follow a link: confirm at once where it was asked for, else show its form."""
    opened = await _opened(request)
    if opened.action.kind is Kind.RESET:
        return opened.page("new_password")
    visit = opened.visit
    # The browser that set or gave the password has proven itself already.
    if visit is None or visit.sign_in.account_id != opened.account.account_id:
        return opened.page("confirm")
    if not await opened.parts.actions.verify(opened.action):
        raise LinkExpired
    return await complete(visit, opened.account)


async def submit(request: Request) -> Response:
    """Take the form of a link."""
    opened = await _opened(request)
    form = await form_of(request)
    check_form(opened.parts, request, form, _PURPOSE)
    if opened.action.kind is Kind.RESET:
        return await _set_password(opened, form)
    return await _confirm(opened, form.get("password", ""))


async def _confirm(opened: Opened, password: str) -> Response:
    parts, account = opened.parts, opened.account
    if not password:
        return opened.page(
            "confirm", {"errors": {"password": "identity.error.password_missing"}}, status=400
        )
    if (wait := await parts.throttle.wait_before(account.email)) is not None:
        return opened.page("confirm", {"wait": timedelta(seconds=wait)}, status=429)
    if not await parts.passwords.matches(password, account.password_hash):
        if wait := await parts.throttle.wait_left(account.email):
            return opened.page("confirm", {"wait": timedelta(seconds=wait)}, status=429)
        return opened.page("confirm", {"alert_key": "identity.confirm.wrong"}, status=400)
    await parts.throttle.clear(account.email)
    if not await parts.actions.verify(opened.action):
        raise LinkExpired
    if opened.visit is not None:
        return await complete(opened.visit, account)
    return await opened.done("confirmed")


async def _set_password(opened: Opened, form: dict[str, str]) -> Response:
    parts, account = opened.parts, opened.account
    if errors := password_errors(form, email=account.email, name=account.name):
        return opened.page("new_password", {"errors": errors}, status=400)
    password_hash = await parts.passwords.hashed(form["password"])
    if not await parts.actions.reset(opened.action, account, password_hash):
        raise LinkExpired
    if opened.visit is not None:
        return await complete(opened.visit, account)
    return await opened.done("password_changed")


async def _opened(request: Request) -> Opened:
    parts = parts_of(request)
    action = await parts.actions.find(query_of(request).get("key", ""))
    account = await parts.accounts.by_id(action.account_id) if action else None
    if action is None or account is None or not account.is_enabled or action.kind is Kind.TAKEN:
        raise LinkExpired
    browser = parts.cookies.browser(request)
    language = language_of(request, account.language)
    visit = await _visit(parts, request, action.sign_in_id, browser) if browser else None
    return Opened(request, parts, action, account, visit, browser or new_secret(), language)


async def _visit(
    parts: Parts, request: Request, sign_in_id: UUID | None, browser: str
) -> Visit | None:
    sign_in = await parts.sign_ins.find(sign_in_id, browser) if sign_in_id else None
    client = await parts.clients.find(sign_in.asked.client_id) if sign_in else None
    if sign_in is None or client is None:
        return None
    return Visit(request, parts, sign_in, browser, sign_in.asked.language, client.name)
