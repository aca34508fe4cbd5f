"""The registry of messages: every kind under its own name, in a shape that survives the wire."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from backend.contracts.messages import MESSAGES, AttemptEvent, Envelope, Message

_ABSTRACT = {"Message", "AttemptMessage", "AttemptEvent"}
_AGGREGATES = {"payment", "order", "ticket", "tickets"}


def kinds(of: type[Message] = Message) -> set[type[Message]]:
    below = {kind for one in of.__subclasses__() for kind in kinds(one)}
    return {one for one in of.__subclasses__() if one.__name__ not in _ABSTRACT} | below


every_message = pytest.mark.parametrize("name", sorted(MESSAGES))


def test_registry_knows_every_message_and_nothing_else():
    assert set(MESSAGES.values()) == kinds()
    assert len(MESSAGES) == len({kind.TYPE for kind in kinds()})


@every_message
def test_name_says_aggregate_event_and_version(name):
    match = re.fullmatch(r"([a-z]+)\.([a-z_]+)\.v(\d+)", name)

    assert match
    assert match[1] in _AGGREGATES
    words = re.findall(r"[A-Z][a-z]+", MESSAGES[name].__name__)
    assert "_".join(words).lower() == f"{match[1]}_{match[2]}"


@every_message
def test_message_belongs_to_an_order_and_facts_of_attempts_are_counted(name):
    fields = MESSAGES[name].model_fields

    assert "order_id" in fields
    is_fact = name.startswith("payment.") and not name.endswith("_requested.v1")
    assert issubclass(MESSAGES[name], AttemptEvent) is is_fact
    assert ("attempt_version" in fields) is is_fact


_TEXTS = {"uuid": str(uuid4()), "date-time": "2026-05-01T18:00:00Z", "^[A-Z]{3}$": "RON"}


def sample(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    """Make something of a JSON schema, as another service would send it."""
    if "$ref" in schema:
        return sample(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return sample(schema["anyOf"][0], definitions)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object" if "properties" in schema:
            return {name: sample(of, definitions) for name, of in schema["properties"].items()}
        case "object":
            return {"1": sample(schema["additionalProperties"], definitions)}
        case "array":
            return [sample(schema["items"], definitions)]
        case "integer":
            return schema.get("minimum", 1)
    return _TEXTS.get(schema.get("format", schema.get("pattern", "")), "text")


@every_message
def test_message_survives_the_wire_and_takes_nothing_that_it_does_not_name(name):
    kind = MESSAGES[name]
    schema = kind.model_json_schema()
    sent = sample(schema, schema.get("$defs", {}))

    message = kind.model_validate(sent)
    assert kind.model_validate_json(message.model_dump_json()) == message
    assert set(message.model_dump(mode="json")) == set(sent)
    with pytest.raises(ValidationError):
        kind.model_validate(sent | {"of_tomorrow": 1})


def test_envelope_needs_a_time_with_its_zone():
    fields = {
        "id": uuid4(),
        "type": "order.paid.v1",
        "aggregate_id": uuid4(),
        "version": 1,
        "trace_id": "ab",
        "payload": {},
    }

    assert Envelope(**fields, occurred_at=datetime(2026, 1, 1, tzinfo=UTC)).version == 1
    with pytest.raises(ValidationError):
        Envelope.model_validate(fields | {"occurred_at": "2026-01-01T00:00:00"})
