"""Calls an operation of the contracts with whatever a test puts in its place."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.faults.abuse.contracts import SERVICES, Operation
from tests.faults.abuse.knocking import knock
from tests.faults.abuse.world import Place, World
from tests.faults.rig.wire import Answer, Wire

_AT_ONCE = 16
_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><path d="M0 0h2v3H0z"/></svg>'


@dataclass(frozen=True, slots=True)
class Call:
    """One call; what is not said is good, and about what is here."""

    operation: Operation
    authorization: str | None = None
    place: Place | None = None
    body: Any = None
    more: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, Any] = field(default_factory=dict)


async def called(world: World, call: Call, wire: Wire | None = None) -> Answer:
    """Call it and return the answer; of a stream, only its head."""
    operation = call.operation
    kind, body = _content(world, call)
    headers = {**({} if kind is None else {"content-type": kind}), **call.more}
    if call.authorization is not None:
        headers["authorization"] = call.authorization
    if operation.is_keyed:
        headers.setdefault("idempotency-key", uuid4().hex)
    target = world.target(operation, call.place, **call.places)
    if wire is not None and not operation.is_stream:
        return await wire.request(operation.method, target, headers=headers, body=body)
    return await knock(
        world.address(operation), operation.method, target, headers=headers.items(), body=body
    )


async def crowd(world: World, calls: Iterable[Call]) -> list[Answer]:
    """Call all, some at a time, and return their answers in order."""
    slots = asyncio.Semaphore(_AT_ONCE)
    wires = {service: Wire(world.open.addresses[service]) for service in SERVICES}

    async def one(call: Call) -> Answer:
        async with slots:
            return await called(world, call, wires[call.operation.service])

    try:
        return await asyncio.gather(*(one(call) for call in calls))
    finally:
        for wire in wires.values():
            await wire.close()


def _content(world: World, call: Call) -> tuple[str | None, bytes]:
    kinds = call.operation.content
    if call.body is not None:
        return "application/json", json.dumps(call.body).encode()
    if "application/json" in kinds:
        return "application/json", json.dumps(world.body(call.operation, call.place)).encode()
    return ("image/svg+xml", _SVG) if "image/svg+xml" in kinds else (None, b"")
