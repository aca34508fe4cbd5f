"""A browser without a screen: its cookies, its forms, and every answer that it got."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit

import httpx2

from cli.visitor import Form, Page, parsed

_MOST_STEPS = 10


@dataclass
class Browser:
    """Follows redirects itself, as cookies go by host and not by port."""

    seen: list[httpx2.Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = httpx2.AsyncClient(timeout=30, trust_env=False, follow_redirects=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.http.aclose()

    def cookie(self, name: str) -> str | None:
        """Return a cookie's value."""
        return next((one.value for one in self.http.cookies.jar if one.name == name), None)

    async def ask(
        self,
        method: str,
        url: str,
        fields: Iterable[tuple[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """Send one request; a form comes from its own page, unless the headers say otherwise."""
        more = dict(headers or {})
        content = None
        if fields is not None:
            content = urlencode(list(fields))
            more["content-type"] = "application/x-www-form-urlencoded"
            if headers is None:
                parts = urlsplit(url)
                more["origin"] = f"{parts.scheme}://{parts.netloc}"
        answer = await self.http.request(method, url, content=content, headers=more)
        self.seen.append(answer)
        return answer

    async def open(self, url: str) -> Page:
        """Open a page, following redirects."""
        return await self._followed(await self.ask("GET", url))

    async def submit(self, form: Form, **values: str) -> Page:
        """Fill in a form, send it, and follow."""
        return await self._followed(await self.ask(form.method, form.action, filled(form, values)))

    async def _followed(self, answer: httpx2.Response) -> Page:
        for _ in range(_MOST_STEPS):
            if not answer.is_redirect:
                return parsed(str(answer.url), answer.status_code, answer.text)
            answer = await self.ask("GET", urljoin(str(answer.url), answer.headers["location"]))
        raise AssertionError(f"{answer.url} leads in circles")


def filled(form: Form, values: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the fields of a form with these values, as the enter key sends them."""
    kept = [(name, value) for name, value in form.fields if name not in values]
    return [*kept, *values.items()]


async def signed_in(browser: Browser, site: str, email: str, password: str) -> Page:
    """Sign in by the site's own link and the provider's form."""
    page = await browser.open(f"{site}/auth/sign-in?return_to=%2Fen")
    return await browser.submit(page.form_with("password"), username=email, password=password)
