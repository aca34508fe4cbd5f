"""What the product writes for one order, found in the database itself: whatever it is today.

Every row that carries the transaction's number in `xmin` was written by it, in whatever table.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""
_COLUMNS = """
    SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type,
           a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%%'
               AS is_counted,
           EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid
                   AND a.attnum = ANY (i.indkey::smallint[])) AS is_indexed,
           EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary
                   AND a.attnum = ANY (i.indkey::smallint[])) AS is_key
    FROM pg_attribute a
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
_WRITER = "SELECT xmin::text FROM orders WHERE id = %s"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the live schema."""

    name: str
    type: str
    is_counted: bool
    is_indexed: bool
    is_key: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table that the order wrote to, and the rows as they were written: text by column."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, str | None], ...]
    is_updated: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """One order's rows in all tables."""

    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Return a table by name; raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


def counted(connection: psycopg.Connection) -> dict[str, int]:
    """Count the rows of every table: exact, unlike the statistics, which come late."""
    names = [str(row[0]) for row in connection.execute(_TABLES).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    found = {}
    for name in names:
        row = connection.execute(count.format(sql.Identifier(name))).fetchone()
        found[name] = int((row or (0,))[0])
    return found


def grown(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """Return by how many rows each table grew, but for those that did not."""
    return {name: after[name] - rows for name, rows in before.items() if after[name] != rows}


def take(connection: psycopg.Connection, order: str, before: Mapping[str, int]) -> Sample:
    """Read what the order's transaction wrote; `before` are the counts before it."""
    writer = connection.execute(_WRITER, (order,)).fetchone()
    if writer is None:
        raise LookupError(order)
    new = grown(before, counted(connection))
    tables = []
    for name in before:
        columns = _columns(connection, name)
        rows = _rows(connection, name, columns, writer=str(writer[0]))
        if rows:
            tables.append(Table(name, columns, rows, is_updated=name not in new))
    return Sample(tuple(tables))


def _columns(connection: psycopg.Connection, table: str) -> tuple[Column, ...]:
    return tuple(Column(*row) for row in connection.execute(_COLUMNS, (table,)).fetchall())


def _rows(
    connection: psycopg.Connection, table: str, columns: tuple[Column, ...], *, writer: str
) -> tuple[Mapping[str, str | None], ...]:
    texts = sql.SQL(", ").join(
        sql.SQL("{}::text").format(sql.Identifier(column.name)) for column in columns
    )
    query = sql.SQL("SELECT {} FROM {} WHERE xmin::text = %s ORDER BY ctid")
    found = connection.execute(query.format(texts, sql.Identifier(table)), (writer,)).fetchall()
    names = [column.name for column in columns]
    return tuple(dict(zip(names, row, strict=True)) for row in found)
