"""Forms that act: only ours, only of this visit, and only once however often they are sent."""

import hashlib
import hmac
import re
from urllib.parse import urlsplit
from uuid import uuid4

from markupsafe import Markup
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from backend.contracts.problems import BadRequest, TooLarge, UnsupportedMedia
from web.parts import parts_of
from web.problems import FormForeign, FormStale
from web.visitors import visitor_of

LARGEST = 65_536
_MOST_FIELDS = 1_000
_TYPE = "application/x-www-form-urlencoded"
_INTENT = re.compile(r"^[0-9a-f]{32}$")


async def posted(request: Request) -> FormData:
    """Return the fields of a form of ours; raises FormForeign, FormStale, TooLarge and the like."""
    _check_sender(request)
    visitor = await visitor_of(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise UnsupportedMedia("Send the form as a browser does.")
    if len(await request.body()) > LARGEST:
        raise TooLarge("The form is too large. Send less than 64 kB.")
    try:
        form = await request.form(max_fields=_MOST_FIELDS, max_files=0)
    except HTTPException:
        raise BadRequest from None
    given, wanted = str(form.get("csrf", "")), visitor.session.csrf
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise FormStale
    return form


def intent_key(form: FormData) -> str:
    """Return the idempotency key of what this form wants.

    It is new with each rendering of the page, so a reload acts again on purpose; the same form
    sent twice acts once; and one that was changed and sent again is another intent.
    """
    intent = str(form.get("intent", ""))
    if not _INTENT.match(intent):
        raise FormStale
    fields = sorted((name, str(value)) for name, value in form.multi_items() if name != "csrf")
    return hashlib.sha256(repr(fields).encode()).hexdigest()[:40]


def hidden_fields(csrf: str) -> Markup:
    """Return what each of our forms carries unseen: the visit's token, and a new intent."""
    return Markup(
        '<input type="hidden" name="csrf" value="{}"><input type="hidden" name="intent" value="{}">'
    ).format(csrf, uuid4().hex)


def _check_sender(request: Request) -> None:
    # Every browser of this decade names the sender of a POST; what names none is not a browser.
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is None and origin is None:
        raise FormForeign
    if site not in {None, "same-origin"}:
        raise FormForeign
    if origin is not None and _origin(origin) != _origin(parts_of(request).settings.public_url):
        raise FormForeign


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
