"""The demo's mailbox in a onebox."""

from typing import Any

from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground
from backend.onebox.mailbox.app import create_app


def application(_ground: Ground, shared: Shared) -> Any:
    """Make the application."""
    return create_app(shared.mails)
