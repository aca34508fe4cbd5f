"""Forgets buyers' addresses some months after the film; what was sold stays, and names nobody."""

from datetime import timedelta

from backend.kit.database import Database

_ADDRESSES = """
    UPDATE orders o SET email = NULL FROM screening s
    WHERE s.id = o.screening_id AND o.email IS NOT NULL AND s.ends_at < clock_timestamp() - %s
"""


class Retention:
    """Erases what is old enough; run again, it finds nothing.

    It has no index of its own: it looks at every order, and only some times a day.
    """

    EVERY = timedelta(hours=6)

    def __init__(self, database: Database, contacts: timedelta) -> None:
        self._database = database
        self._contacts = contacts

    async def round(self) -> int:
        """Erase; return of how many orders."""
        async with self._database.connection() as connection:
            return (await connection.execute(_ADDRESSES, (self._contacts,))).rowcount
