"""Begin: messages and keys, the catalogue, orders and the claim of seats."""

from alembic import op

from backend.kit.migrations import run_sql, sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table and function."""
    run_sql(op, sql("backend.kit.messaging", "tables_1.sql"))
    run_sql(op, sql("backend.movies.migrations", "tables_1.sql"))
    run_sql(op, sql("backend.movies.orders", "tables_1.sql"))
    run_sql(op, sql("backend.movies.orders", "place_orders_1.sql"))
