"""Counts what was written in the write-ahead log: rows and index entries, as PostgreSQL tells."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.stage.cinema import Stage
from bench.stage.server import Server

_LINE = re.compile(r"^(\S+)/(\S+)\s+(\d+)\s+\(")
_KINDS = {
    "rows": re.compile(r"Heap/INSERT|Heap2/MULTI_INSERT"),
    "updates": re.compile(r"Heap/(HOT_)?UPDATE"),
    "deletes": re.compile(r"Heap/DELETE"),
    "index entries": re.compile(r"Btree/INSERT_LEAF|Btree/SPLIT_[LR]"),
}


@dataclass
class Written:
    """What a span of the log holds; filled in when the span is over."""

    counts: dict[str, int] = field(default_factory=dict)
    bytes: int = 0

    def per(self, operations: int) -> dict[str, float]:
        """Return the counts for one operation."""
        return {kind: count / operations for kind, count in self.counts.items()}


@contextmanager
def span(stage: Stage) -> Iterator[Written]:
    """Yield what was written inside of the block, by whomever."""
    written = Written()
    with stage.admin("postgres") as connection:
        begin = _position(connection.execute(_NOW).fetchone())
        yield written
        end = _position(connection.execute(_NOW).fetchone())
        sized = connection.execute("SELECT pg_wal_lsn_diff(%s, %s)", (end, begin)).fetchone()
    written.bytes = int((sized or (0,))[0])
    written.counts = counts(_listed(stage.server, begin, end))


def counts(listing: str) -> dict[str, int]:
    """Sum pg_waldump's table of records by what they are."""
    found = dict.fromkeys(_KINDS, 0)
    for line in listing.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        name = f"{match[1]}/{match[2]}".removesuffix("+INIT")
        for kind, pattern in _KINDS.items():
            if pattern.fullmatch(name):
                found[kind] += int(match[3])
    return found


# The end of what is written out: a span ends at the end of a record.
_NOW = "SELECT pg_current_wal_flush_lsn()::text"


def _position(row: tuple[object, ...] | None) -> str:
    return str((row or ("0/0",))[0])


def _listed(server: Server, begin: str, end: str) -> str:
    words = [server.programs.program("pg_waldump"), "--stats=record"]
    words += [f"--path={server.folder / 'data' / 'pg_wal'}", f"--start={begin}", f"--end={end}"]
    ran = subprocess.run(  # noqa: S603 -- the program that was found
        words, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise RuntimeError(f"pg_waldump failed: {ran.stderr}")
    return ran.stdout
