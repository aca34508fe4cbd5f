"""Lengths of time in words."""

import math
from datetime import timedelta

from brand.texts import Texts


def span(t: Texts, length: timedelta) -> str:
    """Return a length in its largest whole unit, rounded up."""
    seconds = math.ceil(length.total_seconds())
    if seconds <= 90:
        return t("identity.span.seconds", count=seconds)
    if seconds <= 90 * 60:
        return t("identity.span.minutes", count=math.ceil(seconds / 60))
    return t("identity.span.hours", count=math.ceil(seconds / 3600))
