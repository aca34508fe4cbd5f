"""Orders that share a commit: each is answered for itself, as if it had come alone."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest

from backend.contracts.orders import OrderRead
from backend.contracts.problems import Problem
from backend.movies.orders.placing import Wanted, _apart
from tests.backend.movies.conftest import service
from tests.backend.movies.rig import Rig
from tests.support.keys import guest_token

SEATS = range(11, 51)


@pytest.fixture(params=[1, 32])
async def sharing(request: pytest.FixtureRequest, dsn: str) -> AsyncIterator[Rig]:
    """A service whose commits carry one order, or up to 32."""
    async with service(dsn, orders_per_batch=request.param) as made:
        yield made


async def told(call) -> str:
    """Return what became of an order: a state or a problem's name."""
    try:
        return str((await call).state)
    except Problem as problem:
        return problem.code


@pytest.mark.integration
async def test_orders_at_once_are_all_placed_with_or_without_sharing(sharing: Rig):
    orders: list[OrderRead] = await asyncio.gather(*(sharing.hold([seat]) for seat in SEATS))

    commits = len({order.placed_at for order in orders})
    if sharing.parts.settings.orders_per_batch == 1:
        assert commits == len(orders)
    else:
        assert commits < len(orders) / 4
    # Each commit is one version of the map, and each order has its own entry in the log.
    assert await sharing.row("SELECT version FROM screening_seats") == {"version": commits}
    logged = await sharing.rows("SELECT version, step, order_id, seats FROM seat_event")
    assert {row["order_id"]: row["seats"] for row in logged} == {
        order.id: [order.lines[0].seat.seat] for order in orders
    }
    assert len({(row["version"], row["step"]) for row in logged}) == len(orders)


@pytest.mark.integration
async def test_refusals_among_orders_at_once_touch_nobody_else(sharing: Rig, dsn: str):
    buyer, other = guest_token(), guest_token()
    await sharing.hold([21], token=buyer)
    kept = await sharing.hold([22], token=other, key="a-key-used-before")
    async with service(dsn, sharing.cinema) as elsewhere:
        await elsewhere.hold([31])  # so this process does not know of it yet

    outcomes = await asyncio.gather(
        told(sharing.hold([23])),
        told(sharing.hold([41], token=buyer)),
        told(sharing.hold([31, 32])),
        told(sharing.hold([22], token=other, key="a-key-used-before")),
        told(sharing.hold([51], token=other, key="a-key-used-before")),
        told(sharing.hold([33, 34])),
    )

    assert list(outcomes) == [
        "HELD", "HoldElsewhere", "SeatTaken", "HELD", "IdempotencyKeyReused", "HELD"
    ]  # fmt: skip
    taken = [row["seat_id"] for row in await sharing.rows("SELECT seat_id FROM seat_claim")]
    assert sorted(taken) == [21, 22, 23, 31, 33, 34]
    assert await sharing.claims(kept.id) == [(22, "HELD")]
    assert len(await sharing.rows("SELECT 1 FROM orders")) == 5
    assert len(await sharing.rows("SELECT 1 FROM idempotency")) == 5


@pytest.mark.integration
async def test_rivals_at_once_get_each_seat_once(sharing: Rig):
    rivals = [sharing.hold([seat, seat + 1]) for seat in (11, 12, 13, 13, 12, 11) for _ in range(5)]

    outcomes = Counter(await asyncio.gather(*(told(rival) for rival in rivals)))

    assert outcomes["HELD"] >= 1
    assert set(outcomes) <= {"HELD", "SeatTaken", "LoneSeat"}
    claims = await sharing.rows("SELECT order_id, count(*) AS n FROM seat_claim GROUP BY order_id")
    assert [row["n"] for row in claims] == [2] * outcomes["HELD"]


@pytest.mark.integration
async def test_one_buyer_at_once_holds_once(sharing: Rig):
    token = guest_token()

    outcomes = await asyncio.gather(
        *(told(sharing.hold([seat], token=token)) for seat in SEATS[::2])
    )

    assert Counter(outcomes) == {"HELD": 1, "HoldElsewhere": len(outcomes) - 1}


@pytest.mark.integration
async def test_map_of_this_process_follows_its_own_orders(rig: Rig):
    for seat in SEATS:
        await rig.client.seat_map(rig.cinema.screening)
        await rig.hold([seat])
    known = rig.parts.maps.glimpse(1)

    offer = await rig.parts.offers.get(rig.cinema.screening)
    fresh = await rig.parts.maps.taken(offer)

    assert known is not None
    assert known.seats.listed() == set(SEATS)
    assert (known.version, known.seats) == (fresh.version, fresh.seats)


@pytest.mark.integration
@pytest.mark.parametrize("same", ["buyer", "seat"])
async def test_function_refuses_a_batch_whose_orders_are_in_each_others_way(rig: Rig, same: str):
    first = await rig.hold([41])
    kept = await rig.row("SELECT to_jsonb(o) AS o FROM orders o WHERE id = %s", first.id)
    orders, lines = [], []
    for n, seat in enumerate((51, 51 if same == "seat" else 53)):
        order_id, buyer = str(uuid4()), "guest:one" if same == "buyer" else f"guest:{n}"
        orders.append(
            {
                **kept["o"], "n": n, "id": order_id, "reference": f"R{n}", "principal": buyer,
                "route": "POST /orders", "key": f"key-{n}", "digest": "00", "buyer": buyer,
                "screening": 1, "cinema": kept["o"]["cinema_id"], "seats": [seat],
                "price_version": kept["o"]["price_version_id"], "carers_apart": 0,
                "extensions": 2, "reply_head": "", "reply_tail": "",
            }
        )  # fmt: skip
        lines.append({"n": n, "order_id": order_id, "screening": 1, "layout": 1, "hold_s": 600,
                      "line_no": 1, "seat": seat})  # fmt: skip

    with pytest.raises(psycopg.errors.CardinalityViolation):
        await rig.run("SELECT place_orders(%s, %s)", json.dumps(orders), json.dumps(lines))

    assert await rig.rows("SELECT id FROM orders") == [{"id": first.id}]
    assert await rig.rows("SELECT seat_id FROM seat_claim") == [{"seat_id": 41}]


def wanted(key: str, buyer: str | None = None, screening: int = 1, *seats: int) -> Wanted:
    return Wanted("", (), ("", ""), screening, frozenset(seats), 600, ("p", "r", key), buyer)


async def test_orders_in_each_others_way_go_one_after_the_other_in_their_order():
    queue = [
        wanted("1", "ana", 1, 11),
        wanted("2", "ana", 2, 11),  # the same buyer
        wanted("3", None, 1, 11, 12),  # the same seat
        wanted("4", None, 1, 12),  # may not overtake the one before
        wanted("1", "eva", 3, 11),  # the same key
        wanted("6", None, 2, 12),
        wanted("7", None, 2, 13),
    ]
    waiting = [(order, asyncio.get_running_loop().create_future()) for order in queue]
    batches = []

    while waiting:
        batch, waiting = _apart(waiting, 2)
        batches.append([queue.index(order) + 1 for order, _ in batch])

    assert batches == [[1, 6], [2, 3], [4, 5], [7]]
