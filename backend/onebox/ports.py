"""The ports of a onebox: one block on loopback, and all of it moves where one port is taken.

The sockets are bound here, before anything else starts, so that a port that was free stays ours.
"""

import errno
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

BASE: Mapping[str, int] = {
    "web": 8081,
    "auth": 5001,
    "movies": 5002,
    "ticket": 5003,
    "payment": 5004,
    "identity": 8180,
    "simulator": 12111,
    "mailbox": 8025,
    "smtp": 1025,
}
_STEP, _BLOCKS = 100, 40
_BACKLOG = 2048


class PortsTaken(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """The wanted block is not free; the message says what to do."""


@dataclass(slots=True)
class Block:
    """Bound sockets by service, all moved by `offset` from their usual ports."""

    offset: int
    sockets: dict[str, list[socket.socket]] = field(default_factory=dict)

    def port(self, service: str) -> int:
        """Return a service's port."""
        return BASE[service] + self.offset

    def url(self, service: str) -> str:
        """Return a service's address as a browser on this machine writes it."""
        return f"http://localhost:{self.port(service)}"

    def inner(self, service: str) -> str:
        """Return a service's address for the others: no look-up of a name."""
        return f"http://127.0.0.1:{self.port(service)}"

    def close(self) -> None:
        """Give every port back."""
        for pair in self.sockets.values():
            for one in pair:
                one.close()
        self.sockets.clear()


def parse_offset(text: str) -> int | None:
    """Read PORTS such as +100; nothing means any block. Raises PortsTaken for other words."""
    if not text.strip():
        return None
    digits = text.strip().removeprefix("+")
    offset = int(digits) if digits.isascii() and digits.isdigit() else -1
    if not 0 <= offset <= 65535 - max(BASE.values()):
        raise PortsTaken(f"PORTS={text} is not an offset. Give a number such as PORTS=+100.")
    return offset


def take(wanted: int | None, *, last: int | None = None) -> Block:
    """Bind the wanted block, else the one used last, else the next free one."""
    if wanted is not None:
        return _bound(wanted)
    offsets = dict.fromkeys([*([] if last is None else [last]), *_usual()])
    for offset in offsets:
        try:
            return _bound(offset)
        except PortsTaken:
            continue
    raise PortsTaken(
        f"No block of ports from {min(BASE.values())} on is free."
        " Stop what uses them, or choose one with PORTS=+10000."
    )


def _usual() -> Iterable[int]:
    return range(0, _STEP * _BLOCKS, _STEP)


def _bound(offset: int) -> Block:
    block = Block(offset)
    for service, base in BASE.items():
        try:
            block.sockets[service] = _listening(base + offset)
        except OSError as error:
            block.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
            raise PortsTaken(
                f"Port {base + offset} ({service}) is taken."
                f" Stop what uses it, or choose another block, such as PORTS=+{offset + _STEP}."
            ) from None
    return block


def _listening(port: int) -> list[socket.socket]:
    """Bind a port on loopback; "localhost" may mean either family to a browser."""
    made = [_one(socket.AF_INET, "127.0.0.1", port)]
    try:
        made.append(_one(socket.AF_INET6, "::1", port))
    except OSError as error:
        # A machine without IPv6 is fine; somebody else on ::1 would get our visitors.
        if error.errno == errno.EADDRINUSE:
            made[0].close()
            raise
    return made


def _one(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound.bind((host, port))
        # Listening at once: a bound port alone could still be listened on by nobody, or twice.
        bound.listen(_BACKLOG)
        bound.setblocking(False)
    except OSError:
        bound.close()
        raise
    return bound
