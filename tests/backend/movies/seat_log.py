"""Replays a screening's log of seats, and says what it breaks (invariants I1 and I6)."""

from typing import Any

from tests.backend.movies.rig import Rig

Claims = dict[int, tuple[str, str]]
_STATES = {"HOLD": "HELD", "PAY": "PAYING", "SELL": "SOLD", "REOPEN": "HELD", "BLOCK": "BLOCKED"}
_LEAVES = {"RELEASE", "EXPIRE", "TAKE_OVER"}


class BrokenLog(AssertionError):  # noqa: N818 -- a fact about a log
    """The log tells something that may never happen."""


def replay(events: list[dict[str, Any]]) -> Claims:
    """Return seat → (order, state) as the log tells it; raises BrokenLog."""
    claims: Claims = {}
    for event in events:
        order, kind = str(event["order_id"]), event["kind"]
        for seat in event["seats"]:
            owner, state = claims.get(seat, (None, None))
            if kind == "HOLD" and owner not in {None, order}:
                raise BrokenLog(f"seat {seat} is held by two orders", event)
            if kind == "SELL" and (state == "SOLD" or owner not in {None, order}):
                raise BrokenLog(f"seat {seat} is sold twice", event)
            if kind not in {"HOLD", "SELL"} and owner != order:
                raise BrokenLog(f"seat {seat} is not that order's", event)
            is_by_time = kind in {"TAKE_OVER", "EXPIRE"}
            if is_by_time and (state != "HELD" or event["at"] < event["expires_at"]):
                raise BrokenLog(f"seat {seat} was taken from a live order", event)
            if kind in _LEAVES:
                del claims[seat]
            elif kind in _STATES:
                claims[seat] = (order, _STATES[kind])
    return claims


async def check(rig: Rig) -> Claims:
    """Replay the log of the rig's only screening; it must tell the claims as they are."""
    events = await rig.rows("SELECT * FROM seat_event ORDER BY version, step")
    claims = replay(events)
    rows = await rig.rows("SELECT seat_id, order_id, state FROM seat_claim")
    assert claims == {row["seat_id"]: (str(row["order_id"]), row["state"]) for row in rows}
    return claims


async def check_orders(rig: Rig) -> None:
    """Each order has all of its seats in one state, or none (I3 and I5)."""
    rows = await rig.rows(
        "SELECT o.id, o.state, o.seats, count(k.*) AS has, count(DISTINCT k.state) AS states,"
        " min(k.state) AS claimed, (SELECT count(*) FROM order_line l WHERE l.order_id = o.id)"
        " AS lines FROM orders o LEFT JOIN seat_claim k ON k.order_id = o.id GROUP BY o.id"
    )
    wanted = {"HELD": "HELD", "PAYING": "PAYING", "CONFIRMING": "SOLD", "PAID": "SOLD"}
    for row in rows:
        is_live = row["state"] in wanted
        assert row["lines"] == row["seats"]
        assert (row["has"], row["states"]) == ((row["seats"], 1) if is_live else (0, 0)), row
        assert row["claimed"] == wanted.get(row["state"])
