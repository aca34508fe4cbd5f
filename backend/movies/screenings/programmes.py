"""Programmes kept as bytes, each as true as a read that began after its request.

Requests that come together share one read: of the catalogue's version, and of the versions of the
screenings' seat maps. What did not change is served as it is; a screening whose seats changed is
counted again; only a change of the catalogue, or of what the clock says, makes a programme anew.
"""

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import psycopg

from backend.kit.database import Connection, Database
from backend.kit.gathering import Gathering
from backend.movies.screenings.planning import planned

_VERSIONS = """
    SELECT catalogue_version() AS catalogue, ARRAY(
        SELECT version FROM unnest(%s::bigint[]) WITH ORDINALITY AS asked (screening_id, n)
        JOIN screening_seats USING (screening_id) ORDER BY n
    ) AS versions
"""
_COUNT = """
    WITH now AS MATERIALIZED (SELECT clock_timestamp() AS t)
    SELECT v.screening_id, v.version,
           count(*) FILTER (WHERE c.state <> 'HELD' OR c.expires_at > t) AS taken,
           extract(epoch FROM min(c.expires_at) FILTER (WHERE c.state = 'HELD' AND c.expires_at > t)
               - min(t))::float8 AS changes_in_s
    FROM now, screening_seats v LEFT JOIN seat_claim c ON c.screening_id = v.screening_id
    WHERE v.screening_id = ANY(%s) GROUP BY v.screening_id, v.version
"""
# Quotes within a text are escaped, so this is never part of one.
_FREE = re.compile(rb'"free":(\d+)')
_MOST = 500

Asked = tuple[str, date | None, str]


@dataclass(frozen=True, slots=True)
class Page:
    """A programme as it is sent, and a tag that changes with it."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class _Count:
    """The seats of a screening that are not free, at a version of its map, until a hold ends."""

    version: int
    taken: int
    until: float


@dataclass(frozen=True, slots=True)
class _Kept:
    """A programme in parts: between two of them stands how many seats of a screening are free."""

    catalogue: int
    until: float
    parts: Sequence[bytes]
    capacities: Sequence[int]
    counts: Mapping[int, _Count]
    page: Page

    def changed(self, versions: Mapping[int, int], now: float) -> list[int]:
        """Return the screenings that must be counted again."""
        return [
            key
            for key, count in self.counts.items()
            if versions.get(key) != count.version or count.until <= now
        ]


class Programmes:
    """The programmes of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[Asked, _Kept] = {}
        self._reads = Gathering("programme rounds", self._read)

    async def page(self, cinema: str, day: date | None, language: str) -> Page:
        """Return a business day; without a day, today's; raises CinemaMissing."""
        found = await self._reads.get((cinema, day, language))
        if isinstance(found, Page):
            return found
        raise found or LookupError(cinema)

    async def _read(self, wanted: Sequence[Asked]) -> dict[Asked, Page | Exception]:
        pages: dict[Asked, Page | Exception] = {}
        async with self._database.connection() as connection:
            now = time.monotonic()
            keys = list({key for asked in wanted for key in self._counts(asked)})
            row = await (await connection.execute(_VERSIONS, (keys,))).fetchone() or {}
            # A screening is never deleted, nor its lock: there is a version for each key.
            versions = dict(zip(keys, row["versions"], strict=True))
            for asked in wanted:
                kept = self._kept.get(asked)
                try:
                    if kept is None or kept.catalogue != row["catalogue"] or kept.until <= now:
                        kept = await _made(connection, asked, row["catalogue"])
                    elif changed := kept.changed(versions, now):
                        kept = _with(kept, await _counted(connection, changed))
                except psycopg.OperationalError:
                    raise  # the database itself: nobody in this round has an answer
                # Each asks for itself: what spoils one page must not refuse the others.
                except Exception as error:  # noqa: BLE001 -- handed to those who asked for it
                    pages[asked] = error
                    continue
                pages[asked] = self._keep(asked, kept).page
        return pages

    def _counts(self, asked: Asked) -> Mapping[int, _Count]:
        kept = self._kept.get(asked)
        return {} if kept is None else kept.counts

    def _keep(self, asked: Asked, kept: _Kept) -> _Kept:
        if asked not in self._kept and len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[asked] = kept
        return kept


async def _made(connection: Connection, asked: Asked, catalogue: int) -> _Kept:
    """Make a programme anew; the catalogue's version was read before."""
    began = time.monotonic()
    plan = await planned(connection, *asked)
    parts = _FREE.split(plan.programme.model_dump_json().encode())
    kept = _Kept(
        catalogue=catalogue,
        until=began + (plan.changes_at - plan.at).total_seconds(),
        parts=parts[::2],
        capacities=[int(capacity) for capacity in parts[1::2]],
        counts={key: _Count(-1, 0, began) for key in plan.keys},
        page=Page(b"", ""),
    )
    return _with(kept, await _counted(connection, plan.keys))


async def _counted(connection: Connection, keys: Sequence[int]) -> dict[int, _Count]:
    began = time.monotonic()
    rows = await (await connection.execute(_COUNT, (list(keys),))).fetchall()
    return {row["screening_id"]: _count(row, began) for row in rows}


def _count(row: Mapping[str, Any], began: float) -> _Count:
    left = row["changes_in_s"]
    return _Count(row["version"], row["taken"], began + left if left is not None else float("inf"))


def _with(kept: _Kept, counted: Mapping[int, _Count]) -> _Kept:
    """Return a programme with some screenings counted anew."""
    counts = {key: counted.get(key, count) for key, count in kept.counts.items()}
    written = [kept.parts[0]]
    for part, capacity, count in zip(kept.parts[1:], kept.capacities, counts.values(), strict=True):
        written += (b'"free":%d' % max(0, capacity - count.taken), part)
    body = b"".join(written)
    digest = hashlib.sha256(body).hexdigest()[:32]
    return replace(kept, counts=counts, page=Page(body, f'"{digest}"'))
