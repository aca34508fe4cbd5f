"""The child that migrates: reads lines of `DSN PACKAGE` (a DSN holds a password) from its input."""

import sys
from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config

from backend.kit.migrations import Schema, only_runner


def main(lines: Iterable[str]) -> None:
    """Bring each database to its head, under its lock."""
    for line in lines:
        dsn, package = line.split()
        schema = Schema(dsn, package)
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "environment"))
        config.set_main_option("version_locations", str(schema.versions))
        config.set_main_option("path_separator", "newline")
        config.attributes["dsn"] = dsn
        with only_runner(dsn):
            command.upgrade(config, "head")


if __name__ == "__main__":
    main(sys.stdin)
