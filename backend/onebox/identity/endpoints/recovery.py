"""Forgotten password: asks for the address and answers the same whether it is known or not."""

from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.identity.accounts import email_or_none
from backend.onebox.identity.actions import Kind
from backend.onebox.identity.endpoints.visits import Visit, visit_of


async def show(request: Request) -> Response:
    """Show the form, or after it that a mail was sent."""
    visit = await visit_of(request)
    if "sent" in request.query_params:
        email = visit.sign_in.asked.login_hint or ""
        return visit.page(
            "forgot_sent", {"email": email, "life": visit.parts.settings.reset_link_life}
        )
    return _page(visit, visit.sign_in.asked.login_hint or "", {})


async def submit(request: Request) -> Response:
    """Mail a link to the owner of the address."""
    visit = await visit_of(request)
    form = await visit.form()
    email = email_or_none(form.get("username", ""))
    if email is None:
        errors = {"username": "identity.error.email"}
        return _page(visit, form.get("username", ""), errors, status=400)
    await visit.parts.sign_ins.remember(visit.sign_in.sign_in_id, email)
    response = visit.go("reset-credentials", sent="1")
    account = await visit.parts.accounts.by_email(email)
    if account is not None and account.is_enabled:
        response.background = await visit.mail(Kind.RESET, account)
    return response


def _page(visit: Visit, email: str, errors: dict[str, str], *, status: int = 200) -> Response:
    return visit.page("forgot", {"email": email, "errors": errors}, status=status)
