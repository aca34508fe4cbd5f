"""Generates the one plain statement that writes what the product writes for an order of two seats.

Two orders of the product are compared: what is equal in both is written as it stands, what differs
is made anew by the value's meaning. A value that differs, is indexed and has no known meaning ends
the measurement: the statement would not write the same index entries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bench.limit.sample import Column, Sample, Table

# What an update changes, by table; another updated table would have to be thought about.
_UPDATES = {"screening_seats": "version = version + 1"}
# Made once for each order. The product's ids begin with the time, so these do too: they meet the
# same places of the indexes.
_FRESH = """n AS MATERIALIZED (
    SELECT lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') AS ms,
           lpad(to_hex({number}), 12, '0') AS number
),
f AS MATERIALIZED (
    SELECT (n.ms || '70008000' || n.number)::uuid AS order_id,
           'guest:' || (n.ms || '70009000' || n.number)::uuid AS principal,
           gen_random_uuid()::text AS key, upper(left(gen_random_uuid()::text, 14)) AS reference,
           {screening}::bigint AS screening_id, (2 * {pair} + 1)::smallint AS first_seat,
           (2 * {pair} + 2)::smallint AS second_seat, clock_timestamp() AS t
    FROM n
)"""
_NUMBER, _SCREENING, _PAIR = ":number::bigint", ":screening", ":pair"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the values of the first sample stand for: expressions by text."""

    by_text: Mapping[str, str]
    placed_at: datetime


def generate(first: Sample, second: Sample) -> str:
    """Return the statement; its variables are :number, :screening and :pair of pgbench."""
    meaning = meaning_of(first)
    fresh = _FRESH.format(number=_NUMBER, screening=_SCREENING, pair=_PAIR)
    # The update goes first, as in the product: it hands out the version of the seats' log.
    ordered = sorted(first.tables, key=lambda table: not table.is_updated)
    parts = [fresh, *(_part(table, second.table(table.name), meaning) for table in ordered)]
    return "WITH " + ",\n".join(parts) + "\nSELECT order_id FROM f;\n"


def meaning_of(sample: Sample) -> Meaning:
    """Read the names of things from the rows that everybody knows."""
    order = sample.table("orders").rows[0]
    claims = [str(row["seat_id"]) for row in sample.table("seat_claim").rows]
    kept = sample.table("idempotency").rows[0]
    version = sample.table("screening_seats").rows[0]["version"]
    named = (
        (order["id"], "f.order_id"),
        (order["reference"], "f.reference"),
        (order["owner"], "f.principal"),
        (kept["key"], "f.key"),
        (order["screening_id"], "f.screening_id"),
        (claims[0], "f.first_seat"),
        (claims[1], "f.second_seat"),
        ("{" + ",".join(claims) + "}", "ARRAY[f.first_seat, f.second_seat]"),
        (version, "u.version"),
    )
    placed_at = datetime.fromisoformat(_iso(str(order["placed_at"])))
    known = {str(text): expression for text, expression in named}
    if len(known) < len(named):
        raise ValueError(f"two things of the sample have the same value: {named}")
    return Meaning(known, placed_at)


def _part(table: Table, other: Table, meaning: Meaning) -> str:
    if table.is_updated:
        change = _UPDATES[table.name]
        return (  # names of the live schema, read from its catalogue
            f"u AS (\n    UPDATE {table.name} SET {change} FROM f"
            f" WHERE {table.name}.screening_id = f.screening_id RETURNING {table.name}.version\n)"
        )
    columns = [column for column in table.columns if not column.is_counted]
    names = ", ".join(column.name for column in columns)
    if len(table.rows) != len(other.rows):
        raise ValueError(f"two orders wrote {table.name} differently")
    selects = [
        "SELECT " + ", ".join(_values(columns, row, twin, meaning)) + " FROM f, u"
        for row, twin in zip(table.rows, other.rows, strict=True)
    ]
    body = "\n    UNION ALL ".join(selects)
    return f"w_{table.name} AS (\n    INSERT INTO {table.name} ({names})\n    {body}\n)"


def _values(
    columns: Iterable[Column],
    row: Mapping[str, str | None],
    twin: Mapping[str, str | None],
    meaning: Meaning,
) -> list[str]:
    return [value(column, row[column.name], twin[column.name], meaning) for column in columns]


def value(column: Column, mine: str | None, other: str | None, meaning: Meaning) -> str:
    """Return the expression of one value; raises ValueError for one that cannot be made anew."""
    if mine is None:
        return f"NULL::{column.type}"
    if column.type.startswith("timestamp"):
        after = datetime.fromisoformat(_iso(mine)) - meaning.placed_at
        return f"f.t + interval '{after.total_seconds()} s'"
    if mine != other:
        if mine in meaning.by_text:
            return f"{meaning.by_text[mine]}::{column.type}"
        if column.is_indexed:
            raise ValueError(f"{column.name} is indexed and differs, but nobody knows how: {mine}")
    quoted = mine.replace("'", "''")
    return f"'{quoted}'::{column.type}"


def _iso(text: str) -> str:
    """Write PostgreSQL's time zone as ISO has it."""
    return text + ":00" if text[-3:-2] in {"+", "-"} else text
