"""The reconciliation of movies: orders, their seats and their tickets agree, or somebody hears."""

import json
from uuid import UUID, uuid4

import pytest

from tests.backend.movies.rig import Rig
from tests.support import keys

pytestmark = pytest.mark.integration
LIVE = ["HELD", "PAYING", "CONFIRMING", "PAID", "ISSUED"]


async def differences(rig: Rig) -> dict[tuple[str, str], dict]:
    assert await rig.app.state.reconciler.round()
    rows = await rig.rows("SELECT kind, subject, facts FROM recon_diff WHERE closed_at IS NULL")
    return {(row["kind"], row["subject"]): row["facts"] for row in rows}


async def change(rig: Rig, statement: str, *values: object) -> None:
    async with rig.parts.database.connection() as connection:
        await connection.execute(statement, values)


async def held(rig: Rig, state: str = "HELD") -> UUID:
    """Hold two seats, and bring order and seats to a state."""
    order = await rig.hold([11, 12])
    claims = {"HELD": "HELD", "PAYING": "PAYING"}.get(state, "SOLD")
    await change(
        rig,
        "UPDATE orders SET state = %s, paid_at = clock_timestamp() WHERE id = %s",
        state,
        order.id,
    )
    await change(rig, "UPDATE seat_claim SET state = %s", claims)
    return order.id


@pytest.mark.parametrize("state", LIVE)
async def test_live_orders_with_their_seats_are_no_difference(rig: Rig, state):
    await held(rig, state)

    assert await differences(rig) == {}


@pytest.mark.parametrize("claims", ["PAYING", "SOLD"])
async def test_an_order_under_review_keeps_its_seats_as_they_were(rig: Rig, claims):
    await held(rig, "REVIEW")
    await change(rig, "UPDATE seat_claim SET state = %s", claims)

    assert await differences(rig) == {}


@pytest.mark.parametrize("state", LIVE)
async def test_a_live_order_without_a_seat_is_a_difference_until_it_has_it(rig: Rig, state):
    order = await held(rig, state)
    rows = await rig.rows(
        "DELETE FROM seat_claim k WHERE seat_id = 11 RETURNING to_jsonb(k) AS claim"
    )

    found = await differences(rig)
    await change(
        rig,
        "INSERT INTO seat_claim SELECT * FROM jsonb_populate_record(NULL::seat_claim, %s::jsonb)",
        json.dumps(rows[0]["claim"]),
    )

    assert list(found) == [("order", str(order))]
    assert found["order", str(order)]["seats"] == [11]
    assert found["order", str(order)]["order_state"] == state
    assert await differences(rig) == {}


@pytest.mark.parametrize("state", ["EXPIRED", "CANCELLED", "REFUNDED"])
async def test_a_seat_of_an_order_that_is_over_is_a_difference(rig: Rig, state):
    await held(rig, state)
    await change(rig, "UPDATE order_line SET state = 'REFUNDED' WHERE %s = 'REFUNDED'", state)

    found = await differences(rig)

    place = rig.cinema.screening
    assert sorted(found) == [("seat", f"{place}/11"), ("seat", f"{place}/12")]
    assert found["seat", f"{place}/11"]["order_state"] == state


async def test_a_seat_of_no_order_at_all_is_a_difference(rig: Rig):
    order = await held(rig, "PAID")
    await change(rig, "UPDATE seat_claim SET order_id = %s WHERE seat_id = 12", uuid4())

    assert sorted(await differences(rig)) == [
        ("order", str(order)),
        ("seat", f"{rig.cinema.screening}/12"),
    ]


@pytest.mark.parametrize(
    ("order_state", "claim"), [("HELD", "SOLD"), ("PAYING", "HELD"), ("ISSUED", "PAYING")]
)
async def test_a_claim_that_is_not_its_orders_is_a_difference(rig: Rig, order_state, claim):
    await held(rig, order_state)
    await change(rig, "UPDATE seat_claim SET state = %s WHERE seat_id = 11", claim)

    assert list(await differences(rig)) == [("seat", f"{rig.cinema.screening}/11")]


async def test_a_refunded_line_leaves_its_seat_but_an_admitted_guest_keeps_it(rig: Rig):
    await held(rig, "PART_REFUNDED")
    await change(rig, "UPDATE order_line SET state = 'REFUNDED' WHERE seat_id = 11")
    left_behind = await differences(rig)
    await change(rig, "UPDATE order_line SET was_admitted = true WHERE seat_id = 11")

    assert list(left_behind) == [("seat", f"{rig.cinema.screening}/11")]
    assert await differences(rig) == {}


async def test_a_line_whose_refund_is_under_way_may_have_left_already(rig: Rig):
    await held(rig, "REFUNDING")
    await change(rig, "UPDATE order_line SET state = 'REFUNDING' WHERE seat_id = 11")
    before = await differences(rig)
    await change(rig, "DELETE FROM seat_claim WHERE seat_id = 11")

    assert before == {}
    assert await differences(rig) == {}


async def test_a_blocked_seat_belongs_to_nobody(rig: Rig):
    await held(rig, "PART_REFUNDED")
    await change(rig, "UPDATE order_line SET state = 'REFUNDED' WHERE seat_id = 11")
    await change(rig, "UPDATE seat_claim SET state = 'BLOCKED' WHERE seat_id = 11")

    assert await differences(rig) == {}


async def test_a_paid_order_that_waits_too_long_for_tickets_is_a_difference(rig: Rig):
    order = await held(rig, "PAID")
    await change(rig, "UPDATE orders SET paid_at = paid_at - interval '14 minutes'")
    still_good = await differences(rig)
    await change(rig, "UPDATE orders SET paid_at = paid_at - interval '2 minutes'")

    late = await differences(rig)
    await change(rig, "UPDATE orders SET state = 'ISSUED'")

    assert still_good == {}
    assert list(late) == [("tickets", str(order))]
    assert await differences(rig) == {}


async def test_what_is_long_over_is_left_alone(rig: Rig):
    await held(rig, "EXPIRED")
    await change(
        rig,
        "UPDATE screening SET starts_at = starts_at - interval '3 days',"
        " ends_at = ends_at - interval '3 days'",
    )

    assert await differences(rig) == {}


@pytest.mark.parametrize(
    ("role", "cinemas", "seen"),
    [("manager", ("mesh",), 2), ("admin", (), 2), ("manager", ("other",), 0)],
)
async def test_a_manager_reads_the_differences_of_the_own_cinema(rig: Rig, role, cinemas, seen):
    await held(rig, "EXPIRED")
    await differences(rig)

    answer = await ask(rig, keys.person_token(role, cinemas=cinemas))

    assert answer.status_code == 200
    assert len(answer.json()["differences"]) == seen


async def test_nobody_else_reads_the_differences(rig: Rig):
    statuses = [
        (await ask(rig, token)).status_code
        for token in (keys.person_token("box_office"), keys.guest_token(), "no token")
    ]

    assert statuses == [403, 403, 401]


async def ask(rig: Rig, token: str):
    return await rig.http.get("/reconciliation", headers={"authorization": f"Bearer {token}"})
