"""CPU seconds of the server's process and of all of PostgreSQL's, as the kernel counts them."""

from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds: the onebox process, and PostgreSQL with its background processes."""

    server: float
    database: float

    def __sub__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.server - other.server, self.database - other.database)

    def __add__(self, other: "Cpu") -> "Cpu":
        return Cpu(self.server + other.server, self.database + other.database)

    def per(self, operations: int) -> "Cpu":
        """Return milliseconds an operation."""
        return Cpu(self.server / operations * 1000, self.database / operations * 1000)

    @property
    def total(self) -> float:
        """Both together."""
        return self.server + self.database


class Meter:
    """Reads the clocks of a server's process and of a PostgreSQL cluster."""

    def __init__(self, server: int | None, postmaster: int) -> None:
        self._server = None if server is None else psutil.Process(server)
        self._postmaster = psutil.Process(postmaster)

    def read(self) -> Cpu:
        """Return what both have used since they began."""
        return Cpu(0.0 if self._server is None else _own(self._server), self._cluster())

    def _cluster(self) -> float:
        """Add the postmaster, its live children, and those that it has reaped."""
        times = self._postmaster.cpu_times()
        reaped: float = times.children_user + times.children_system
        return _own(self._postmaster) + reaped + sum(map(_own, self._postmaster.children()))


def _own(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        # It ended since it was listed: the postmaster has its time now, or the next reading has.
        return 0.0
    used: float = times.user + times.system
    return used
