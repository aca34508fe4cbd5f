"""When a ticket is good, and the byte for its kind."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.ticket.issuing.rules import category, validity


def test_ticket_is_good_from_the_opening_of_the_doors_until_the_end():
    starts_at = datetime(2026, 3, 29, 0, 30, 0, 999, tzinfo=UTC)

    found = validity(
        starts_at,
        starts_at + timedelta(minutes=90),
        before=timedelta(minutes=45),
        after=timedelta(minutes=5),
    )

    assert found == (
        datetime(2026, 3, 28, 23, 45, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("ticket_type", "byte"),
    [("adult", 1), ("child", 2), ("student", 3), ("senior", 4), ("carer", 5), ("vip", 0)],
)
def test_category_of_each_ticket_type(ticket_type, byte):
    assert category(ticket_type) == byte
