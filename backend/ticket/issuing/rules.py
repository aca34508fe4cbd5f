"""When a ticket opens the door, and what its category byte says about who holds it."""

from datetime import datetime, timedelta

from moviemesh_ticketcode import Category


def category(ticket_type: str) -> Category:
    """Return the category of a ticket type; the cinema's own types share one."""
    return Category.__members__.get(ticket_type.upper(), Category.OTHER)


def validity(
    starts_at: datetime, ends_at: datetime, *, before: timedelta, after: timedelta
) -> tuple[datetime, datetime]:
    """Return from when until when a ticket is good, in whole seconds."""
    return (
        (starts_at - before).replace(microsecond=0),
        (ends_at + after).replace(microsecond=0),
    )
