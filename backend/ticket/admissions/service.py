"""A scan from its code to the door's answer: read by its signature, then answered by one call."""

from moviemesh_ticketcode import Outcome, Reading, read

from backend.contracts.permissions import Role
from backend.contracts.problems import Problem
from backend.contracts.tickets import AdmissionCreate
from backend.kit.ids import uuid7
from backend.kit.keys import Intent, Reply
from backend.kit.logs import logger
from backend.kit.tokens.principal import Principal
from backend.ticket.keys.registry import KeyRegistry
from backend.ticket.parts import Parts

_log = logger(__name__)


async def scan(parts: Parts, principal: Principal, body: AdmissionCreate, intent: Intent) -> Reply:
    """Answer a scan; raises CinemaMissing, Denied, IdempotencyKeyReused and Unavailable."""
    reading = await _read(parts.registry, body.code)
    answered = await parts.scanning.answer(_wanted(principal, reading, body, intent=intent))
    if answered.refusal is not None:
        raise Problem.named(answered.refusal)
    if answered.decided == Outcome.NOT_ISSUED:
        _log.error("signed ticket was never issued", ticket=str(reading.ticket_id), door=body.door)
    return Reply(200, (answered.answer or "").encode(), answered.is_replayed)


async def _read(registry: KeyRegistry, code: str) -> Reading:
    reading = read(code, registry.listed)
    if reading.outcome is Outcome.UNKNOWN_KEY:
        reading = read(code, await registry.asked_again())
    return reading


def _wanted(
    principal: Principal, reading: Reading, body: AdmissionCreate, *, intent: Intent
) -> dict[str, object]:
    return {
        "principal": intent.principal,
        "route": intent.route,
        "key": intent.key,
        "digest": intent.digest.hex(),
        "is_everywhere": Role.ADMIN in principal.roles,
        "slugs": list(principal.cinemas),
        "scan_id": str(uuid7()),
        "cinema_id": str(body.cinema_id),
        "ticket_id": None if reading.ticket_id is None else str(reading.ticket_id),
        "unread": reading.outcome,
        "door": body.door,
        "screening_keys": body.screening_keys,
    }
