"""Brings databases up to date from a parent process that must not load Alembic."""

import subprocess
import sys
from collections.abc import Sequence

from backend.kit.migrations import Schema, pending

_LIMIT_S = 300


class MigrationFailed(Exception):  # noqa: N818 -- a fact for the operator
    """A step failed; its transaction was rolled back and the database is as it was."""


def migrate(schemas: Sequence[Schema]) -> int:
    """Run the pending steps of these schemas; return how many databases were behind."""
    behind = [schema for schema in schemas if pending(schema)]
    if not behind:
        return 0
    child = subprocess.run(
        [sys.executable, "-m", "backend.kit.migrations"],
        input="".join(f"{schema.dsn} {schema.package}\n" for schema in behind),
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    if child.returncode:
        tail = "\n".join(child.stderr.strip().splitlines()[-15:])
        message = f"The database could not be brought up to date:\n{tail}"
        raise MigrationFailed(message)
    return len(behind)
