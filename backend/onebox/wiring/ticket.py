"""The ticket service in a onebox: its mails go to the mailbox beside it."""

from typing import Any

from pydantic import SecretStr

from backend.onebox.assembly import Shared
from backend.onebox.ground import Ground
from backend.onebox.secrets import TICKET_KEY_ID
from backend.ticket.app import create_app
from backend.ticket.settings import TicketSettings


def application(ground: Ground, shared: Shared) -> Any:
    """Make the application."""
    return create_app(_settings(ground), broker=shared.broker, http=shared.http)


def _settings(ground: Ground) -> TicketSettings:
    return TicketSettings(
        dsn=ground.dsn("ticket"),
        **ground.trust(),
        ticket_keys={TICKET_KEY_ID: ground.secrets.ticket_key},
        ticket_key_id=TICKET_KEY_ID,
        list_key=ground.secrets.list_key,
        lookup_secret=SecretStr(ground.secrets.lookup_secret),
        public_url=ground.ports.url("web"),
        tickets_folder=ground.folders.documents,
        smtp_port=ground.ports.port("smtp"),
        mail_from="tickets@mesh.example",
    )
