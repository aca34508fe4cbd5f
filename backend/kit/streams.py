"""An answer that goes on: server-sent events, never kept and never gathered on the way."""

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse

_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """Sends events as they come; its type stands in the contract."""

    media_type = "text/event-stream"


def event_stream(events: AsyncIterator[bytes]) -> EventStream:
    """Begin a stream that nobody between keeps."""
    return EventStream(events, headers=_HEADERS)
