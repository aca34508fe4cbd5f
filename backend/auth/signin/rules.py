"""Where a sign-in may lead back to, and how its outcome is told: pure rules."""

import re
from enum import StrEnum
from urllib.parse import parse_qsl, urlencode, urlsplit

HOME = "/"
_LONGEST = 1000
# Browsers read "\" as "/", drop tabs and line ends, and take "//host" for another host.
_LOCAL_PATH = re.compile(r"/(?!/)[^\\\x00-\x1f\x7f-\x9f]*")
_NOTICE = "signin"


class Outcome(StrEnum):
    """Why nobody was signed in; the site shows a notice for each."""

    FAILED = "failed"
    EXPIRED = "expired"
    UNAVAILABLE = "unavailable"


def local_path(wished: str | None) -> str:
    """Return the path of our site that was wished for; anything else leads home."""
    if wished is None or len(wished) > _LONGEST or not _LOCAL_PATH.fullmatch(wished):
        return HOME
    return wished


def told(path: str, outcome: Outcome | None) -> str:
    """Return a local path that tells the outcome, and no longer tells an earlier one."""
    parts = urlsplit(path)
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if name != _NOTICE
    ]
    if outcome is not None:
        query.append((_NOTICE, outcome))
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    return parts.path + (f"?{urlencode(query)}" if query else "") + fragment


def outcome_of(error: str, description: str) -> Outcome:
    """Return what a provider's refusal means to the person."""
    if "expired" in description:
        return Outcome.EXPIRED
    if error in {"server_error", "temporarily_unavailable"}:
        return Outcome.UNAVAILABLE
    return Outcome.FAILED
