"""The services as the site meets them over HTTP: each path says what a test gave it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2
from pydantic import BaseModel

from backend.contracts.catalogue import CinemaList
from backend.contracts.problems import Missing, Problem
from backend.kit.errors import answer
from tests.web import builders

Says = BaseModel | Problem | httpx2.Response | Callable[[httpx2.Request], httpx2.Response]


@dataclass
class Services:
    """Answers by method and address; what was asked is kept in order."""

    says: dict[tuple[str, str], Says] = field(default_factory=dict)
    asked: list[httpx2.Request] = field(default_factory=list)
    are_away: bool = False

    def say(self, method: str, address: str, says: Says) -> None:
        """Have an address such as `movies/orders` answer so from now on."""
        self.says[method, address] = says

    def asked_at(self, address: str) -> list[httpx2.Request]:
        """Return the requests that came to an address."""
        return [request for request in self.asked if _address(request) == address]

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Answer one request."""
        self.asked.append(request)
        if self.are_away:
            raise httpx2.ConnectError("away", request=request)
        says = self.says.get((request.method, _address(request)), Missing())
        if isinstance(says, BaseModel):
            return httpx2.Response(200, content=says.model_dump_json())
        if isinstance(says, Problem):
            refusal = answer(says)
            return httpx2.Response(
                refusal.status_code, content=bytes(refusal.body), headers=dict(refusal.headers)
            )
        return says if isinstance(says, httpx2.Response) else says(request)


def usual() -> Services:
    """Return services where a guest looks at a cinema that shows one film."""
    services = Services()
    services.say("GET", "auth/internal/session", builders.session())
    services.say("GET", "movies/cinemas", CinemaList(cinemas=[builders.cinema()]))
    services.say("GET", "movies/cinemas/mesh/programme", builders.programme(builders.screening()))
    services.say(
        "GET", "movies/cinemas/mesh/films/nosferatu", builders.film_page(builders.screening())
    )
    return services


def _address(request: httpx2.Request) -> str:
    return request.url.host + request.url.path
