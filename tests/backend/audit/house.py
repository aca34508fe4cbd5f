"""A whole small house in one process: the services, the provider and their bus, each on its own
database. It sells in every way there is, settles, and leaves its databases to the checker's tests.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.client.ticket import TicketClient
from backend.contracts.orders import (
    LineChoice,
    LineRefund,
    OrderCreate,
    OrderPay,
    OrderRead,
    SeatsChange,
)
from backend.contracts.tickets import AdmissionCreate, AdmissionRead
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app as movies_app
from backend.movies.settings import MoviesSettings
from backend.onebox.stripe_simulator.app import create_app as simulator_app
from backend.onebox.stripe_simulator.settings import SimulatorSettings, WebhookEndpoint
from backend.payment.app import create_app as payment_app
from backend.payment.settings import PaymentSettings
from backend.ticket.app import create_app as ticket_app
from backend.ticket.settings import TicketSettings
from tests.backend.onebox.stripe_simulator.rig import ADDRESS, HOOK, KEY, SECRET
from tests.backend.payment.lives import payment_settings
from tests.backend.payment.wire import Wire
from tests.backend.ticket.rig import FakePost, settings_for
from tests.support import keys
from tests.support.cinema import SmallCinema, small_cinema

PACKAGES = {
    "movies": "backend.movies",
    "payment": "backend.payment",
    "ticket": "backend.ticket",
    "simulator": "backend.onebox.stripe_simulator",
}
_SOON = timedelta(milliseconds=100)
_SETTLED_S = 30


@dataclass
class House:
    """The services, the wire between them, and their clients."""

    apps: Mapping[str, Any]
    wire: Wire
    cinema: SmallCinema
    movies: MoviesClient
    ticket: TicketClient
    web: httpx2.AsyncClient

    async def hold(self, seats: list[int], token: str, ticket_type: str = "adult") -> OrderRead:
        lines = [LineChoice(seat=seat, ticket_type=ticket_type) for seat in seats]
        body = OrderCreate(screening_id=self.cinema.screening, lines=lines)
        return await self.movies.create_order(body, token=token, key=uuid4().hex)

    async def pay(self, order: UUID, token: str) -> str:
        """Press Pay, again until there is the provider's page; return it."""
        body = OrderPay(email="ana@example.org")

        async def press() -> str | None:
            answer = await self.movies.pay(order, body, token=token, key=uuid4().hex)
            return answer.checkout_url

        page: str = await _patiently(press, f"{order} never got a page to pay on")
        return page

    async def press(self, page: str, card: str = "success") -> None:
        """Press a card on the provider's page."""
        answer = await self.web.post(page, data={"card": card})
        assert answer.status_code < 400, answer.text

    async def bought(
        self, seats: list[int], token: str | None = None, *, card: str = "success"
    ) -> OrderRead:
        """Buy seats, to the tickets."""
        token = token or keys.guest_token()
        order = await self.hold(seats, token)
        await self.press(await self.pay(order.id, token), card)
        return await self.until(order.id, "ISSUED", token)

    async def until(self, order: UUID, state: str, token: str) -> OrderRead:
        """Wait until an order is in a state."""

        async def read() -> OrderRead | None:
            found = await self.movies.order(order, token=token)
            return found if found.state == state else None

        return await _patiently(read, f"{order} never came to {state}")

    async def refund(self, order: OrderRead, lines: list[int], seats: Any = "free") -> None:
        """Give lines back as the manager does, until the money went back."""
        manager = keys.person_token("manager")
        body = LineRefund(lines=lines, seats=seats, reason="the buyer fell ill")
        await self.movies.refund(order.id, body, token=manager, key=uuid4().hex)
        is_whole = len(lines) == len(order.lines)
        await self.until(order.id, "REFUNDED" if is_whole else "PART_REFUNDED", manager)

    async def scan(self, order: OrderRead, line: int, token: str) -> AdmissionRead:
        """Show the ticket of a line at the door."""
        tickets = (await self.ticket.tickets(order.id, token=token)).tickets
        [code] = [each.code for each in tickets if each.line_no == line]
        body = AdmissionCreate(
            code=code, door="A", cinema_id=self.cinema.cinema.id, screening_keys=[]
        )
        steward = keys.person_token("door")
        return await self.ticket.admit(body, token=steward, key=uuid4().hex)

    async def booked(self, kind: str) -> None:
        """Wait until the ledger has a movement of this kind."""
        database = self.apps["payment"].state.parts.database

        async def look() -> bool | None:
            query = f"SELECT count(*) AS n FROM ledger WHERE kind = '{kind}'"
            return True if await _number(database, query) else None

        await _patiently(look, f"no {kind} was ever booked")

    async def settled(self) -> None:
        """Wait until every message was sent and every event looked at."""

        async def look() -> bool | None:
            waiting = 0
            for name in ("movies", "payment", "ticket"):
                waiting += await _number(
                    self.apps[name].state.parts.database,
                    "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL",
                )
            payment = self.apps["payment"].state.parts.database
            for table in ("attempt", "refund", "webhook_event"):
                waiting += await _number(
                    payment,
                    f"SELECT count(*) AS n FROM {table} WHERE due_at < now() + interval '9 s'",
                )
            return True if not waiting else None

        await _patiently(look, "the house never settled")


@asynccontextmanager
async def house_on(dsns: Mapping[str, str], folder: Path, **changes: Any) -> AsyncIterator[House]:
    """Open the house on these databases; `changes` are settings that all services have."""
    wire, broker = Wire(), InProcessBroker()
    wire.apps["localhost"] = Starlette(routes=[Route("/{path:path}", _certs)])
    trust = {"oidc_issuer": keys.ISSUER, "oidc_internal_url": keys.ISSUER, **changes}
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx2.AsyncClient(transport=wire))
        apps = {
            "simulator": simulator_app(_simulator(dsns["simulator"]), transport=wire),
            "payment": payment_app(_payment(dsns["payment"], trust), broker=broker, http=http),
            "movies": movies_app(
                _movies(dsns["movies"], trust), broker=broker, nudges=InProcessNudges(), http=http
            ),
            "ticket": ticket_app(
                _ticket(dsns["ticket"], trust, folder), broker=broker, http=http, post=FakePost()
            ),
        }
        wire.apps.update({f"{name}.test": app for name, app in apps.items()})
        await broker.start()
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        yield House(
            apps,
            wire,
            await small_cinema(apps["movies"].state.parts.database),
            MoviesClient(ServiceHttp(http, "http://movies.test")),
            TicketClient(ServiceHttp(http, "http://ticket.test")),
            http,
        )


def _simulator(dsn: str) -> SimulatorSettings:
    return SimulatorSettings(
        dsn=dsn,
        public_url=ADDRESS,
        secret_keys=(KEY,),
        webhook_endpoints=(WebhookEndpoint(HOOK, SECRET),),
        dispute_comes_after=_SOON,
    )


def _payment(dsn: str, trust: Mapping[str, Any]) -> PaymentSettings:
    pace = {"look_first": _SOON, "look_last": timedelta(seconds=10), "works_every": _SOON}
    return payment_settings(dsn, **trust, **pace)


def _ticket(dsn: str, trust: Mapping[str, Any], folder: Path) -> TicketSettings:
    early = timedelta(hours=3)
    return settings_for(dsn, folder, **trust, guest_keys=keys.GUEST_KEYS, doors_open_before=early)


def _movies(dsn: str, trust: Mapping[str, Any]) -> MoviesSettings:
    return MoviesSettings(
        dsn=SecretStr(dsn),
        guest_keys=keys.GUEST_KEYS,
        service_keys=keys.TRUSTED,
        signing_key=keys.private("movies"),
        lookup_secret=SecretStr("look-up"),
        public_url="http://localhost:8081",
        payment_url="http://payment.test",
        hold_kiosk=timedelta(seconds=1),
        reap_every=timedelta(seconds=1),
        **trust,
    )


async def sell_in_every_way(house: House) -> dict[str, UUID]:
    """Let buyers do whatever they can, and return their orders by what became of them."""
    kiosk, ana = keys.person_token("kiosk"), keys.guest_token()
    lapsed = await house.hold([31, 32], kiosk)
    orders = {"lapsed": lapsed.id}
    admitted = await house.bought([3, 4], ana)
    scans = [await house.scan(admitted, 1, ana) for _ in range(2)]
    assert [each.outcome for each in scans] == ["VALID", "DUPLICATE"]
    orders["issued"] = admitted.id
    for name, seats, lines, become in (
        ("part", [13, 14, 15], [1], "free"),
        ("blocked", [23, 24, 25], [2], "keep"),
        ("refunded", [5, 6], [1, 2], "free"),
    ):
        order = await house.bought(seats)
        await house.refund(order, lines, become)
        orders[name] = order.id
    orders["disputed"] = (await house.bought([47, 48], card="dispute")).id
    orders["held"] = await _reopened(house)
    orders["cancelled"] = await _released(house)
    await house.until(lapsed.id, "EXPIRED", kiosk)
    await house.booked("dispute")
    await house.settled()
    return orders


async def _reopened(house: House) -> UUID:
    """Press Pay, change one's mind, take more time and other seats."""
    token = keys.guest_token()
    order = await house.hold([41, 42], token)
    await house.pay(order.id, token)
    await house.movies.close_payment(order.id, token=token, key=uuid4().hex)
    await house.until(order.id, "HELD", token)
    await house.movies.extend(order.id, token=token, key=uuid4().hex)
    other = SeatsChange(lines=[LineChoice(seat=42), LineChoice(seat=43, ticket_type="child")])
    await house.movies.change_seats(order.id, other, token=token, key=uuid4().hex)
    return order.id


async def _released(house: House) -> UUID:
    token = keys.guest_token()
    order = await house.hold([51, 52], token)
    await house.movies.release(order.id, token=token, key=uuid4().hex)
    return order.id


async def _certs(_request: object) -> JSONResponse:
    return JSONResponse(keys.certs())


async def _number(database: Any, statement: str) -> int:
    async with database.connection() as connection:
        return int((await (await connection.execute(statement)).fetchone())["n"])


async def _patiently(look: Callable[[], Awaitable[Any]], never: str) -> Any:
    try:
        async with asyncio.timeout(_SETTLED_S):
            while (found := await look()) is None:  # noqa: ASYNC110 -- the state is in a database
                await asyncio.sleep(0.05)
            return found
    except TimeoutError:
        raise AssertionError(never) from None
