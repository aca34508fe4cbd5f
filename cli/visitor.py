"""A visitor without a screen: follows links and sends forms as a browser without scripts does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import httpx2

_MOST_REDIRECTS = 10
_Fields = list[tuple[str, str]]


class PageWrong(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """A page was not as expected; the message says which."""


@dataclass(slots=True)
class Form:
    """A form: where it goes, and the fields that it would send as it stands."""

    action: str
    method: str
    fields: _Fields = field(default_factory=list)
    buttons: _Fields = field(default_factory=list)

    def has(self, name: str, value: str | None = None) -> bool:
        """Say whether the form has a field or button of this name (and value)."""
        every = [*self.fields, *self.buttons]
        return any(n == name and value in {None, v} for n, v in every)


@dataclass(slots=True)
class Page:
    """A page as it came."""

    url: str
    status: int
    html: str
    forms: list[Form] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    refresh_s: float | None = None

    def form_with(self, name: str, value: str | None = None) -> Form:
        """Return the form that has this field or button; raises PageWrong."""
        for form in self.forms:
            if form.has(name, value):
                return form
        raise PageWrong(f"{self.url} (status {self.status}) has no form with {name!r}.")

    def links_with(self, part: str) -> list[str]:
        """Return the links whose address contains `part`, in the page's order."""
        return [link for link in self.links if part in link]


class Visitor:
    """One visitor with cookies of their own."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def get(self, url: str) -> Page:
        """Open a page, following redirects."""
        return await self._follow("GET", url, None)

    async def send(
        self, form: Form, values: Mapping[str, str], *, button: tuple[str, str] | None = None
    ) -> Page:
        """Fill in a form and send it; `button` is the one that is pressed."""
        kept = [(name, value) for name, value in form.fields if name not in values]
        pressed = [] if button is None else [button]
        return await self._follow(form.method, form.action, [*kept, *values.items(), *pressed])

    async def download(self, url: str) -> bytes:
        """Return a file; raises PageWrong."""
        answer = await self._http.get(url)
        if answer.status_code != 200:
            raise PageWrong(f"{url} answered with status {answer.status_code}.")
        return bytes(answer.content)

    async def _follow(
        self, method: str, url: str, fields: Iterable[tuple[str, str]] | None
    ) -> Page:
        given = None if fields is None else list(fields)
        for _ in range(_MOST_REDIRECTS):
            answer = await self._request(method, url, given)
            if answer.status_code not in {301, 302, 303, 307, 308}:
                return parsed(str(answer.url), answer.status_code, answer.text)
            if answer.status_code in {301, 302, 303}:
                method, given = "GET", None
            url = urljoin(str(answer.url), answer.headers["location"])
        raise PageWrong(f"{url} leads in circles.")

    async def _request(self, method: str, url: str, fields: _Fields | None) -> httpx2.Response:
        if fields is None:
            return await self._http.request(method, url)
        if method == "GET":
            return await self._http.get(url, params=urlencode(fields))
        origin = "/".join(url.split("/")[:3])
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
        return await self._http.post(url, content=urlencode(fields), headers=headers)


def parsed(url: str, status: int, html: str) -> Page:
    """Read the links and forms of a page."""
    page = Page(url, status, html)
    _Reader(page).feed(html)
    return page


class _Reader(HTMLParser):
    """Collects links and forms; knows checkboxes, radio buttons, selects and the form attribute."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._select: str | None = None
        self._option: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what matters of an element."""
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self._page.links.append(urljoin(self._page.url, given["href"]))
        elif tag == "form":
            self._begin_form(given)
        elif tag in {"input", "button"}:
            self._take_input(tag, given)
        elif tag == "select" and "disabled" not in given:
            self._select, self._option = given.get("name"), None
        elif tag == "option" and (self._option is None or "selected" in given):
            self._option = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Close a form or a select."""
        if tag == "form":
            self._form = None
        elif tag == "select" and self._select is not None:
            if self._form is not None:
                self._form.fields.append((self._select, self._option or ""))
            self._select = None

    def _begin_form(self, given: dict[str, str]) -> None:
        action = urljoin(self._page.url, given.get("action", ""))
        self._form = Form(action, given.get("method", "get").upper())
        self._page.forms.append(self._form)
        if "id" in given:
            self._by_id[given["id"]] = self._form

    def _take_input(self, tag: str, given: dict[str, str]) -> None:
        form = self._by_id.get(given.get("form", ""), self._form)
        name, kind = given.get("name"), given.get("type", "submit" if tag == "button" else "text")
        if form is None or "disabled" in given or name is None:
            return
        value = given.get("value", "on" if kind == "checkbox" else "")
        if kind in {"submit", "image"}:
            form.buttons.append((name, value))
        elif kind not in {"checkbox", "radio"} or "checked" in given:
            form.fields.append((name, value))
