"""The parts of the site, made once and handed to its pages through the application's state."""

from dataclasses import dataclass

import httpx2
from starlette.requests import Request

from backend.client.auth import AuthClient
from backend.client.movies import MoviesClient
from backend.client.ticket import TicketClient
from backend.kit.metrics import Metrics
from backend.kit.tokens.signer import ServiceSigner
from web.house import House
from web.live import Live
from web.posters import Posters
from web.programmes import Programmes
from web.purchase.quotes import PriceLists
from web.purchase.seat_plan import Rooms
from web.rendering import Pages
from web.sessions import Sessions
from web.settings import WebSettings
from web.static_files import StaticFiles


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pages share."""

    settings: WebSettings
    http: httpx2.AsyncClient
    movies: MoviesClient
    tickets: TicketClient
    auth: AuthClient
    signer: ServiceSigner
    sessions: Sessions
    pages: Pages
    statics: StaticFiles
    live: Live
    house: House
    rooms: Rooms
    prices: PriceLists
    programmes: Programmes
    posters: Posters
    metrics: Metrics


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that serves this request."""
    parts: Parts = request.app.state.parts
    return parts
