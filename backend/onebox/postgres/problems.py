"""What can keep PostgreSQL from starting, each with what to do about it."""


class PostgresProblem(Exception):  # noqa: N818 -- the base of facts
    """PostgreSQL cannot be used; the message is for the person at the terminal."""


class PostgresMissing(PostgresProblem):
    """There are no programs to run."""


class PostgresRefused(PostgresProblem):
    """PostgreSQL did not start; its own last words are in the message."""
