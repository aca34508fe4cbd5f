"""Every service's application with the settings that a onebox gives it, made by name.

A service is loaded when it is made. So the site answers before those are loaded that its first
page does not need.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import httpx2

from backend.kit.messaging.in_process import InProcessBroker
from backend.onebox.ground import Ground
from backend.onebox.mailbox.store import MailStore

# What the first page needs, and the others, each in the order of their start.
FRONTS = ("movies", "auth", "web")
BACKS = ("identity", "simulator", "mailbox", "payment", "ticket")


@dataclass(frozen=True, slots=True)
class Shared:
    """What the services of a onebox share; with `reload` the site's templates are read again."""

    http: httpx2.AsyncClient
    mails: MailStore
    reload: bool = False
    broker: InProcessBroker = field(default_factory=InProcessBroker)


@dataclass(frozen=True, slots=True)
class Cinema:
    """The applications in the order of their start, and what they share."""

    apps: dict[str, Any]
    broker: InProcessBroker
    mails: MailStore


def load(names: Iterable[str]) -> None:
    """Import services; a thread may do it while others already answer."""
    for name in names:
        import_module(f"backend.onebox.wiring.{name}")


def applications(ground: Ground, shared: Shared, names: Iterable[str]) -> dict[str, Any]:
    """Make applications; nothing is started."""
    load(names)
    return {
        name: import_module(f"backend.onebox.wiring.{name}").application(ground, shared)
        for name in names
    }


def assemble(ground: Ground, http: httpx2.AsyncClient) -> Cinema:
    """Make every application; nothing is started."""
    shared = Shared(http, MailStore(ground.folders.mails))
    made = applications(ground, shared, (*BACKS, *FRONTS))
    return Cinema(made, shared.broker, shared.mails)
