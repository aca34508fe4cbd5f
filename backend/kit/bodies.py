"""Reads what a hot route is given, which takes a Request: what is wrong with it is the caller's."""

from typing import Any, TypeVar
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import BaseModel, TypeAdapter, ValidationError

from backend.kit.errors import malformed

Body = TypeVar("Body")
Query = TypeVar("Query", bound=BaseModel)


async def body_of(request: Request, adapter: TypeAdapter[Body]) -> Body:
    """Read a body; raises Malformed, which names each wrong field."""
    try:
        return adapter.validate_json(await request.body())
    except ValidationError as error:
        raise malformed(list(error.errors())) from None


def query_of(query: bytes, model: type[Query]) -> Query:
    """Read what stands behind the question mark; raises Malformed, which names each wrong field."""
    given = dict(parse_qsl(query.decode("latin-1"), keep_blank_values=True))
    try:
        return model.model_validate(given)
    except ValidationError as error:
        wrong: list[Any] = [{**one, "loc": ("query", *one["loc"])} for one in error.errors()]
        raise malformed(wrong) from None
