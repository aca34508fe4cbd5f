"""The public keys, for every door and for anybody who checks a ticket offline."""

import json
from base64 import urlsafe_b64encode

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.contracts.tickets import KeysRead
from backend.kit.openapi import answers
from backend.ticket.parts import parts_of

router = APIRouter(tags=["keys"])


@router.get("/keys", openapi_extra=answers(KeysRead))
async def read_keys(request: Request) -> Response:
    """Return the public keys of tickets by key id, and the one of the lists. Open to all."""
    parts = parts_of(request)
    lists = urlsafe_b64encode(parts.keys.public_list_key).decode().rstrip("=")
    document = {**json.loads(parts.registry.listed.to_json()), "lists": lists}
    return Response(
        json.dumps(document, separators=(",", ":")),
        media_type="application/json",
        headers={"Cache-Control": "public, max-age=60"},
    )
