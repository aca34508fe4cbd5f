"""When a ticket opens the door, and what its category byte says about who holds it."""

from datetime import datetime, timedelta

_CATEGORIES = {"adult": 1, "child": 2, "student": 3, "senior": 4, "carer": 5}
_OTHER = 0


def category(ticket_type: str) -> int:
    """Return the byte for a ticket type; the cinema's own types share one."""
    return _CATEGORIES.get(ticket_type, _OTHER)


def validity(
    starts_at: datetime, ends_at: datetime, *, before: timedelta, after: timedelta
) -> tuple[datetime, datetime]:
    """Return from when until when a ticket is good, in whole seconds."""
    return (
        (starts_at - before).replace(microsecond=0),
        (ends_at + after).replace(microsecond=0),
    )
