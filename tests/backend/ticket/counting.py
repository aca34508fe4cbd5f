"""Counts what the service asks its database."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.backend.ticket.rig import Rig

# The tasks of rounds and of the pool, which begin when they like.
_BY_ITSELF = ("documents", "housekeeping", "retention", "ticket keys", "pool-")


@contextmanager
def statements(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """List what requests and messages send to PostgreSQL, but for the borders of transactions."""
    sent: list[str] = []
    real = psycopg.AsyncCursor.execute

    async def execute(self: Any, query: Any, *values: Any, **more: Any) -> Any:
        task = asyncio.current_task()
        if task is None or not task.get_name().startswith(_BY_ITSELF):
            sent.append(" ".join(str(query).split()))
        return await real(self, query, *values, **more)

    with monkeypatch.context() as patch:
        patch.setattr(psycopg.AsyncCursor, "execute", execute)
        yield sent


async def quiet(rig: Rig) -> None:
    """Stop what looks for work by itself."""
    await rig.parts.relay.stop()
    await rig.parts.sender.stop()
