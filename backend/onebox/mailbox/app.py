"""The mailbox page: what the cinema has mailed, for whoever sits at this machine.

Mails are strangers' HTML: each is shown in a frame whose policy runs nothing and loads nothing.
"""

import asyncio
import html
import re
from collections.abc import AsyncGenerator
from contextlib import suppress
from datetime import datetime, tzinfo
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from backend.onebox.mailbox.store import Mail, MailStore, Part
from backend.onebox.typeface import typeface_css, typeface_route
from brand.logo import favicon
from brand.stylesheet import tokens_css
from brand.texts import LANGUAGES, texts

_PACKAGE = "backend.onebox.mailbox"
_SHOWN = 100
_HEARTBEAT_S = 15.0
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self';"
    " font-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# allow-popups: the links of a mail open in a tab of their own, outside the frame's policy.
_FRAME = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none';"
    " style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
)
_CID = re.compile(r"cid:([^\"'>\s]+)")


class MailboxPages:
    """Lists mails and shows them."""

    def __init__(self, store: MailStore) -> None:
        self._store = store
        self._templates = Environment(
            loader=PackageLoader(_PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[Route]:
        """Return the pages and their files."""
        return [
            Route("/", self.show_list),
            Route("/live", self.follow),
            Route("/mails/{name}", self.show_mail),
            Route("/mails/{name}/body", self.show_body),
            Route("/mails/{name}/parts/{number:int}", self.show_part),
            Route("/-/mailbox.css", _style),
            Route("/-/mailbox.js", _script),
            Route("/-/icon.svg", _icon),
            typeface_route(),
        ]

    async def show_list(self, request: Request) -> Response:
        """Show the newest mails."""
        wanted = request.query_params.get("to", "")[:254]
        mails = await asyncio.to_thread(self._store.newest, _SHOWN, to=wanted)
        return self._page(request, "list.html", mails=mails, wanted=wanted)

    async def show_mail(self, request: Request) -> Response:
        """Show one mail with its attachments."""
        return self._page(request, "mail.html", mail=await self._found(request))

    async def show_body(self, request: Request) -> Response:
        """Return a mail's own HTML for the frame, or its text."""
        mail = await self._found(request)
        body = _framed(mail)
        return HTMLResponse(
            body, headers={"Content-Security-Policy": _FRAME, "Cache-Control": "no-store"}
        )

    async def show_part(self, request: Request) -> Response:
        """Return an attachment or a picture."""
        mail = await self._found(request)
        for part in mail.parts:
            if part.number == request.path_params["number"]:
                return _attached(part)
        raise HTTPException(404)

    async def follow(self, _request: Request) -> Response:
        """Tell the page when a mail has come."""
        return StreamingResponse(
            self._arrivals(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    async def _arrivals(self) -> AsyncGenerator[bytes, None]:
        loop, came = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            loop.call_soon_threadsafe(came.set)

        self._store.listeners.add(tell)
        try:
            yield b": listening\n\n"
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_HEARTBEAT_S):
                        await came.wait()
                yield b"event: mail\ndata: {}\n\n" if came.is_set() else b": still here\n\n"
                came.clear()
        finally:
            self._store.listeners.discard(tell)

    async def _found(self, request: Request) -> Mail:
        mail = await asyncio.to_thread(self._store.read, request.path_params["name"])
        if mail is None:
            raise HTTPException(404)
        return mail

    def _page(self, request: Request, name: str, **shown: object) -> Response:
        language = _language(request)
        body = self._templates.get_template(name).render(
            t=texts(language), language=language, zone=_here(), **shown
        )
        headers = {
            "Content-Security-Policy": _POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return HTMLResponse(body, headers=headers)


def create_app(store: MailStore) -> Starlette:
    """Make the application."""

    async def live(_request: Request) -> Response:
        return PlainTextResponse("live")

    return Starlette(routes=[*MailboxPages(store).routes(), Route("/health/live", live)])


def _framed(mail: Mail) -> str:
    if mail.html is None:
        return f'<!doctype html><meta charset="utf-8"><pre>{html.escape(mail.text)}</pre>'
    numbers = {part.content_id: part.number for part in mail.parts if part.content_id}

    def address(match: re.Match[str]) -> str:
        number = numbers.get(match.group(1))
        return match.group(0) if number is None else f"/mails/{mail.name}/parts/{number}"

    # A mail's links leave the frame; its own <base>, if any, comes later and loses.
    return '<base target="_blank">' + _CID.sub(address, mail.html)


def _attached(part: Part) -> Response:
    is_shown = part.media_type in {"application/pdf", "image/png", "image/jpeg", "image/gif"}
    media_type = part.media_type if is_shown else "application/octet-stream"
    how = "inline" if is_shown else "attachment"
    headers = {
        "Content-Disposition": f"{how}; filename*=UTF-8''{quote(part.name)}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    # Chromium's own PDF viewer does not start under a sandbox.
    if media_type != "application/pdf":
        headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return Response(part.content, media_type=media_type, headers=headers)


def _here() -> tzinfo:
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone


def _language(request: Request) -> str:
    for wanted in request.headers.get("accept-language", "")[:200].split(","):
        code = wanted.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


@cache
def _file(name: str) -> str:
    return files(_PACKAGE).joinpath("static", name).read_text("utf-8")


async def _style(_request: Request) -> Response:
    return Response(typeface_css() + tokens_css() + _file("mailbox.css"), media_type="text/css")


async def _script(_request: Request) -> Response:
    return Response(_file("mailbox.js"), media_type="text/javascript")


async def _icon(_request: Request) -> Response:
    return Response(favicon(), media_type="image/svg+xml")
