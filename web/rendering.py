"""Renders the pages: the texts of one language, the visitor, and the headers that protect both.

A template gets `t`, `language`, `languages` (switch links), `visitor` (or none), `csrf()`, `nav`,
`house` (the cinema, or none), `here`, `asset()`, `icon()` and what its page gives it.
"""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from backend.kit import trace
from web.house import House
from web.languages import language_of, switches
from web.settings import WebSettings
from web.templating import templates
from web.visitors import Visitor, known_visitor

_HEADERS = {
    # Not no-referrer: with that, browsers send `Origin: null` along with our own forms.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}
_TOLD = "signin"
_OUTCOMES = frozenset({"failed", "expired", "unavailable"})
_HSTS = "max-age=31536000; includeSubDomains"


class Pages:
    """Templates and the headers around them."""

    def __init__(self, settings: WebSettings, house: House) -> None:
        self._settings = settings
        self._house = house
        self._shared = {
            "public_url": settings.public_url,
            "is_demo": settings.is_demo,
            "mailbox_url": settings.mailbox_url,
        }

    def render(
        self,
        request: Request,
        name: str,
        context: dict[str, Any],
        *,
        status: int = 200,
        form_targets: Sequence[str] = (),
    ) -> Response:
        """Return a page in the language of its address."""
        language = language_of(request)
        visitor = known_visitor(request)
        html = (
            self.templates(language)
            .get_template(name)
            .render(
                languages=switches(request),
                visitor=visitor,
                csrf=_csrf(visitor),
                nav=_nav(request, language),
                here=_here(request),
                house=self._house.cinema,
                sign_in_outcome=_outcome(request),
                trace_id=trace.current(),
                **self._shared,
                **context,
            )
        )
        return HTMLResponse(html, status_code=status, headers=self._headers(visitor, form_targets))

    def templates(self, language: str) -> Environment:
        """Return the templates of a language."""
        return templates(language, is_reloading=self._settings.reload)

    def _headers(self, visitor: Visitor | None, form_targets: Sequence[str]) -> dict[str, str]:
        targets = dict.fromkeys([*self._settings.form_targets, *form_targets])
        policy = [
            "default-src 'self'",
            "img-src 'self' data:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            " ".join(["form-action 'self'", *targets]),
        ]
        headers = {**_HEADERS, "Content-Security-Policy": "; ".join(policy)}
        # What shows a visitor is kept nowhere; the rest is looked at again before it is used.
        headers["Cache-Control"] = "no-store" if visitor else "private, no-cache"
        headers["Vary"] = "Cookie"
        if self._settings.is_secure:
            headers["Strict-Transport-Security"] = _HSTS
        return headers


def page(
    request: Request,
    name: str,
    *,
    status: int = 200,
    form_targets: Sequence[str] = (),
    **context: Any,
) -> Response:
    """Render a template; `form_targets` are the origins where its forms may end by a redirect."""
    pages: Pages = request.app.state.parts.pages
    return pages.render(request, name, context, status=status, form_targets=form_targets)


def _nav(request: Request, language: str) -> list[tuple[str, str, str, bool]]:
    """Return key, address, icon and 'is it this page' of the links in the header."""
    path = request.url.path
    home, tickets = f"/{language}", f"/{language}/tickets"
    return [
        ("web.nav.programme", home, "film", path == home),
        ("web.nav.tickets", tickets, "ticket", path == tickets),
    ]


def _here(request: Request) -> str:
    """Return this page's path and query, for a sign-in to lead back to."""
    query = [(name, value) for name, value in request.query_params.multi_items() if name != _TOLD]
    is_shown = query and request.method == "GET"
    return request.url.path + (f"?{urlencode(query)}" if is_shown else "")


def _outcome(request: Request) -> str | None:
    """Return why a sign-in that led back here signed nobody in."""
    outcome = request.query_params.get(_TOLD)
    return outcome if outcome in _OUTCOMES else None


def _csrf(visitor: Visitor | None) -> Callable[[], Markup]:
    # Imported late: forms know their visitors through the parts, which hold the pages.
    from web.forms import hidden_fields  # noqa: PLC0415 -- see above

    def fields() -> Markup:
        if visitor is None:
            raise LookupError("a page with a form must ask for its visitor first")
        return hidden_fields(visitor.session.csrf)

    return fields
