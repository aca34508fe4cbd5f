"""Which ledger rows a movement stands for."""

import pytest

from backend.payment.reconciliation.rules import Pair, differing, rows_of, source_of


def movement(category: str, amount: int, source: str, fee: int = 0) -> dict[str, object]:
    return {"reporting_category": category, "amount": amount, "source": source, "fee": fee}


@pytest.mark.parametrize(
    ("made", "rows"),
    [
        (movement("charge", 5700, "ch_1", 180), {"capture:o.1": 5700, "fee:o.1": 180}),
        (movement("charge", 5700, "ch_2"), {"capture:ch_2": 5700}),
        (movement("refund", -700, "re_1"), {"refund:re_1": 700}),
        (movement("refund_failure", 700, "re_1"), {"refund:re_1:failed": -700}),
        (movement("dispute", -5700, "du_1", 7500), {"dispute:du_1": 5700, "fee:du_1": 7500}),
        (
            movement("dispute_reversal", 5700, "du_1", -7500),
            {"dispute:du_1:returned": -5700, "fee:du_1:returned": -7500},
        ),
        (movement("payout", -10_000, "po_1"), {}),
    ],
)
def test_movement_stands_for_rows(made, rows):
    assert rows_of([made], {"ch_1": "o.1"}) == rows


def test_rows_differ_by_amount_or_by_not_being_there():
    moved = {"capture:o.1": 5, "refund:re_1": 3, "fee:o.1": 0}
    booked = {"capture:o.1": 6, "dispute:du_1": 4, "fee:o.2": 0}

    assert differing(moved, booked) == {
        "capture:o.1": Pair(5, 6),
        "dispute:du_1": Pair(None, 4),
        "refund:re_1": Pair(3, None),
    }


@pytest.mark.parametrize("key", ["refund:re_1", "refund:re_1:failed", "fee:re_1"])
def test_source_is_what_the_row_is_about(key):
    assert source_of(key) == "re_1"
