"""The limit's statement writes what two orders wrote, or ends the measurement."""

from datetime import UTC, datetime

import pytest

from bench.limit.sample import Column, Sample, Table
from bench.limit.statement import Meaning, generate, value

PLACED = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
MEANING = Meaning({"A-1": "f.reference"}, PLACED)


def column(name, kind="text", **changes):
    given = {"is_counted": False, "is_indexed": False, "is_key": False, **changes}
    return Column(name, kind, **given)


def table(name, columns, *rows, is_updated=False):
    return Table(name, tuple(columns), tuple(rows), is_updated)


ORDER_COLUMNS = (
    column("id", "uuid", is_indexed=True, is_key=True),
    column("reference", is_indexed=True),
    column("owner"),
    column("screening_id", "bigint"),
    column("state"),
    column("email"),
    column("placed_at", "timestamp with time zone"),
    column("expires_at", "timestamp with time zone"),
    column("number", "bigint", is_counted=True, is_indexed=True),
)
SCREENING = (column("screening_id", "bigint", is_key=True), column("version", "bigint"))
SEAT = column("seat_id", "smallint", is_indexed=True, is_key=True)


def order_row(order, screening):
    return {
        "id": f"order-{order}",
        "reference": f"ref-{order}",
        "owner": f"guest-{order}",
        "screening_id": screening,
        "state": "HELD",
        "email": None,
        "placed_at": f"2026-11-25 02:00:0{order}.5+00",
        "expires_at": f"2026-11-25 02:10:0{order}.5+00",
        "number": order,
    }


def sample(order, screening, seats, version):
    kept = [column("key", is_indexed=True), column("body", "bytea")]
    row = {"screening_id": screening, "version": version}
    return Sample(
        (
            table("idempotency", kept, {"key": f"key-{order}", "body": f"\\x0{order}"}),
            table("orders", ORDER_COLUMNS, order_row(order, screening)),
            table("screening_seats", SCREENING, row, is_updated=True),
            table("seat_claim", [SEAT], *({"seat_id": seat} for seat in seats)),
        )
    )


ONE, OTHER = sample("1", "320", ("101", "102"), "4"), sample("2", "321", ("203", "204"), "1")


def test_statement_writes_every_row_that_the_product_wrote():
    statement = generate(ONE, OTHER)

    assert statement.count("INSERT INTO") == 3
    assert statement.count("SELECT f.first_seat::smallint FROM f, u") == 1
    assert statement.count("SELECT f.second_seat::smallint FROM f, u") == 1
    assert "UPDATE screening_seats SET version = version + 1 FROM f" in statement


def test_statement_makes_anew_what_differs_and_repeats_what_does_not():
    statement = generate(ONE, OTHER)

    columns = "id, reference, owner, screening_id, state, email, placed_at, expires_at"
    assert f"INSERT INTO orders ({columns})" in statement
    assert (
        "SELECT f.order_id::uuid, f.reference::text, f.principal::text, f.screening_id::bigint,"
        " 'HELD'::text, NULL::text, f.t + interval '0.0 s', f.t + interval '600.0 s' FROM f, u"
    ) in statement


def test_the_update_comes_before_what_needs_its_version():
    statement = generate(ONE, OTHER)

    assert statement.index("UPDATE screening_seats") < statement.index("INSERT INTO orders")


def test_a_new_updated_table_has_to_be_thought_about():
    tables = [
        table(one.name, one.columns, *one.rows, is_updated=one.is_updated or one.name == "orders")
        for one in ONE.tables
    ]

    with pytest.raises(KeyError, match="orders"):
        generate(Sample(tuple(tables)), OTHER)


def test_an_indexed_value_that_nobody_knows_ends_the_measurement():
    with pytest.raises(ValueError, match="indexed"):
        value(column("token", is_indexed=True), "x", "y", MEANING)


def test_a_value_that_is_not_indexed_is_written_with_its_size():
    assert value(column("note"), "it's", "other", MEANING) == "'it''s'::text"


def test_orders_that_differ_in_rows_are_refused():
    tables = [
        table(one.name, one.columns, *one.rows[:1], is_updated=one.is_updated)
        for one in OTHER.tables
    ]

    with pytest.raises(ValueError, match="seat_claim"):
        generate(ONE, Sample(tuple(tables)))


def test_two_meanings_of_one_value_are_refused():
    with pytest.raises(ValueError, match="same value"):
        generate(sample("1", "101", ("101", "102"), "4"), OTHER)
