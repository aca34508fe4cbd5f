"""The log of seats, replayed without any database."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from backend.audit.replay import Claim, SeatLog

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ANA, BOB = UUID(int=1), UUID(int=2)
LATER = NOW + timedelta(minutes=10)


def event(kind: str, order: UUID = ANA, *, at: datetime = NOW, until: datetime | None = None):
    return {"kind": kind, "order_id": order, "seats": [7], "at": at, "expires_at": until}


def replayed(*events) -> tuple[list[tuple[str, str]], dict[int, Claim]]:
    log = SeatLog()
    breaches = [breach for each in events for breach in log.apply(each)]
    return [(breach.invariant, breach.what) for breach in breaches], log.claims


def test_a_sale_from_hold_to_refund_breaks_nothing():
    found = replayed(
        event("HOLD", until=LATER),
        event("EXTEND", until=LATER + timedelta(minutes=5)),
        event("PAY", until=LATER),
        event("REOPEN", until=LATER),
        event("PAY", until=LATER),
        event("SELL"),
        event("RELEASE"),
        event("HOLD", BOB, until=LATER),
        event("SELL", BOB),
        event("BLOCK", BOB),
    )

    assert found == ([], {7: Claim(BOB, "BLOCKED", None)})


def test_a_hold_that_ran_out_may_be_taken_over():
    taken = event("TAKE_OVER", at=LATER, until=LATER)

    found = replayed(event("HOLD", until=LATER), taken, event("HOLD", BOB, until=LATER))

    assert found == ([], {7: Claim(BOB, "HELD", LATER)})


def test_an_extension_counts():
    extended = event("EXTEND", until=LATER + timedelta(seconds=1))

    found, _ = replayed(event("HOLD", until=LATER), extended, event("EXPIRE", at=LATER))

    assert found == [("I6", "the seat was taken before its hold had run out")]


def test_a_late_payer_may_have_a_free_seat_again():
    found = replayed(event("HOLD", until=LATER), event("EXPIRE", at=LATER), event("SELL"))

    assert found == ([], {7: Claim(ANA, "SOLD", None)})


def test_what_may_never_happen_is_named():
    hold, pay = event("HOLD", until=LATER), event("PAY", until=LATER)
    sold_again = ("I1", "the seat was sold again without being released")

    assert replayed(event("SELL"), event("SELL"))[0] == [sold_again]
    assert replayed(event("SELL"), event("SELL", BOB))[0] == [sold_again]
    assert replayed(hold, event("HOLD", BOB))[0] == [
        ("I6", "the seat went to another order while it was HELD")
    ]
    assert replayed(hold, pay, event("TAKE_OVER", at=LATER))[0] == [
        ("I6", "the seat was taken by time while it was PAYING")
    ]
    assert replayed(event("PAY"))[0] == [("LOG", "the log tells PAY of a free seat")]
    assert replayed(hold, event("RELEASE", BOB))[0] == [
        ("LOG", "the log tells RELEASE of a seat that was HELD")
    ]
    assert replayed(hold, event("BLOCK"))[0] == [
        ("LOG", "the log tells BLOCK of a seat that was HELD")
    ]


def test_what_an_order_does_not_have_it_cannot_leave():
    _, claims = replayed(event("HOLD", until=LATER), event("RELEASE", BOB))

    assert claims == {7: Claim(ANA, "HELD", LATER)}
