"""The sign-in form."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.identity.endpoints.visits import Visit, complete, visit_of


async def show(request: Request) -> Response:
    """Show the form, with the address that the client or the person gave before."""
    visit = await visit_of(request)
    return _page(visit, email=visit.sign_in.asked.login_hint or "")


async def submit(request: Request) -> Response:
    """Check address and password; an unknown address and a wrong password answer alike."""
    visit = await visit_of(request)
    parts = visit.parts
    form = await visit.form()
    email, password = form.get("username", "").strip()[:254], form.get("password", "")
    missing = {
        field: f"identity.error.{field}_missing"
        for field, value in (("username", email), ("password", password))
        if not value
    }
    if missing:
        return _page(visit, email=email, errors=missing, status=400)
    if (wait := await parts.throttle.wait_before(email)) is not None:
        return _locked(visit, email, wait)
    account = await parts.accounts.by_email(email)
    known = account.password_hash if account and account.is_enabled else None
    if not await parts.passwords.matches(password, known) or account is None:
        if wait := await parts.throttle.wait_left(email):
            return _locked(visit, email, wait)
        return _page(visit, email=email, alert="identity.login.wrong", status=400)
    await parts.throttle.clear(email)
    if not account.is_verified:
        await parts.sign_ins.adopt(visit.sign_in.sign_in_id, account.account_id)
        await parts.sign_ins.remember(visit.sign_in.sign_in_id, account.email)
        return visit.go("required-action", execution="VERIFY_EMAIL", reason="unverified")
    return await complete(visit, account)


def _locked(visit: Visit, email: str, wait: int) -> Response:
    response = _page(visit, email=email, wait=wait, status=429)
    response.headers["Retry-After"] = str(wait)
    return response


def _page(
    visit: Visit,
    *,
    email: str,
    errors: dict[str, str] | None = None,
    alert: str | None = None,
    wait: int | None = None,
    status: int = 200,
) -> Response:
    context = {
        "email": email,
        "errors": errors or {},
        "alert_key": alert,
        "wait": timedelta(seconds=wait) if wait else None,
    }
    return visit.page("login", context, status=status)
