"""`moviemesh letters`: the messages that nobody could take, and sending one of them again.

A letter is sent again by its sender's own relay: its row of the outbox becomes due, and consumers
that have had it before do nothing. What fails again is a letter again.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from rich.console import Console
from rich.text import Text

from backend.contracts.traffic import ROUTES
from backend.onebox.postgres.problems import PostgresProblem
from cli.auditing import NothingToRead, sources
from cli.terminal import MISSING, WRONG, say_done, say_problem

_SERVICES = ("movies", "payment", "ticket")
_WAITING = """
    SELECT message_id, consumer, envelope ->> 'type' AS type,
           envelope ->> 'aggregate_id' AS order_id, tries, died_at, error
    FROM dead_letter WHERE replayed_at IS NULL ORDER BY died_at, message_id
"""
_FIND = """
    SELECT message_id, envelope ->> 'type' AS type
    FROM dead_letter WHERE message_id = %s AND replayed_at IS NULL
"""
_TAKE = """
    WITH forgotten AS (DELETE FROM inbox_failure WHERE message_id = %(id)s)
    UPDATE dead_letter SET replayed_at = clock_timestamp()
    WHERE message_id = %(id)s AND replayed_at IS NULL
"""
_SEND = """
    UPDATE outbox SET published_at = NULL, not_before = clock_timestamp() WHERE id = %s
"""
Row = dict[str, Any]


def letters(console: Console, replay: str) -> int:
    """List what waits, or send one again; return 0, 1 when it is not there, 2 without databases."""
    try:
        dsns = sources().dsns
        return _replayed(console, dsns, replay) if replay else _listed(console, dsns)
    except (NothingToRead, PostgresProblem) as problem:
        say_problem(console, problem)
    except (psycopg.Error, OSError) as error:
        say_problem(console, f"A database cannot be used: {str(error).strip()}")
    return WRONG


def _listed(console: Console, dsns: Mapping[str, str]) -> int:
    found = [row for name in _named(dsns) for row in _rows(dsns[name], _WAITING)]
    if not found:
        say_done(console, "No dead letters: every message was taken.")
        return 0
    for row in found:
        _show(console, row)
    console.print("Mend the cause, then: moviemesh letters --replay MESSAGE", soft_wrap=True)
    return 0


def _show(console: Console, row: Row) -> None:
    """Print a letter in lines that no terminal cuts: its id is there to be copied."""
    since = f"{row['died_at']:%Y-%m-%d %H:%M:%S} UTC"
    about = f"order {row['order_id']}, {row['tries']} tries, since {since}"
    head = Text.assemble((str(row["message_id"]), "bold"), f"  {row['type']} to {row['consumer']}")
    console.print(head, soft_wrap=True)
    for line in (about, row["error"]):
        console.print(Text(f"  {line}", style="dim" if line is about else ""), soft_wrap=True)


def _replayed(console: Console, dsns: Mapping[str, str], wanted: str) -> int:
    try:
        message = UUID(wanted)
    except ValueError:
        say_problem(
            console, f"{wanted} is not the id of a message. `moviemesh letters` lists them."
        )
        return MISSING
    holders = {name: row for name in _named(dsns) for row in _rows(dsns[name], _FIND, message)}
    if not holders:
        say_problem(console, f"No dead letter {message} waits. `moviemesh letters` lists them.")
        return MISSING
    kind = next(iter(holders.values()))["type"]
    # Who keeps a letter that nobody hears is its sender.
    sender = ROUTES[kind].sender if kind in ROUTES else next(iter(holders))
    if sender not in dsns or not _changed(
        dsns[sender], "SELECT 1 FROM outbox WHERE id = %s", message
    ):
        say_problem(
            console, f"{sender} does not have the message any more; it cannot be sent again."
        )
        return MISSING
    # First the mark, so that what fails again at once is listed again.
    for name in holders:
        _changed(dsns[name], _TAKE, message)
    _changed(dsns[sender], _SEND, message)
    say_done(console, f"{sender} sends {kind} again.")
    return 0


def _named(dsns: Mapping[str, str]) -> Iterator[str]:
    return (name for name in _SERVICES if name in dsns)


def _rows(dsn: str, statement: str, *values: object) -> list[Row]:
    with closing(psycopg.connect(dsn, autocommit=True, row_factory=dict_row)) as connection:
        return connection.execute(statement.encode(), values).fetchall()


def _changed(dsn: str, statement: str, message: UUID) -> int:
    with closing(psycopg.connect(dsn, autocommit=True)) as connection:
        values: Any = {"id": message} if "%(id)s" in statement else (message,)
        return connection.execute(statement.encode(), values).rowcount
