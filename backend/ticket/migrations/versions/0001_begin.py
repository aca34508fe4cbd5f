"""Begin: messages and keys, tickets, their doors, lists and mails."""

from alembic import op

from backend.kit.migrations import run_sql, sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table and function."""
    run_sql(op, sql("backend.kit.messaging", "tables_1.sql"))
    run_sql(op, sql("backend.ticket.keys", "tables_1.sql"))
    run_sql(op, sql("backend.ticket.issuing", "tables_1.sql"))
    run_sql(op, sql("backend.ticket.issuing", "issue_tickets_1.sql"))
    run_sql(op, sql("backend.ticket.lists", "tables_1.sql"))
    run_sql(op, sql("backend.ticket.mails", "tables_1.sql"))
    run_sql(op, sql("backend.ticket.admissions", "tables_1.sql"))
    run_sql(op, sql("backend.ticket.admissions", "admit_scans_1.sql"))
