"""The door: scans, and how full a screening is."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from backend.contracts.permissions import Role
from backend.contracts.tickets import AdmissionCounts, AdmissionCreate, AdmissionRead
from backend.kit.bodies import body_of
from backend.kit.keys import intent_of
from backend.kit.openapi import answers
from backend.kit.tokens.bearer import allowed, caller
from backend.kit.tokens.principal import Principal
from backend.ticket.admissions import repository, service
from backend.ticket.parts import parts_of

router = APIRouter(tags=["admissions"])
_BODY = TypeAdapter(AdmissionCreate)
Steward = Annotated[Principal, allowed("manifests.read")]
ScreeningKey = Annotated[int, Query(ge=1, le=2**63 - 1)]


@router.post(
    "/admissions",
    openapi_extra=answers(
        AdmissionRead, body=AdmissionCreate, is_keyed=True, permission="admissions.create"
    ),
)
async def admit(request: Request) -> Response:
    """Answer a scan with its outcome; only VALID lets somebody in. A hot route."""
    principal = await caller(request, "admissions.create")
    intent = await intent_of(request, principal.subject)
    body = await body_of(request, _BODY)
    reply = await service.scan(parts_of(request), principal, body, intent)
    return reply.response()


@router.get("/admissions")
async def count_admissions(
    request: Request, screening_key: ScreeningKey, principal: Steward
) -> AdmissionCounts:
    """Count the tickets of a screening of the caller's cinemas: sold, and admitted so far."""
    async with parts_of(request).database.connection() as connection:
        return await repository.counts(
            connection,
            screening_key,
            slugs=principal.cinemas,
            everywhere=Role.ADMIN in principal.roles,
        )
