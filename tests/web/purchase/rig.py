"""The site over services that answer what a test says, and a browser that sends what forms hold."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from uuid import UUID

import httpx2
from joserfc.jwk import OKPKey
from pydantic import BaseModel

from backend.contracts.problems import Problem
from backend.contracts.sessions import SessionRead
from backend.kit.errors import answer
from tests.web.purchase import cinema
from web.app import create_app
from web.settings import WebSettings

PUBLIC = "http://localhost:8081"
MOVIES, TICKET, AUTH = "http://movies", "http://ticket", "http://auth"
GUEST = "guest-token"
Answer = BaseModel | Problem | bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A call that reached a service."""

    method: str
    path: str
    token: str
    key: str
    body: str


@dataclass
class Services:
    """The pretended services: what each path answers, and what was asked.

    An answer may be a list: its parts are given one after the other, the last one for good.
    """

    answers: dict[tuple[str, str], Answer | list[Answer]] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    session: SessionRead = field(default_factory=lambda: session())  # noqa: PLW0108 -- it stands below

    def say(self, method: str, path: str, *answers: Answer) -> None:
        """Answer a path so."""
        self.answers[method, path] = list(answers)

    def asked(self, method: str, path: str) -> list[Call]:
        """Return the calls of a path."""
        return [call for call in self.calls if (call.method, call.path) == (method, path)]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "auth":
            return httpx2.Response(200, content=self.session.model_dump_json())
        self.calls.append(
            Call(
                request.method,
                request.url.path,
                request.headers.get("authorization", "").removeprefix("Bearer "),
                request.headers.get("idempotency-key", ""),
                request.content.decode(),
            )
        )
        said = self.answers.get((request.method, request.url.path))
        if said is None:
            message = f"the test does not say what {request.method} {request.url} answers"
            raise AssertionError(message)
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        return _response(said)


def _response(said: Answer) -> httpx2.Response:
    if isinstance(said, bytes):
        return httpx2.Response(200, content=said)
    if isinstance(said, Problem):
        body = answer(said)
        return httpx2.Response(said.status, content=bytes(body.body))
    return httpx2.Response(200, content=said.model_dump_json())


def session(*roles: str, **changes: object) -> SessionRead:
    """A guest's session, or a person's with these roles."""
    return SessionRead(
        kind="person" if roles else "guest",
        subject="person-1" if roles else "guest:1",
        name="Ana Pop" if roles else None,
        email="ana@mail.example" if roles else None,
        roles=list(roles) or ["guest"],
        cinemas=[],
        access_token="person-token" if roles else GUEST,
        csrf="good-token",
        set_cookie=None,
    ).model_copy(update=changes)


def services() -> Services:
    """Services with one screening, all seats free, and an order that is held."""
    said = Services()
    screening = f"/screenings/{cinema.SCREENING}"
    order = f"/orders/{cinema.ORDER}"
    said.say("GET", screening, cinema.detail())
    said.say("GET", f"{screening}/seats", cinema.seat_map())
    said.say("POST", "/orders", cinema.order())
    said.say("GET", order, cinema.order())
    said.say("GET", f"{order}/tickets", cinema.tickets(cinema.order()))
    said.say("GET", "/cinemas/mesh/programme", cinema.programme())
    return said


@asynccontextmanager
async def site(said: Services) -> AsyncIterator[httpx2.AsyncClient]:
    """Run the site over these services and open a browser on it."""
    settings = WebSettings(
        public_url=PUBLIC,
        auth_url=AUTH,
        movies_url=MOVIES,
        ticket_url=TICKET,
        signing_key=OKPKey.generate_key("Ed25519").as_dict(private=True),
        cinema="mesh",
        mailbox_url="http://localhost:8025",
        is_demo=True,
        form_targets=("http://localhost:12111",),
    )
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(said)) as http:
        app = create_app(settings, http=http)
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(
            transport=transport,
            base_url=PUBLIC,
            headers={"Cookie": "visit=1", "Origin": PUBLIC},
            follow_redirects=False,
        ) as browser:
            yield browser


class _Forms(HTMLParser):
    """Collects the fields of each form that acts, as a browser without scripts sends them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, list[tuple[str, str]]] = {}
        self._form: str | None = None
        self._select: tuple[str, str | None] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self._form = given.get("action") or ""
            self.forms.setdefault(self._form, [])
        elif tag == "input":
            self._input(given)
        elif tag == "select" and given.get("name"):
            self._select = (given["name"] or "", None)
        elif tag == "option" and self._select is not None:
            name, value = self._select
            if value is None or "selected" in given:
                self._select = (name, given.get("value"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select is not None and self._form is not None:
            self.forms[self._form].append((self._select[0], self._select[1] or ""))
            self._select = None
        elif tag == "form":
            self._form = None

    def _input(self, given: dict[str, str | None]) -> None:
        name = given.get("name")
        is_off = given.get("type") == "checkbox" and "checked" not in given
        if self._form is None or not name or is_off or "disabled" in given:
            return
        self.forms[self._form].append(
            (name, given.get("value") or ("on" if "checked" in given else ""))
        )


def fields_of(response: httpx2.Response, action: str) -> list[tuple[str, str]]:
    """Return the fields of the form with this action, as the page holds them."""
    parser = _Forms()
    # Templates are no part of the page until a script copies them.
    parser.feed(re.sub(r"<template.*?</template>", "", response.text, flags=re.DOTALL))
    return list(parser.forms[action])


def words(response: httpx2.Response) -> str:
    """Return what a page says, in one line; no-break spaces stay."""
    text = re.sub(
        r"<(style|script|template)\b.*?</\1>|<[^>]+>", " ", response.text, flags=re.DOTALL
    )
    return re.sub(r"[ \t\n]+", " ", unescape(text)).strip()


SCREENING_PATH = f"/en/screenings/{cinema.SCREENING}"
ORDER_PATH = f"/en/orders/{cinema.ORDER}"
OTHER_ORDER = UUID(int=99)
