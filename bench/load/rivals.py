"""Rivals for one room: each looks at the map, asks for two free seats, and looks again when beaten.

`python -m bench.load.rivals` reads where, what and whose tokens; it reports what everybody got.
"""

import asyncio
import json
import sys
import time
from base64 import b64decode
from collections import Counter
from random import Random
from typing import Any
from uuid import uuid4

import uvloop

from bench.load.connection import Connection
from bench.load.plans import request


class Rival:
    """A guest with a connection of their own who wants two neighbouring seats."""

    def __init__(self, token: str, screening: str, dice: Random) -> None:
        self._token = token
        self._screening = screening
        self._dice = dice
        self._answers: asyncio.Queue[tuple[int, bytes]] = asyncio.Queue()
        self._connection = Connection(self._answered)
        self.statuses: Counter[str] = Counter()

    async def connect(self, host: str, port: int) -> None:
        """Open the connection."""
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self._connection, host, port)

    async def buy(self) -> None:
        """Try until two seats are held or nothing is free."""
        look = request("GET", f"/screenings/{self._screening}/seats")
        while pairs := _free(await self._send(look, "map")):
            first = self._dice.choice(pairs)
            lines = [{"seat": first}, {"seat": first + 1}]
            body = {"screening_id": self._screening, "lines": lines, "language": "en"}
            headers = {
                "Authorization": f"Bearer {self._token}",
                "Idempotency-Key": str(uuid4()),
            }
            wanted = request("POST", "/orders", headers=headers, body=json.dumps(body).encode())
            before = self.statuses["order 201"]
            await self._send(wanted, "order")
            if self.statuses["order 201"] > before:
                return

    async def _send(self, content: bytes, what: str) -> bytes:
        self._connection.send(content, 0, time.monotonic())
        status, body = await self._answers.get()
        self.statuses[f"{what} {status}"] += 1
        return body

    def _answered(self, _connection: Connection, status: int, body: bytes) -> None:
        self._answers.put_nowait((status, body))


def _free(body: bytes) -> list[int]:
    """Return the first seats of the pairs that a map shows as free: four bits a pair."""
    bits = b64decode(json.loads(body)["bitmap"])
    return [
        1 + 2 * pair
        for pair in range(2 * len(bits))
        if not bits[pair // 2] >> 4 - pair % 2 * 4 & 15
    ]


async def contend(plan: dict[str, Any]) -> dict[str, Any]:
    """Let all begin at once; return seconds, the generator's CPU, and the answers by kind."""
    dice = Random(plan["seed"])  # noqa: S311 -- chance, not secrecy
    rivals = [Rival(token, plan["screening"], dice) for token in plan["tokens"]]
    await asyncio.gather(*(rival.connect(plan["host"], plan["port"]) for rival in rivals))
    print("ready", flush=True)  # noqa: T201 -- the line that the measurer waits for
    sys.stdin.readline()
    began, cpu = time.monotonic(), time.process_time()
    await asyncio.gather(*(rival.buy() for rival in rivals))
    statuses: Counter[str] = sum((rival.statuses for rival in rivals), Counter())
    return {
        "seconds": time.monotonic() - began,
        "cpu_s": time.process_time() - cpu,
        "statuses": dict(statuses),
    }


def main() -> None:
    """Carry out the plan of the first line."""
    plan = json.loads(sys.stdin.readline())
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        print(json.dumps(runner.run(contend(plan))), flush=True)  # noqa: T201 -- the report


if __name__ == "__main__":
    main()
