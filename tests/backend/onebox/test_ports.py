"""The block of ports: all of it or none, moved together, kept from the last start."""

import socket
from collections.abc import Callable, Iterator

import pytest

from backend.onebox import ports
from backend.onebox.ports import BASE, Block, PortsTaken

pytestmark = pytest.mark.integration
# Below the ports that systems give to outgoing connections.
FAR = 15_000


@pytest.fixture
def take() -> Iterator[Callable[..., Block]]:
    """Take blocks that are given back after the test."""
    taken: list[Block] = []

    def act(wanted: int | None, *, last: int | None = None) -> Block:
        taken.append(ports.take(wanted, last=last))
        return taken[-1]

    yield act
    for block in taken:
        block.close()


def test_a_block_binds_every_port_on_loopback(take):
    block = take(FAR)

    addresses = {one.getsockname()[0] for pair in block.sockets.values() for one in pair}

    assert addresses <= {"127.0.0.1", "::1"}
    assert {pair[0].getsockname()[1] for pair in block.sockets.values()} == {
        base + FAR for base in BASE.values()
    }


def test_one_taken_port_refuses_the_wanted_block_and_gives_the_others_back(take):
    with socket.socket() as other:
        other.bind(("127.0.0.1", BASE["identity"] + FAR))
        other.listen()

        with pytest.raises(PortsTaken, match=rf"{BASE['identity'] + FAR} \(identity\) is taken"):
            take(FAR)

    assert take(FAR).offset == FAR


def test_without_a_wish_the_next_free_block_is_taken(take, monkeypatch):
    monkeypatch.setattr(ports, "_usual", lambda: range(FAR, FAR + 300, 100))

    first, second = take(None), take(None)

    assert (first.offset, second.offset) == (FAR, FAR + 100)
    assert second.url("web") == f"http://localhost:{8081 + FAR + 100}"


def test_the_block_used_last_comes_first(take, monkeypatch):
    monkeypatch.setattr(ports, "_usual", lambda: range(FAR, FAR + 300, 100))

    assert take(None, last=FAR + 200).offset == FAR + 200


@pytest.mark.parametrize(("text", "offset"), [("", None), (" ", None), ("+100", 100), ("0", 0)])
def test_an_offset_is_read(text, offset):
    assert ports.parse_offset(text) == offset


@pytest.mark.parametrize("text", ["-1", "many", "+99999999", "1.5", "++1"])
def test_a_wrong_offset_is_refused_with_an_example(text):
    with pytest.raises(PortsTaken, match=r"PORTS=\+100"):
        ports.parse_offset(text)
