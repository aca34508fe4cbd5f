"""Proving an address: the page that waits for the mail, and sending the mail again."""

from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.identity.actions import Kind
from backend.onebox.identity.endpoints.visits import visit_of

_REASONS = frozenset({"registered", "unverified", "resent"})


async def show(request: Request) -> Response:
    """Say that a mail is on its way, or that the address must be confirmed first."""
    visit = await visit_of(request)
    reason = request.query_params.get("reason", "")
    context = {
        "reason": reason if reason in _REASONS else "unverified",
        "email": visit.sign_in.asked.login_hint or "",
        "life": visit.parts.settings.verify_link_life,
    }
    return visit.page("verify", context)


async def resend(request: Request) -> Response:
    """Send the link again, if this browser has shown that the account is its own."""
    visit = await visit_of(request)
    await visit.form()
    response = visit.go("required-action", execution="VERIFY_EMAIL", reason="resent")
    owner = visit.sign_in.account_id
    account = await visit.parts.accounts.by_id(owner) if owner else None
    if account is not None and not account.is_verified:
        response.background = await visit.mail(Kind.VERIFY, account)
    return response
