"""What comes in: parameters that occur once, and forms that are proven to be ours."""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from urllib.parse import parse_qsl

from starlette.requests import Request

from backend.onebox.identity.parts import Parts
from backend.onebox.identity.problems import FormForged, InvalidRequest, PageExpired

_LONGEST = 4096
_MOST_FIELDS = 60
TOKEN_FIELD = "form_token"  # noqa: S105 -- the name of a field


def query_of(request: Request) -> dict[str, str]:
    """Return the parameters of the address; raises InvalidRequest for doubled ones."""
    return _single(request.query_params.multi_items())


async def form_of(request: Request) -> dict[str, str]:
    """Return the fields of a posted form; raises InvalidRequest when it is not one."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InvalidRequest("Send the body as application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(
            (await request.body()).decode("ascii"),
            keep_blank_values=True,
            max_num_fields=_MOST_FIELDS,
            errors="strict",
        )
    except ValueError as error:
        raise InvalidRequest("The form cannot be read") from error
    return _single(pairs)


def form_token(parts: Parts, browser: str, purpose: str) -> str:
    """Return what our form for this browser and purpose carries."""
    return hmac.new(parts.keys.forms, f"{browser}\n{purpose}".encode(), sha256).hexdigest()


def check_form(parts: Parts, request: Request, form: dict[str, str], purpose: str) -> str:
    """Return the browser's secret when the form is ours; raises FormForged or PageExpired."""
    origin = request.headers.get("origin")
    if origin is not None and origin != parts.settings.origin:
        raise FormForged
    browser = parts.cookies.browser(request)
    if browser is None:
        raise PageExpired
    given = form.get(TOKEN_FIELD, "").encode()
    if not hmac.compare_digest(given, form_token(parts, browser, purpose).encode()):
        raise FormForged
    return browser


def _single(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    values: dict[str, str] = {}
    for name, value in pairs:
        if name in values:
            raise InvalidRequest("duplicated parameter")
        if "\x00" in value or len(value) > _LONGEST:
            raise InvalidRequest("A parameter is too long or holds a NUL")
        values[name] = value
    return values
