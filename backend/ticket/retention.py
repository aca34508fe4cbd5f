"""Forgets people when it is time: buyers' addresses some months after the film, scans a month on.

Tickets, admissions and receipts stay; none of them names anybody.
"""

from datetime import timedelta

from backend.kit.database import Database

_ADDRESSES = """
    UPDATE paid_order SET email = NULL
    WHERE email IS NOT NULL AND ends_at < clock_timestamp() - %s
"""
# A mail server's refusal quotes the address. An order that lapsed is known by its mail alone.
_MAILS = """
    UPDATE mail m SET recipient = '', facts = m.facts - 'email', error = NULL
    WHERE m.recipient <> '' AND m.status <> 'DUE'
      AND coalesce((SELECT o.ends_at FROM paid_order o WHERE o.id = m.order_id), m.recorded_at)
          < clock_timestamp() - %s
"""
_SCANS = "DELETE FROM scan WHERE scanned_at < clock_timestamp() - %s"


class Retention:
    """Erases what is old enough; run again, it finds nothing."""

    EVERY = timedelta(hours=1)

    def __init__(self, database: Database, *, contacts: timedelta, scans: timedelta) -> None:
        self._database = database
        self._ages = ((_ADDRESSES, contacts), (_MAILS, contacts), (_SCANS, scans))

    async def round(self) -> int:
        """Erase; return how many rows were touched."""
        touched = 0
        for statement, age in self._ages:
            async with self._database.connection() as connection:
                touched += (await connection.execute(statement, (age,))).rowcount
        return touched
