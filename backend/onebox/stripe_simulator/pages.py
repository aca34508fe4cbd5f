"""Draws the simulator's pages in the visitor's language, under a strict policy of content."""

from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from backend.onebox.typeface import typeface_css, typeface_route
from brand.stylesheet import tokens_css
from brand.texts import texts

_PACKAGE = "backend.onebox.stripe_simulator"
_LANGUAGES = ("en", "ro")
_SCRIPTS = ("countdown.js", "waiting.js")


class Pages:
    """Templates, style and two small scripts."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=PackageLoader(_PACKAGE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def routes(self) -> list[Route]:
        return [
            Route("/-/simulator.css", _style),
            Route("/-/{name:str}.js", _script),
            typeface_route(),
        ]

    async def busy(self, request: Request, _error: Exception) -> Response:
        """Ask a visitor to try again: the database is away, or someone else holds the lock."""
        return self.page(request, "busy.html", status=503)

    def page(
        self,
        request: Request,
        template: str,
        *,
        locale: str | None = None,
        status: int = 200,
        form_targets: list[str] | None = None,
        **shown: Any,
    ) -> Response:
        """Return a page; `form_targets` are the addresses that its forms may lead on to."""
        language = _language(request, locale)
        text = self._templates.get_template(template).render(
            t=texts(language), language=language, **shown
        )
        headers = {
            "cache-control": "no-store",
            "content-security-policy": _policy(form_targets or []),
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        return HTMLResponse(text, status, headers=headers)


def _policy(form_targets: list[str]) -> str:
    # Browsers hold a redirect that follows a form against form-action: the shop must be named.
    origins = sorted({f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, form_targets)})
    return (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "font-src 'self'; "
        "img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action {' '.join([chr(39) + 'self' + chr(39), *origins])}"
    )


def _language(request: Request, locale: str | None) -> str:
    if locale and locale != "auto":
        return "ro" if locale == "ro" else "en"
    for wanted in request.headers.get("accept-language", "").split(","):
        code = wanted.split(";")[0].strip().lower()[:2]
        if code in _LANGUAGES:
            return code
    return "en"


@cache
def _file(name: str) -> str:
    return files(_PACKAGE).joinpath("static", name).read_text("utf-8")


async def _style(_request: Request) -> Response:
    text = typeface_css() + tokens_css() + _file("simulator.css")
    return Response(text, media_type="text/css", headers={"cache-control": "max-age=300"})


async def _script(request: Request) -> Response:
    name = f"{request.path_params['name']}.js"
    if name not in _SCRIPTS:
        return Response(status_code=404)
    return Response(
        _file(name),
        media_type="text/javascript",
        headers={"cache-control": "max-age=300"},
    )
