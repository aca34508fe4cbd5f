"""What a load generator is told, and what it tells back: files and lines between two processes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

Mode = Literal["closed", "paced"]


@dataclass(frozen=True, slots=True)
class Plan:
    """How to send the prepared requests of a file.

    `closed`: every connection sends its next request when the last one is answered, for `seconds`
    or until the requests are used up; with `repeats` they begin anew. `paced`: one request is due
    each 1/rate s, whatever is answered, and its time counts from when it was due. The bodies of
    the requests in `keeps` are reported.
    """

    host: str
    port: int
    requests: str
    mode: Mode = "closed"
    connections: int = 1
    seconds: float = 60.0
    rate: float = 0.0
    repeats: bool = False
    keeps: tuple[int, ...] = ()

    def written(self) -> str:
        """Return the plan as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> Self:
        """Read a plan back."""
        raw = json.loads(line)
        return cls(**{**raw, "keeps": tuple(raw["keeps"])})


@dataclass(slots=True)
class Sent:
    """What came of a plan. Times are milliseconds; `cpu_s` is the generator's own."""

    seconds: float
    cpu_s: float
    times_ms: list[float]
    statuses: dict[str, int]
    kept: dict[str, str] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many requests were answered."""
        return len(self.times_ms)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.done / self.seconds

    @property
    def cpu_ms(self) -> float:
        """The generator's own CPU for one request."""
        return self.cpu_s / max(1, self.done) * 1000

    def written(self) -> str:
        """Return the report as one line."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, line: str) -> Self:
        """Read a report back."""
        return cls(**json.loads(line))


def target(address: str) -> dict[str, Any]:
    """Return where an address leads, for a plan: no name has to be looked up."""
    return {"host": "127.0.0.1", "port": urlsplit(address).port or 80}


def request(
    method: str, path: str, *, headers: dict[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Write a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def save(path: Path, requests: Iterable[bytes]) -> None:
    """Write requests to a file, each after its length."""
    with path.open("wb") as file:
        for one in requests:
            file.write(len(one).to_bytes(4, "big") + one)


def load(path: Path) -> Iterator[bytes]:
    """Read requests back."""
    content = path.read_bytes()
    at = 0
    while at < len(content):
        end = at + 4 + int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : end]
        at = end
