"""Which statements a database was sent, as PostgreSQL itself logs them."""

import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from bench.stage.cinema import Stage

_ENTRY = re.compile(r"^moviemesh-bench\|(\w*)\|(.*)$")
_SENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)", re.DOTALL)
_SETTLE_S = 0.5
_ON = (
    "ALTER SYSTEM SET log_line_prefix = 'moviemesh-bench|%d|'",
    "ALTER SYSTEM SET log_statement = 'all'",
)
_OFF = ("ALTER SYSTEM RESET log_line_prefix", "ALTER SYSTEM RESET log_statement")


@contextmanager
def logged(stage: Stage) -> Iterator[dict[str, Counter[str]]]:
    """Yield what is filled in at the end of the block: by database, the texts that were sent."""
    log = stage.server.folder / "log"
    found: dict[str, Counter[str]] = defaultdict(Counter)
    with stage.admin("postgres") as connection:
        for statement in _ON:
            connection.execute(statement)
        connection.execute("SELECT pg_reload_conf()")
        time.sleep(_SETTLE_S)
        begin = log.stat().st_size
        try:
            yield found
        finally:
            with log.open("rb") as file:
                file.seek(begin)
                text = file.read().decode("utf-8", errors="replace")
            for statement in _OFF:
                connection.execute(statement)
            connection.execute("SELECT pg_reload_conf()")
    for database, statement in sent(text):
        found[database][statement] += 1


def sent(log: str) -> list[tuple[str, str]]:
    """Read databases and their statements from a log; what follows an entry belongs to it."""
    entries: list[tuple[str, str]] = []
    for line in log.splitlines():
        match = _ENTRY.match(line)
        if match:
            entries.append((match[1], match[2]))
        elif entries:
            entries[-1] = (entries[-1][0], f"{entries[-1][1]}\n{line}")
    return [
        (database, " ".join(match[1].split()))
        for database, entry in entries
        if (match := _SENT.search(entry))
    ]
