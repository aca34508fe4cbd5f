"""Starts PostgreSQL again when it ends while the cinema is open: its data is whole after any end.

The services keep its address, so it comes back on the same port; what they were asked meanwhile
was answered 503.
"""

import asyncio

from backend.kit.logs import logger
from backend.onebox.postgres.cluster import Cluster
from backend.onebox.postgres.problems import PostgresRefused

_log = logger(__name__)
_LOOK_S = 0.25
_TRIES = 6


async def keep_running(server: Cluster, *, pause_s: float = 1.0) -> None:
    """Watch for ever; raises PostgresRefused when the server does not start any more."""
    while True:
        await asyncio.sleep(_LOOK_S)
        if not server.pid:
            _log.error("PostgreSQL ended and is started again")
            await _revive(server, pause_s)


async def _revive(server: Cluster, pause_s: float) -> None:
    for left in reversed(range(_TRIES)):
        try:
            await asyncio.to_thread(server.launch)
        except PostgresRefused as problem:
            # What is left of the old server may still hold its memory or port for a moment.
            _log.warning("PostgreSQL did not start", tries_left=left, error=str(problem))
            if not left:
                raise
            await asyncio.sleep(pause_s)
        else:
            return
