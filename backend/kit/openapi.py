"""Declares what a hot route reads and answers, since it takes a Request and returns a Response."""

from typing import Any

from pydantic import BaseModel, TypeAdapter

from backend.kit.tokens.bearer import TOKEN

# Whatever else is answered: a problem, with its own facts beside these.
PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem: its code, what to do, and the trace id that the logs know",
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error", "detail", "trace_id"],
                    "properties": {
                        "error": {"type": "string"},
                        "detail": {"type": "string"},
                        "trace_id": {"type": "string"},
                    },
                    "additionalProperties": True,
                }
            }
        },
    }
}


def answers(
    answer: type[BaseModel],
    *,
    body: type[BaseModel] | None = None,
    path: dict[str, type] | None = None,
    query: type[BaseModel] | None = None,
    status: int = 200,
    or_status: int | None = None,
    is_keyed: bool = False,
    permission: str | None = None,
) -> dict[str, Any]:
    """Return `openapi_extra` for a route: its answer, body and parameters, and its door.

    A route that asks `caller` itself names its permission here; `allowed` tells it by itself.
    """
    parameters = in_path(path or {})
    if query is not None:
        parameters += _in_query(query)
    if is_keyed:
        parameters.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": True,
                "schema": {"type": "string", "minLength": 8, "maxLength": 64},
            }
        )
    extra: dict[str, Any] = {
        "parameters": parameters,
        "responses": {
            str(code): {"description": "Done", "content": _json(answer)}
            for code in (status, or_status)
            if code is not None
        },
    }
    if permission is not None:
        extra["security"] = [{TOKEN: [permission]}]
    if body is not None:
        extra["requestBody"] = {"required": True, "content": _json(body)}
    return extra


def in_path(named: dict[str, type]) -> list[dict[str, Any]]:
    """Return the parameters that stand in a route's path."""
    return [
        {"name": name, "in": "path", "required": True, "schema": TypeAdapter(kind).json_schema()}
        for name, kind in named.items()
    ]


def _in_query(model: type[BaseModel]) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": False, "schema": schema}
        for name, schema in model.model_json_schema()["properties"].items()
    ]


def _json(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    return {"application/json": {"schema": _inlined(schema, schema.pop("$defs", {}))}}


def _inlined(node: Any, definitions: dict[str, Any]) -> Any:
    """Put each definition where it is referred to; our schemas never refer to themselves."""
    if isinstance(node, dict):
        if "$ref" in node:
            return _inlined(definitions[node["$ref"].rsplit("/", 1)[1]], definitions)
        return {key: _inlined(value, definitions) for key, value in node.items()}
    if isinstance(node, list):
        return [_inlined(value, definitions) for value in node]
    return node
