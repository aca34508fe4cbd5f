"""The parts of the ticket service, made once and handed to its endpoints and consumers."""

from dataclasses import dataclass

from fastapi import Request

from backend.kit.database import Database
from backend.kit.keys import Once
from backend.kit.messaging.outbox import Relay
from backend.ticket.admissions.scanning import Scanning
from backend.ticket.documents.service import Documents
from backend.ticket.keys.registry import KeyRegistry
from backend.ticket.keys.signing import SigningKeys
from backend.ticket.mails.sender import MailSender
from backend.ticket.settings import TicketSettings


@dataclass(frozen=True, slots=True)
class Parts:
    """What the features share."""

    settings: TicketSettings
    database: Database
    once: Once
    relay: Relay
    keys: SigningKeys
    registry: KeyRegistry
    scanning: Scanning
    documents: Documents
    sender: MailSender


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that serves this request."""
    parts: Parts = request.app.state.parts
    return parts
