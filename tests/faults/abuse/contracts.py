"""Every operation of every service, read from the OpenAPI documents that the services serve."""

import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.faults.rig.cinema import Cinema

SERVICES = ("auth", "movies", "payment", "ticket")


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation as its contract describes it. `document` is the whole contract."""

    service: str
    method: str
    path: str
    about: Mapping[str, Any]
    document: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.path}"

    @property
    def permission(self) -> str | None:
        """The permission that a token needs; None where no token is asked for."""
        for requirement in self.about.get("security", []):
            if "token" in requirement:
                [permission] = requirement["token"]
                return str(permission)
        return None

    @property
    def is_keyed(self) -> bool:
        """Say whether it demands an idempotency key."""
        return "Idempotency-Key" in {one["name"] for one in self.about.get("parameters", [])}

    @property
    def places(self) -> list[str]:
        """The names of the path's parameters."""
        return [one["name"] for one in self.about.get("parameters", []) if one["in"] == "path"]

    @property
    def queries(self) -> list[Mapping[str, Any]]:
        """The query's parameters that must be there."""
        every = self.about.get("parameters", [])
        return [one for one in every if one["in"] == "query" and one.get("required")]

    @property
    def content(self) -> Mapping[str, Any]:
        """The kinds of body that it takes, with their schemas."""
        found: Mapping[str, Any] = self.about.get("requestBody", {}).get("content", {})
        return found

    @property
    def is_stream(self) -> bool:
        """Say whether its answer goes on and on."""
        good: Mapping[str, Any] = self.about["responses"].get("200", {})
        return "text/event-stream" in good.get("content", {})

    @property
    def schema(self) -> Mapping[str, Any] | None:
        """The schema of its JSON body."""
        return self.content.get("application/json", {}).get("schema")


def operations(cinema: Cinema) -> list[Operation]:
    """Read every operation of the open cinema."""
    return [
        Operation(service, method.upper(), path, about, document)
        for service in SERVICES
        for document in [_document(f"{cinema.addresses[service]}/openapi.json")]
        for path, methods in document["paths"].items()
        for method, about in methods.items()
    ]


def _document(address: str) -> Mapping[str, Any]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        found: Mapping[str, Any] = json.load(answer)
    return found
