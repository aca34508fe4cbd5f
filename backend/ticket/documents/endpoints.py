"""The doors to the PDFs: given to the order's owner and to the cinema's staff only."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.kit.tokens.bearer import allowed
from backend.kit.tokens.principal import Principal
from backend.ticket.documents.drawing import Document
from backend.ticket.issuing.reading import owned
from backend.ticket.parts import parts_of

router = APIRouter(tags=["documents"])
Reader = Annotated[Principal, allowed("tickets.read")]
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


class Pdf(Response):
    """A PDF answer, as the contract shows it."""

    media_type = "application/pdf"


@router.get("/orders/{order_id}/tickets.pdf", response_class=Pdf, responses=_PDF)
async def read_tickets_pdf(request: Request, order_id: UUID, principal: Reader) -> Pdf:
    """Return the tickets of an order, its receipt last, as one PDF."""
    return await _answer(request, principal, order_id, "tickets")


@router.get("/orders/{order_id}/receipt.pdf", response_class=Pdf, responses=_PDF)
async def read_receipt_pdf(request: Request, order_id: UUID, principal: Reader) -> Pdf:
    """Return the receipt of an order as a PDF."""
    return await _answer(request, principal, order_id, "receipt")


async def _answer(
    request: Request, principal: Principal, order_id: UUID, document: Document
) -> Pdf:
    parts = parts_of(request)
    async with parts.database.connection() as connection:
        order = await owned(connection, principal, order_id)
    content = await parts.documents.pdf(order, document)
    name = f"moviemesh-{document}-{order.reference}.pdf"
    headers = {
        "Content-Disposition": f'inline; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Pdf(content, headers=headers)
