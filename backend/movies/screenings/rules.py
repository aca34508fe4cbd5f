"""When a screening is: local times that exist once, its end, and the business day it belongs to."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from backend.contracts.problems_catalogue import TimeMissing, TimeTwice


def starts_at(wanted: datetime, zone: str) -> datetime:
    """Return the instant of a start: as given with an offset, or local to the cinema.

    Raises TimeMissing for a local time that the clocks skip and TimeTwice for one that they
    repeat: that one needs its offset.
    """
    if wanted.tzinfo is not None:
        return wanted.astimezone(UTC)
    here = ZoneInfo(zone)
    early, late = (wanted.replace(tzinfo=here, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(here).replace(tzinfo=None) != wanted:
        raise TimeMissing
    if early != late:
        raise TimeTwice
    return early


def business_day(at: datetime, zone: str, day_change_hour: int) -> date:
    """Return the day that an instant belongs to: a show at 00:15 is of the evening before."""
    local = at.astimezone(ZoneInfo(zone))
    return local.date() - timedelta(days=1 if local.hour < day_change_hour else 0)


def day_ends_at(day: date, zone: str, day_change_hour: int) -> datetime:
    """Return the first instant that belongs to the next business day."""
    after = datetime.combine(day + timedelta(days=1), time(day_change_hour), ZoneInfo(zone))
    return after.astimezone(UTC)
