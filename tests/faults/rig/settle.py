"""Settling: what is on its way arrives, what is open ends, and the reconciliation has looked.

Bounded: what is not quiet after two minutes is returned as findings, never waited for.
"""

import asyncio
import re
import time
from collections.abc import Mapping

import psycopg
from psycopg.rows import dict_row

from tests.faults.rig.cinema import Cinema
from tests.faults.rig.wire import InDoubt, NotSent, Wire

LIMIT_S = 120.0
_LOOK_S = 0.2
_OUTBOX = "(SELECT count(*) FROM outbox WHERE published_at IS NULL)"
# What must be nothing before the checker may look, by database. A webhook that comes again in a
# while is not waited for: payment looks at the provider by itself.
_OPEN: Mapping[str, Mapping[str, str]] = {
    "movies": {
        "messages not sent": _OUTBOX,
        "orders on their way": "(SELECT count(*) FROM orders WHERE state IN"
        " ('PAYING', 'CONFIRMING', 'PAID', 'REFUNDING'))",
        "holds that are over": "(SELECT count(*) FROM orders WHERE state = 'HELD'"
        " AND expires_at < clock_timestamp())",
    },
    "payment": {
        "messages not sent": _OUTBOX,
        "attempts on their way": "(SELECT count(*) FROM attempt WHERE review IS NULL"
        " AND state NOT IN ('CAPTURED', 'CANCELED', 'FAILED'))",
        "events not handled": "(SELECT count(*) FROM webhook_event WHERE handled_at IS NULL)",
        "refunds on their way": "(SELECT count(*) FROM refund"
        " WHERE state IN ('REQUESTED', 'PENDING') AND due_at IS NOT NULL)",
    },
    "ticket": {"messages not sent": _OUTBOX},
    "simulator": {
        "webhooks on their way": "(SELECT count(*) FROM delivery WHERE state = 'PENDING'"
        " AND next_at < clock_timestamp() + interval '2 seconds')",
        "work due": "(SELECT count(*) FROM due WHERE due_at < clock_timestamp()"
        " + interval '10 seconds')",
    },
}
_HEARTBEAT = re.compile(rb"^mm_recon_heartbeat_seconds ([0-9.e+]+)$", re.MULTILINE)


async def settle(cinema: Cinema, limit_s: float = LIMIT_S) -> list[str]:
    """Wait until nothing is on its way and the reconciliation has seen it; return what is left."""
    until = time.monotonic() + limit_s
    left = ["never looked"]
    while left and time.monotonic() < until:
        left = await _left(cinema)
        if not left:
            # The reconciliation may find work of its own, so what it left is looked at again.
            if not await _reconciled(cinema, until):
                return ["the reconciliation did not come round"]
            left = await _left(cinema)
        if left:
            await asyncio.sleep(_LOOK_S)
    return [f"not settled: {one}" for one in left]


async def _left(cinema: Cinema) -> list[str]:
    found: list[str] = []
    for service, counts in _OPEN.items():
        columns = ", ".join(f'{count} AS "{name}"' for name, count in counts.items())
        try:
            async with await psycopg.AsyncConnection.connect(
                cinema.dsns()[service], autocommit=True, row_factory=dict_row, connect_timeout=5
            ) as connection:
                row = await (await connection.execute(f"SELECT {columns}")).fetchone()
        except psycopg.OperationalError as error:
            found.append(f"{service}: {error}")
            continue
        found += [f"{service}: {count} {name}" for name, count in (row or {}).items() if count]
    return found


async def _reconciled(cinema: Cinema, until: float) -> bool:
    """Wait for a whole round of movies and payment that began after now."""
    began = {name: await _heartbeat(cinema, name) for name in ("movies", "payment")}
    rounds = dict.fromkeys(began, 0)
    while min(rounds.values()) < 2 and time.monotonic() < until:
        await asyncio.sleep(_LOOK_S)
        for name, before in began.items():
            now = await _heartbeat(cinema, name)
            if now > before:
                # The first round that ends may have begun before; the second did not.
                began[name], rounds[name] = now, rounds[name] + 1
    return min(rounds.values()) >= 2


async def _heartbeat(cinema: Cinema, service: str) -> float:
    wire = Wire(cinema.addresses[service])
    try:
        answer = await wire.request("GET", "/metrics", headers={})
    except (InDoubt, NotSent):
        return 0.0
    finally:
        await wire.close()
    found = _HEARTBEAT.search(answer.body)
    return float(found[1]) if found else 0.0
