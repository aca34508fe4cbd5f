"""The public site, put together: pages, files, live streams, and the way to auth."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from backend.client.auth import AuthClient
from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.client.ticket import TicketClient
from backend.kit.app import running
from backend.kit.border import Border
from backend.kit.metrics import Metrics
from backend.kit.tokens.signer import ServiceSigner
from web import forwarding, languages, live, pages, posters, static_files
from web.addresses import OneAddress
from web.house import House
from web.live import Live
from web.parts import Parts, parts_of
from web.posters import Posters
from web.problem_pages import HANDLERS, LastGuard
from web.programmes import Programmes
from web.purchase.quotes import PriceLists
from web.purchase.seat_plan import Rooms
from web.rendering import Pages
from web.sessions import Sessions
from web.settings import WebSettings
from web.static_files import StaticFiles
from web.visitors import CookieCarrier


def create_app(settings: WebSettings, *, http: httpx2.AsyncClient) -> Starlette:
    """Make the application; its streams end with its lifespan."""
    parts = _parts(settings, http)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running(parts.live, parts.house):
            yield

    app = Starlette(
        routes=[*_routes(), *pages.routes()],
        lifespan=lifespan,
        middleware=[
            Middleware(Border, metrics=parts.metrics),
            Middleware(CookieCarrier),
            Middleware(LastGuard),
            Middleware(OneAddress, public_url=settings.public_url),
        ],
        exception_handlers=HANDLERS,
    )
    # OneAddress leads away from trailing slashes; the router would trust the Host header.
    app.router.redirect_slashes = False
    app.state.parts = parts
    return app


def _parts(settings: WebSettings, http: httpx2.AsyncClient) -> Parts:
    movies = MoviesClient(ServiceHttp(http, settings.movies_url))
    statics = StaticFiles(is_reloading=settings.reload)
    house = House(movies, settings.cinema)
    auth = AuthClient(ServiceHttp(http, settings.auth_url))
    signer = ServiceSigner("web", settings.signing_key)
    return Parts(
        settings=settings,
        http=http,
        movies=movies,
        tickets=TicketClient(ServiceHttp(http, settings.ticket_url)),
        auth=auth,
        signer=signer,
        sessions=Sessions(auth, signer),
        pages=Pages(settings, house),
        statics=statics,
        live=Live(movies),
        house=house,
        rooms=Rooms(),
        prices=PriceLists(),
        programmes=Programmes(movies, settings.cinema, house),
        posters=Posters(movies),
        metrics=Metrics(),
    )


def _routes() -> list[Route]:
    return [
        Route("/", languages.choose),
        Route("/health/live", _live),
        Route("/health/ready", _live),
        Route("/metrics", _figures),
        Route("/favicon.ico", static_files.serve_icon),
        Route("/static/fonts/{name}", static_files.serve_font),
        Route("/static/{digest}/{name:path}", static_files.serve),
        Route("/posters/{film_id:uuid}/{version}", posters.serve),
        Route("/live/screenings/{screening_id:uuid}", live.follow_screening),
        Route("/live/orders/{order_id:uuid}", live.follow_order),
        Route("/auth/{path:path}", forwarding.forward, methods=["GET", "POST"]),
    ]


async def _live(_request: Request) -> Response:
    # Ready is the same as live: the site owns nothing, and never asks after its neighbours.
    return JSONResponse({"status": "live"})


async def _figures(request: Request) -> Response:
    return Response(parts_of(request).metrics.text(), media_type="text/plain; version=0.0.4")
