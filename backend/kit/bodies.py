"""Reads the body of a hot route, which takes a Request: what is wrong with it is the caller's."""

from typing import TypeVar

from fastapi import Request
from pydantic import TypeAdapter, ValidationError

from backend.kit.errors import malformed

Body = TypeVar("Body")


async def body_of(request: Request, adapter: TypeAdapter[Body]) -> Body:
    """Read a body; raises Malformed, which names each wrong field."""
    try:
        return adapter.validate_json(await request.body())
    except ValidationError as error:
        raise malformed(list(error.errors())) from None
