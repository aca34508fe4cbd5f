"""Layers below what import-linter sees: who commits, what rules may know, where SQL is written."""

import ast
import re
import sys

import pytest

from tests.architecture.sources import SOURCES, Source, refuse, written

_PURE = ("backend.contracts", "moviemesh_ticketcode")
_ENDS = {"commit", "rollback"}
_DOORS = {"endpoints", "consumers", "rules"}
_SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM)\b", re.DOTALL)
_RUNS = {"execute", "executemany", "SQL", "copy"}
# Where a transaction begins and ends; everything else is inside of one.
_BOUNDARIES = {"backend/kit/database.py"}


def impure_rules(sources: list[Source]) -> list[str]:
    """Return what rules import beyond the standard library, the contracts and other rules."""
    return [
        source.at(line, name)
        for source in sources
        if source.name == "rules"
        for line, name in source.imports()
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith(_PURE)
        and ".rules." not in name
    ]


def commits(sources: list[Source]) -> list[str]:
    return [
        source.at(node.lineno, ast.unparse(node))
        for source in sources
        if source.path not in _BOUNDARIES
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _ENDS
    ]


def sql_at_the_door(sources: list[Source]) -> list[str]:
    return [
        source.at(node.lineno, "SQL")
        for source in sources
        if source.name in _DOORS
        for node in source.nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and _SQL.search(node.value)
    ]


def is_fixed(node: ast.expr) -> bool:
    """Say whether a statement is known before it runs: literals, names, and sums of constants."""
    match node:
        case ast.JoinedStr():
            return not any(isinstance(value, ast.FormattedValue) for value in node.values)
        case ast.BinOp(op=ast.Add()):
            return all(is_fixed(side) and not is_local(side) for side in (node.left, node.right))
        case ast.BinOp():
            return False
        case ast.Call(func=ast.Attribute(attr="format", value=ast.Constant())):
            return False
    return True


def is_local(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and not node.id.isupper()


def built_statements(sources: list[Source]) -> list[str]:
    """Return statements put together where they run, unless the line says why (S608)."""
    return [
        source.at(node.lineno, ast.unparse(node.args[0]))
        for source in sources
        for node in source.nodes
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in _RUNS
        and node.args
        and not is_fixed(node.args[0])
        and not excused(source, node)
    ]


def excused(source: Source, node: ast.Call) -> bool:
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return any("S608 -- " in source.comments.get(line, "") for line in lines)


def test_rules_know_only_the_contracts():
    refuse(impure_rules(SOURCES))


def test_only_the_boundary_commits():
    refuse(commits(SOURCES))


def test_doors_and_rules_write_no_sql():
    refuse(sql_at_the_door(SOURCES))


def test_statements_are_fixed_and_parameters_are_given_apart():
    refuse(built_statements(SOURCES))


def test_rules_that_know_a_database_are_found():
    source = written("import psycopg\nimport math\n", "backend/movies/seats/rules.py")

    assert impure_rules([source]) == ["backend/movies/seats/rules.py:1 psycopg"]


def test_a_commit_in_a_service_is_found():
    source = written("async def pay(c):\n    await c.commit()\n")

    assert commits([source]) == ["backend/movies/orders/service.py:2 c.commit()"]


def test_sql_in_an_endpoint_is_found():
    source = written('_ALL = """SELECT *\nFROM claim"""', "backend/movies/seats/endpoints.py")

    assert sql_at_the_door([source]) == ["backend/movies/seats/endpoints.py:1 SQL"]


@pytest.mark.parametrize(
    ("call", "is_found"),
    [
        ('c.execute("SELECT 1")', False),
        ("c.execute(_READ, (a,))", False),
        ('c.execute(_READ + "WHERE id = %s", (a,))', False),
        ('c.execute(f"SELECT {column} FROM t")', True),
        ('c.execute("SELECT " + column)', True),
        ('c.execute("SELECT %s" % column)', True),
        ('c.execute("SELECT {}".format(column))', True),
        ('c.execute("SELECT " + column)  # noqa: S608 -- one of two constants', False),
    ],
)
def test_a_statement_built_in_place_is_found(call, is_found):
    assert bool(built_statements([written(call)])) is is_found
