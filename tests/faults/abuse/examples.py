"""A good value for a JSON schema, so that what is refused is refused for what was added to it."""

from collections.abc import Mapping
from typing import Any

# What a pattern, or a rule beyond the schema, asks for, by the name of the field.
BY_NAME: Mapping[str, Any] = {
    "client_ip": "127.0.0.1",
    "code": "abuse",
    "currency": "RON",
    "door": "Door 1",
    "email": "buyer@guests.example",
    "languages": ["en", "ro"],
    "slug": "abuse",
    "starts_at": "2030-06-01T20:00:00Z",
    "ticket_type": "adult",
    "zone": "Europe/Bucharest",
}
_FORMATS = {
    "uuid": "00000000-0000-7000-8000-000000000000",
    "date": "2026-01-31",
    "date-time": "2030-06-01T20:00:00Z",
}


class NoExample(LookupError):  # noqa: N818 -- a fact about a contract
    """A schema asks for something that nobody has given an example of; the message says where."""


def example(
    schema: Mapping[str, Any],
    document: Mapping[str, Any],
    given: Mapping[str, Any],
    where: str = "body",
) -> Any:
    """Return a value that fits, with what is `given` by field; raises NoExample."""
    schema = resolved(schema, document)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, document, given, where)
    if kind == "array":
        one = example(schema["items"], document, given, where)
        return [one] * schema.get("minItems", 0)
    return _scalar(schema, where)


def resolved(schema: Mapping[str, Any], document: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema that a reference, or the first of several choices, leads to."""
    if "$ref" in schema:
        return resolved(_at(document, schema["$ref"]), document)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return resolved(schema[choice][0], document)
    return schema


def _object(
    schema: Mapping[str, Any], document: Mapping[str, Any], given: Mapping[str, Any], where: str
) -> dict[str, Any]:
    if "propertyNames" in schema:  # a text in every language
        return {"en": "Nobody", "ro": "Nimeni"}
    known = {**BY_NAME, **given}
    return {
        name: known[name]
        if name in known
        else example(schema["properties"][name], document, given, f"{where}.{name}")
        for name in schema.get("required", [])
    }


def _scalar(schema: Mapping[str, Any], where: str) -> Any:
    kind = schema.get("type")
    if kind == "integer":
        return int(schema.get("minimum", 1))
    if kind == "string" and schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    if kind == "string" and "pattern" not in schema:
        return "abc"
    plain: Mapping[Any, Any] = {"number": 0.5, "boolean": True, "null": None}
    if kind not in plain:
        raise NoExample(f"{where}: {dict(schema)}")
    return plain[kind]


def _at(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    node: Any = document
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    found: Mapping[str, Any] = node
    return found
