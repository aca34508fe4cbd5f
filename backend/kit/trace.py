"""The trace id that follows one intent through HTTP, messages and logs (W3C Trace Context)."""

import os
import re
from contextvars import ContextVar

_trace: ContextVar[str] = ContextVar("trace", default="")
_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")


def begin(traceparent: str | None = None) -> str:
    """Take the id over from a `traceparent` header, or begin a new one."""
    match = _TRACEPARENT.match(traceparent or "")
    trace = match.group(1) if match else os.urandom(16).hex()
    _trace.set(trace)
    return trace


def resume(trace: str) -> None:
    """Go on under the id that a message carries."""
    _trace.set(trace)


def current() -> str:
    """Return the id of the work in hand; begin one where there is none."""
    return _trace.get() or begin()


def traceparent() -> str:
    """Return the header to send along with a call."""
    return f"00-{current()}-{os.urandom(8).hex()}-01"
