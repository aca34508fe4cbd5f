"""Begin: messages and keys, attempts, refunds, webhooks, the ledger."""

from alembic import op

from backend.kit.migrations import run_sql, sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table."""
    run_sql(op, sql("backend.kit.messaging", "tables_1.sql"))
    run_sql(op, sql("backend.payment.migrations", "tables_1.sql"))
