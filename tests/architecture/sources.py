"""The source files of the repository, read and parsed once, and the findings about them."""

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE_ROOTS = ("backend", "bench", "brand", "cli", "web", "ticketcode/moviemesh_ticketcode")
TEST_ROOTS = ("tests", "ticketcode/tests")
_SKIPPED = {"__pycache__", "built", "artifacts"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file; `path` is relative to the repository and uses `/`."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Everything in the tree; walked once, since every check looks at it."""
        return list(ast.walk(self.tree))

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return self.path.rpartition("/")[2].removesuffix(".py")

    @property
    def is_test(self) -> bool:
        return self.path.startswith(TEST_ROOTS)

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def comments(self) -> dict[int, str]:
        """Return the comments by line number."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return {t.start[0]: t.string for t in tokens if t.type == tokenize.COMMENT}

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def imports(self) -> Iterator[tuple[int, str]]:
        """Yield line and full name of all that the file imports."""
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)

    def at(self, line: int, what: str) -> str:
        return f"{self.path}:{line} {what}"


def read(*roots: str) -> list[Source]:
    """Read every Python file below the roots."""
    paths = sorted(path for root in roots for path in (ROOT / root).rglob("*.py"))
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
        for path in paths
        if not _SKIPPED & set(path.parts)
    ]


SOURCES = read(*SOURCE_ROOTS)
TESTS = read(*TEST_ROOTS)
EVERYTHING = SOURCES + TESTS


def written(text: str, path: str = "backend/movies/orders/service.py") -> Source:
    """Make a source of its own, to show that a check finds what it looks for."""
    return Source(path, text)


def refuse(findings: list[str]) -> None:
    """Fail with every finding on a line of its own."""
    if findings:
        pytest.fail("\n".join(findings), pytrace=False)
