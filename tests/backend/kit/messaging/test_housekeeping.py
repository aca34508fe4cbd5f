"""What is forgotten: replies after 48 hours, messages after 30 days, what still waits never."""

import pytest

from backend.kit.database import Database
from backend.kit.messaging import housekeeping
from backend.kit.messaging.housekeeping import Housekeeping
from tests.backend.kit.messaging.messages import rows, run

pytestmark = pytest.mark.integration

_FILL = """
    INSERT INTO idempotency (principal, route, key, request_hash, made_at)
    SELECT 'ana', 'POST /orders', age, '', clock_timestamp() - age::interval
    FROM unnest(ARRAY['47 hours', '49 hours']) AS age;
    INSERT INTO inbox (consumer, message_id, received_at)
    SELECT age, gen_random_uuid(), clock_timestamp() - age::interval
    FROM unnest(ARRAY['29 days', '31 days']) AS age;
    INSERT INTO inbox_failure (consumer, message_id, tries, error, failed_at)
    SELECT age, gen_random_uuid(), 1, '', clock_timestamp() - age::interval
    FROM unnest(ARRAY['29 days', '31 days']) AS age;
    INSERT INTO outbox (type, aggregate_id, version, trace_id, payload, created_at, published_at)
    SELECT name, gen_random_uuid(), 1, '', '{}', clock_timestamp() - interval '90 days', at
    FROM (VALUES ('unsent', NULL), ('29 days', clock_timestamp() - interval '29 days'),
                 ('31 days', clock_timestamp() - interval '31 days')) AS v (name, at);
    INSERT INTO dead_letter (consumer, message_id, envelope, error, tries, died_at, replayed_at)
    SELECT name, gen_random_uuid(), '{}', '', 8, clock_timestamp() - interval '90 days', at
    FROM (VALUES ('waiting', NULL), ('29 days', clock_timestamp() - interval '29 days'),
                 ('31 days', clock_timestamp() - interval '31 days')) AS v (name, at);
"""


async def _left(database: Database, table: str, column: str) -> list[str]:
    found = await rows(database, f"SELECT {column} AS name FROM {table} ORDER BY 1")
    return [row["name"] for row in found]


async def test_only_what_is_old_and_done_is_forgotten(database):
    await run(database, _FILL)

    assert await Housekeeping(database).round() == 5

    assert await _left(database, "idempotency", "key") == ["47 hours"]
    assert await _left(database, "inbox", "consumer") == ["29 days"]
    assert await _left(database, "inbox_failure", "consumer") == ["29 days"]
    assert await _left(database, "outbox", "type") == ["29 days", "unsent"]
    assert await _left(database, "dead_letter", "consumer") == ["29 days", "waiting"]
    assert await Housekeeping(database).round() == 0


async def test_many_rows_are_forgotten_a_batch_at_a_time(database, monkeypatch):
    monkeypatch.setattr(housekeeping, "_LARGEST", 10)
    await run(
        database,
        "INSERT INTO inbox (consumer, message_id, received_at) SELECT 'a', gen_random_uuid(),"
        " clock_timestamp() - interval '40 days' FROM generate_series(1, 35)",
    )

    assert await Housekeeping(database).round() == 35
