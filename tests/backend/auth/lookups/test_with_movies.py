"""Order look-up before the real movies service: contract and effect agree."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from backend.client.http import ServiceHttp
from backend.client.movies import MoviesClient
from backend.contracts.orders import LineChoice, Lookup, OrderCreate, OrderRead
from backend.contracts.problems_orders import OrderMissing
from backend.kit.lookup import grouped, lookup_code
from backend.kit.messaging.in_process import InProcessBroker
from backend.kit.nudges import InProcessNudges
from backend.movies.app import create_app
from backend.movies.settings import MoviesSettings
from tests.backend.auth.rig import Rig, rig_of
from tests.support import keys
from tests.support.cinema import small_cinema

pytestmark = pytest.mark.integration

MOVIES = "http://movies:5002"


@pytest.fixture
async def movies(database_of: Callable[[str], str]) -> AsyncIterator[FastAPI]:
    settings = MoviesSettings(
        dsn=SecretStr(database_of("backend.movies")),
        oidc_issuer="http://localhost/realms/moviemesh",
        oidc_internal_url="http://localhost/realms/moviemesh",
        guest_keys=keys.GUEST_KEYS,
        service_keys=keys.TRUSTED,
        signing_key=keys.private("movies"),
        lookup_secret=SecretStr("look-up"),
        public_url="http://localhost:8081",
        payment_url="http://payment",
    )
    async with httpx2.AsyncClient() as away:
        app = create_app(settings, broker=InProcessBroker(), nudges=InProcessNudges(), http=away)
        async with app.router.lifespan_context(app):
            yield app


@pytest.fixture
async def client(movies: FastAPI) -> AsyncIterator[MoviesClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=movies)) as http:
        yield MoviesClient(ServiceHttp(http, MOVIES))


@pytest.fixture
async def order(movies: FastAPI, client: MoviesClient) -> OrderRead:
    """An order of somebody at another device."""
    screening = (await small_cinema(movies.state.parts.database)).screening
    body = OrderCreate(screening_id=screening, lines=[LineChoice(seat=25, ticket_type="adult")])
    return await client.create_order(body, token=keys.guest_token(), key="an-order-of-the-test")


@pytest.fixture
def rig(movies: FastAPI) -> Rig:
    ends = {"movies:5002": httpx2.ASGITransport(app=movies)}
    return rig_of(ends, lookup_answers_every=timedelta(milliseconds=1))


async def test_looked_up_order_opens_and_no_other(rig, client, order):
    code = grouped(lookup_code(b"look-up", order.id))
    body = Lookup(reference=order.reference.lower(), code=code)
    guest = await rig.session()

    found = await rig.client.look_up("", body, client_ip="203.0.113.7", token=rig.token)

    cookie = found.set_cookie.partition(";")[0]
    session = await rig.client.session(cookie, token=rig.token)
    token = session.order_tokens[order.id]
    assert found.order_id == order.id
    assert (await client.order(order.id, token=token)).reference == order.reference
    assert [o.id for o in (await client.orders(token=token)).orders] == [order.id]
    with pytest.raises(OrderMissing):
        await client.order(order.id, token=guest.access_token)


@pytest.mark.parametrize("wrong", ["reference", "code"])
async def test_wrong_reference_and_wrong_code_are_answered_alike(rig, order, wrong):
    right = {"reference": order.reference, "code": lookup_code(b"look-up", order.id)}
    body = Lookup(**{**right, wrong: "0000-0000-0000"})

    with pytest.raises(OrderMissing) as caught:
        await rig.client.look_up("", body, client_ip="203.0.113.7", token=rig.token)

    assert (caught.value.sentence, caught.value.facts) == (OrderMissing.detail, {})
