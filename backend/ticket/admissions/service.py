"""A scan from its code to the door's answer: decided by the code's own rules, admitted once."""

from moviemesh_ticketcode import Decision, Outcome, Reading, read

from backend.contracts.problems import Problem
from backend.contracts.problems_catalogue import CinemaMissing
from backend.contracts.tickets import AdmissionCreate
from backend.kit.database import retrying
from backend.kit.ids import uuid7
from backend.kit.keys import Intent, Reply
from backend.kit.logs import logger
from backend.kit.tokens.principal import Principal
from backend.ticket.admissions import repository
from backend.ticket.admissions.deciding import decision, is_shown
from backend.ticket.admissions.repository import NOTHING_SHOWN, Facts
from backend.ticket.keys.registry import KeyRegistry
from backend.ticket.parts import Parts

_log = logger(__name__)


async def scan(parts: Parts, principal: Principal, body: AdmissionCreate, intent: Intent) -> Reply:
    """Answer a scan; raises CinemaMissing, Denied and IdempotencyKeyReused."""
    reading = await _read(parts.registry, body.code)
    async with parts.database.connection() as connection:
        facts = await repository.facts(connection, body.cinema_id, reading.ticket_id)
        if facts is None:
            raise CinemaMissing
        principal.demand_at("admissions.create", facts.cinema_slug)
        decided = decision(reading, facts, body)
        wanted = _wanted(decided, facts, body, intent=intent)
        # A refund may hold the ticket's row for a moment.
        recorded = await retrying(lambda: repository.record(connection, wanted))
    if recorded.refusal is not None:
        raise Problem.named(recorded.refusal)
    if recorded.outcome == Outcome.NOT_ISSUED:
        _log.error("signed ticket was never issued", ticket=str(decided.ticket_id), door=body.door)
    return Reply(200, recorded.reply.encode(), recorded.is_replayed)


async def _read(registry: KeyRegistry, code: str) -> Reading:
    reading = read(code, await registry.listed())
    if reading.outcome is Outcome.UNKNOWN_KEY:
        reading = read(code, await registry.listed(unknown=True))
    return reading


def _wanted(
    decided: Decision, facts: Facts, body: AdmissionCreate, *, intent: Intent
) -> dict[str, object]:
    return {
        "principal": intent.principal,
        "route": intent.route,
        "key": intent.key,
        "digest": intent.digest.hex(),
        "scan_id": str(uuid7()),
        "cinema_id": str(body.cinema_id),
        "ticket_id": None if decided.ticket_id is None else str(decided.ticket_id),
        "door": body.door,
        "outcome": decided.outcome.value,
        "shown": facts.shown if is_shown(facts, body) else dict(NOTHING_SHOWN),
    }
