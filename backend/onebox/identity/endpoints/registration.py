"""The registration form.

Keycloak's own form tells whether an address is taken. Ours answers the same in both cases, and
the mail tells the owner: a link to confirm, or that there is an account already.
"""

from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.identity.accounts import Person, email_or_none, name_or_none
from backend.onebox.identity.actions import Kind
from backend.onebox.identity.endpoints.visits import Visit, visit_of
from backend.onebox.identity.passwords import SHORTEST, weakness_of


async def show(request: Request) -> Response:
    """Show the empty form."""
    visit = await visit_of(request)
    return _page(visit, {"email": visit.sign_in.asked.login_hint or ""}, {})


async def submit(request: Request) -> Response:
    """Keep the account, unproven until its mail is answered."""
    visit = await visit_of(request)
    form = await visit.form()
    errors = errors_of(form)
    email, name = email_or_none(form.get("email", "")), name_or_none(form.get("name", ""))
    if errors or email is None or name is None:
        return _page(visit, form, errors, status=400)
    parts = visit.parts
    # Hashed also for a taken address: the answer takes as long.
    password_hash = await parts.passwords.hashed(form["password"])
    account = await parts.accounts.register(Person(email, name, visit.language), password_hash)
    await parts.sign_ins.remember(visit.sign_in.sign_in_id, email)
    response = visit.go("required-action", execution="VERIFY_EMAIL", reason="registered")
    if account is not None:
        await parts.sign_ins.adopt(visit.sign_in.sign_in_id, account.account_id)
        response.background = await visit.mail(Kind.VERIFY, account)
    elif owner := await parts.accounts.by_email(email):
        response.background = await visit.mail(Kind.TAKEN, owner)
    return response


def errors_of(form: dict[str, str]) -> dict[str, str]:
    """Return the text key of what is wrong with each field."""
    email, name = form.get("email", ""), form.get("name", "")
    errors: dict[str, str] = {}
    if name_or_none(name) is None:
        errors["name"] = "identity.error.name"
    if email_or_none(email) is None:
        errors["email"] = "identity.error.email"
    return errors | password_errors(form, email=email, name=name)


def password_errors(form: dict[str, str], *, email: str, name: str) -> dict[str, str]:
    """Return what is wrong with a new password and its repetition."""
    password = form.get("password", "")
    if weakness := weakness_of(password, email=email, name=name):
        return {"password": f"identity.error.password_{weakness}"}
    if password != form.get("password-confirm", ""):
        return {"password-confirm": "identity.error.password_differs"}
    return {}


def _page(
    visit: Visit, values: dict[str, str], errors: dict[str, str], *, status: int = 200
) -> Response:
    shown = {"name": values.get("name", ""), "email": values.get("email", "")}
    context = {"values": shown, "errors": errors, "shortest": SHORTEST}
    return visit.page("register", context, status=status)
