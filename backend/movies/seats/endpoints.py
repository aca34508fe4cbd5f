"""The seat map over HTTP: public, because a map shows nobody's name."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backend.contracts.problems_orders import ScreeningMissing
from backend.contracts.seats import BestSeats, SeatMap
from backend.kit.openapi import answers, in_path
from backend.kit.streams import EventStream, event_stream
from backend.movies.parts import Parts
from backend.movies.seats.rules import best_seats

router = APIRouter(prefix="/screenings/{screening_id}/seats", tags=["seats"])


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _screening(request: Request) -> UUID:
    try:
        return UUID(request.path_params["screening_id"])
    except ValueError:
        raise ScreeningMissing from None


@router.get("", openapi_extra=answers(SeatMap, path={"screening_id": UUID}))
async def read_map(request: Request) -> Response:
    """Return which seats are taken, never older than the last commit before the request."""
    body = await _parts(request).maps.body(_screening(request))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get(
    "/live",
    response_class=EventStream,
    openapi_extra={"parameters": in_path({"screening_id": UUID})},
)
async def follow_map(request: Request) -> EventStream:
    """Stream the map as server-sent events, now and after each change."""
    parts, screening_id = _parts(request), _screening(request)
    await parts.offers.get(screening_id)
    return event_stream(parts.feed.events(screening_id))


@router.get("/best")
async def read_best(
    request: Request, screening_id: UUID, party: Annotated[int, Query(ge=1, le=10)] = 2
) -> BestSeats:
    """Return the best free seats together; an empty list when there are not enough."""
    parts = _parts(request)
    offer = await parts.offers.get(screening_id)
    taken = await parts.maps.taken(offer)
    return BestSeats(seats=best_seats(offer.room, taken.seats.listed(), party))
