"""The lists that doors pull each half minute; sealed, so that nobody between can change them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from moviemesh_ticketcode import Relocations, Revocations
from starlette.responses import Response

from backend.contracts.problems_catalogue import CinemaMissing
from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.ticket.lists import repository
from backend.ticket.parts import Parts, parts_of

router = APIRouter(tags=["lists"])
Steward = Annotated[Principal, allowed("manifests.read")]
_SEALED: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


class Sealed(Response):
    """A sealed list: 64 bytes of signature, then its JSON."""

    media_type = "application/octet-stream"


@router.get("/cinemas/{cinema_id}/revocations", response_class=Sealed, responses=_SEALED)
async def read_revocations(request: Request, cinema_id: UUID, principal: Steward) -> Sealed:
    """Return the tickets of a cinema that no door may accept any more."""
    parts = parts_of(request)
    async with parts.database.connection() as connection:
        found = await repository.revoked(connection, cinema_id)
    if found is None:
        raise CinemaMissing
    principal.demand_at("manifests.read", found.slug)
    content = Revocations(
        cinema=str(cinema_id),
        version=found.version,
        epoch=parts.settings.restore_epoch,
        issued_at=found.at,
        tickets=tuple(found.tickets),
    )
    return _sealed(parts, content)


@router.get("/cinemas/{cinema_id}/relocations", response_class=Sealed, responses=_SEALED)
async def read_relocations(request: Request, cinema_id: UUID, principal: Steward) -> Sealed:
    """Return where the moved tickets of a cinema lead now."""
    parts = parts_of(request)
    async with parts.database.connection() as connection:
        found = await repository.moved(connection, cinema_id)
    if found is None:
        raise CinemaMissing
    principal.demand_at("manifests.read", found.slug)
    content = Relocations(
        cinema=str(cinema_id),
        version=found.version,
        epoch=parts.settings.restore_epoch,
        issued_at=found.at,
        moves=found.moves,
    )
    return _sealed(parts, content)


def _sealed(parts: Parts, content: Revocations | Relocations) -> Sealed:
    headers = {
        "Cache-Control": "no-store",
        "ETag": f'"{content.epoch}.{content.version}"',
    }
    return Sealed(parts.keys.seal(content), headers=headers)
