"""A person with a browser, and the mailbox that they read."""

import html
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx2
from starlette.applications import Starlette

ORIGIN = "http://localhost:8180"
CALLBACK = "http://localhost:8081/auth/callback"


@dataclass
class Form:
    """A form of a page with the values that it came with."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "form":
            self.forms.append(Form(values.get("action") or ""))
        if tag == "input" and self.forms:
            self.forms[-1].fields[values["name"]] = values.get("value") or ""


class Browser:
    """Follows redirects inside the provider and stops where they leave it."""

    def __init__(self, app: Starlette) -> None:
        self.http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app), base_url=ORIGIN, timeout=30
        )
        self._page: httpx2.Response | None = None

    async def open(self, address: str) -> httpx2.Response:
        return await self._follow(await self.http.get(address))

    async def submit(self, **values: str) -> httpx2.Response:
        """Fill in the page's only form and send it."""
        form = self.form
        address = urljoin(str(self.page.url), form.action)
        names = {name.replace("_", "-"): name for name in values}
        data = dict(form.fields)
        for dashed, name in names.items():
            data[dashed if dashed in data else name] = values[name]
        sent = await self.http.post(address, data=data, headers={"Origin": ORIGIN})
        return await self._follow(sent)

    @property
    def page(self) -> httpx2.Response:
        assert self._page is not None
        return self._page

    @property
    def form(self) -> Form:
        parser = _Forms()
        parser.feed(self.page.text)
        (form,) = parser.forms
        return form

    @property
    def title(self) -> str:
        (title,) = re.findall("<h1>(.*?)</h1>", self.page.text)
        return html.unescape(title)

    async def _follow(self, response: httpx2.Response) -> httpx2.Response:
        while response.is_redirect:
            target = urljoin(str(response.url), response.headers["location"])
            if not target.startswith(ORIGIN + "/"):
                break
            response = await self.http.get(target)
        self._page = response
        return response


@dataclass
class Mailbox:
    """A post that keeps every mail."""

    mails: list[EmailMessage] = field(default_factory=list)

    async def __call__(self, message: EmailMessage) -> None:
        self.mails.append(message)

    @property
    def link(self) -> str:
        """Return the link of the last mail."""
        (link,) = re.findall(r"^http\S+$", self.text, re.MULTILINE)
        return str(link)

    @property
    def text(self) -> str:
        """Return the plain text of the last mail."""
        body = self.mails[-1].get_body(("plain",))
        assert body is not None
        return str(body.get_content())


def returned(response: httpx2.Response) -> dict[str, str]:
    """Return the parameters with which the browser was sent back to the client."""
    target = response.headers["location"]
    assert target.split("?")[0].split("#")[0] == CALLBACK
    parts = urlsplit(target)
    return dict(parse_qsl(parts.query or parts.fragment))
