"""What the website's server asks on each request of a visitor."""

from fastapi import APIRouter, Request

from backend.auth.callers import FromWeb, parts_of
from backend.auth.sessions import service
from backend.contracts.sessions import SessionRead

router = APIRouter(tags=["sessions"])


@router.get("/internal/session", dependencies=[FromWeb])
async def read_session(request: Request) -> SessionRead:
    """Return the session of the browser whose Cookie header comes along. For the website only."""
    parts = parts_of(request)
    return await service.read(parts, parts.cookies.read(request.headers.get("cookie")))
