"""Renders our pages: language, colours and the headers that keep strangers' code out."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from backend.onebox.identity.settings import IdentitySettings
from backend.onebox.identity.spans import span
from backend.onebox.identity.static_files import address_of
from brand.texts import LANGUAGE_NAMES, LANGUAGES, texts

_TEMPLATES = Path(__file__).parent / "templates"
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


class Pages:
    """Templates with the texts of one language at a time."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._settings = settings
        self.templates = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(default=True, disabled_extensions=("txt",)),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals["asset"] = address_of

    def render(
        self,
        request: Request,
        page: str,
        context: Mapping[str, Any],
        *,
        language: str,
        status: int = 200,
        returns_to: str | None = None,
    ) -> Response:
        """Return a page; `returns_to` is where its form may lead by a redirect."""
        t = texts(language)
        html = self.templates.get_template(f"{page}.html").render(
            t=t,
            span=partial(span, t),
            language=language,
            languages=[
                (code, str(_switched(request.url, code)), LANGUAGE_NAMES[code])
                for code in LANGUAGES
            ],
            product=self._settings.product_name,
            **context,
        )
        headers = {**_HEADERS, "Content-Security-Policy": self._policy(returns_to)}
        return HTMLResponse(html, status_code=status, headers=headers)

    def _policy(self, returns_to: str | None) -> str:
        # Chromium holds form-action against every redirect that follows the form.
        targets = " ".join(["'self'", *([_origin(returns_to)] if returns_to else [])])
        headers = [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "font-src 'self'",
            f"form-action {targets}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        ]
        return "; ".join(headers)


def language_of(request: Request, fallback: str | None = None) -> str:
    """Return the language asked for in the address, else the fallback, else the browser's."""
    asked = request.query_params.get("kc_locale", "")
    if asked in LANGUAGES:
        return asked
    if fallback is not None:
        return fallback
    return preferred(request.query_params.get("ui_locales", "")) or _accepted(request)


def preferred(locales: str) -> str | None:
    """Return the first language of ours in a space-separated wish list."""
    for locale in locales.replace("_", "-").lower().split():
        if locale.split("-")[0] in LANGUAGES:
            return locale.split("-")[0]
    return None


def _accepted(request: Request) -> str:
    header = request.headers.get("accept-language", "")[:200]
    wishes = [part.split(";")[0].strip() for part in header.split(",")]
    return preferred(" ".join(wishes)) or LANGUAGES[0]


def _switched(url: URL, language: str) -> URL:
    relative = URL(path=url.path, query=url.query)
    return relative.include_query_params(kc_locale=language)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
