"""The access log: who was let to which object, a line of JSON for each good answer.

It is for the checker, which works out anew from the databases whether that caller might. A request
only appends to a list; the lines are made and written each second. Bodies and names stay out: a
line names subjects and objects by their ids.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic_core import to_json
from starlette.types import Scope

from backend.kit import trace
from backend.kit.logs import logger
from backend.kit.tasks import end
from backend.kit.tokens.principal import Principal

_log = logger(__name__)
_PLACE = "moviemesh.access"
_EVERY_S = 1.0
# What a disk that is full or away may cost of memory.
_MOST = 50_000
_LARGEST = 64_000_000
_KEPT = timedelta(days=30)


# Time, caller, permission, method, route, objects, status, trace id. A plain tuple: it is made on
# every request.
_Entry = tuple[float, Principal, str, str, str, dict[str, Any], int, str]


class AccessLog:
    """One service's log in a folder of its own; without a folder it does nothing.

    A file ends with its day, or at `largest` bytes; ended ones are deleted after 30 days.
    """

    def __init__(
        self,
        folder: Path | None,
        service: str,
        *,
        largest: int = _LARGEST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._folder = folder
        self._service = service
        self._largest = largest
        self._clock = clock
        self._entries: list[_Entry] = []
        self._task: asyncio.Task[None] | None = None

    def let_in(self, scope: Scope, principal: Principal, operation: str) -> None:
        """Remember with a request who makes it, and by which permission."""
        if self._folder is not None:
            scope[_PLACE] = (self, principal, operation)

    def keep(self, scope: Scope, principal: Principal, operation: str, status: int) -> None:
        """Keep a good answer on an object; what it is about is in the route's parameters."""
        objects = scope.get("path_params")
        if objects and len(self._entries) < _MOST:
            route = getattr(scope.get("route"), "path", "-")
            self._entries.append(
                (time.time(), principal, operation, scope["method"], route, objects, status,
                 trace.current())
            )  # fmt: skip

    async def start(self) -> None:
        """Begin to write in the background."""
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._task = asyncio.create_task(self._run(), name="access log")

    async def stop(self) -> None:
        """Write what is left."""
        if self._task is not None:
            await end(self._task)
            self._task = None
            self.write()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY_S)
            self.write()

    def write(self) -> None:
        """Append the waiting lines; a disk that refuses costs lines, and no sale."""
        entries, self._entries = self._entries, []
        if not entries or self._folder is None:
            return
        try:
            path = self._folder / f"access-{self._service}.jsonl"
            self._rotate(path)
            path.touch(mode=0o600)
            with path.open("ab") as file:
                file.write(self._lines(entries))
        except OSError as error:
            _log.error("access log not written", lines=len(entries), error=repr(error))

    def _lines(self, entries: list[_Entry]) -> bytes:
        """Write entries as lines; what many of them share is made once."""
        callers: dict[int, bytes] = {}
        ways: dict[tuple[str, str, str, int], bytes] = {}
        lines = []
        for at, principal, operation, method, route, objects, status, trace_id in entries:
            who = callers.get(id(principal))
            if who is None:
                who = callers[id(principal)] = self._caller(principal)
            way = ways.get((operation, method, route, status))
            if way is None:
                made = {"operation": operation, "method": method, "route": route, "status": status}
                way = ways[operation, method, route, status] = to_json(made)[1:-1]
            about = to_json(objects)
            lines.append(
                b'{"at":%.6f,"trace_id":"%s",%s,%s,"objects":%s}\n'
                % (at, trace_id.encode(), who, way, about)
            )
        return b"".join(lines)

    def _caller(self, principal: Principal) -> bytes:
        return to_json(
            {
                "service": self._service,
                "subject": principal.subject,
                "typ": principal.token.typ,
                "aud": principal.token.audiences,
                "roles": sorted(principal.roles),
                "cinemas": sorted(principal.cinemas),
                "order": principal.order_id,
            }
        )[1:-1]

    def _rotate(self, path: Path) -> None:
        """End the file of another day, or one that is full; forget what is old."""
        if not path.exists():
            return
        now, found = self._clock(), path.stat()
        begun = datetime.fromtimestamp(found.st_mtime, UTC).date()
        if begun == now.date() and found.st_size < self._largest:
            return
        path.rename(path.with_name(f"{path.stem}-{now:%Y%m%dT%H%M%S%f}.jsonl"))
        for old in path.parent.glob(f"{path.stem}-*.jsonl"):
            if datetime.fromtimestamp(old.stat().st_mtime, UTC) < now - _KEPT:
                old.unlink()


def note(scope: Scope, status: int) -> None:
    """Keep an answer, if it was a good one to somebody who was let in."""
    place = scope.get(_PLACE)
    if place is not None and 200 <= status < 300:
        access, principal, operation = place
        access.keep(scope, principal, operation, status)
