"""Who calls auth: the website's server with its own token, or a browser on a page of ours."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request

from backend.auth.parts import Parts
from backend.contracts.problems import Denied
from backend.kit.tokens.bearer import allowed, caller
from backend.kit.tokens.principal import Principal

WEB = "service:web"


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that serves a request."""
    parts: Parts = request.app.state.parts
    return parts


async def check_web(request: Request) -> None:
    """Let only the website in; raises Unsigned, or Denied for every other service."""
    await _is_web(await caller(request, "sessions.read"))


async def _is_web(principal: Annotated[Principal, allowed("sessions.read")]) -> None:
    if principal.subject != WEB:
        raise Denied("Only the website may ask for sessions.")


async def check_sender(request: Request) -> None:
    """Refuse what a page of somebody else had a browser send; raises Denied.

    A page that sends no referrer names itself "null", and then only the browser's own word
    that it is of the same site counts.
    """
    origin = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    ours = urlsplit(parts_of(request).settings.public_url)
    is_ours = origin in {None, f"{ours.scheme}://{ours.netloc}"}
    if origin == "null":
        is_ours = site == "same-origin"
    if not is_ours or site not in {None, "same-origin"}:
        raise Denied("This did not come from our pages. Open the page here and try again.")


FromWeb = Depends(_is_web)
FromOurPages = Depends(check_sender)
