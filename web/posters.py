"""Posters by way of the site: pictures that strangers made, so each with a policy of its own."""

from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.client.movies import MoviesClient
from backend.contracts.problems_catalogue import PosterMissing

if TYPE_CHECKING:
    from web.parts import Parts

_MOST = 64
_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/svg+xml"})
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Posters:
    """Asks movies for pictures, and keeps the newest in memory by film and version."""

    def __init__(self, movies: MoviesClient) -> None:
        self._movies = movies
        self._kept: dict[tuple[UUID, str], tuple[bytes, str]] = {}

    async def answer(self, film_id: UUID, version: str) -> Response:
        """Return a poster; an address with another version leads to the present one."""
        kept = self._kept.get((film_id, version))
        if kept is None:
            found = await self._movies.poster(film_id)
            media_type = found.headers.get("content-type", "").partition(";")[0].strip()
            present = found.headers.get("etag", "").strip('"')
            if media_type not in _TYPES or not present:
                raise PosterMissing
            if present != version:
                target = f"/posters/{film_id}/{quote(present, safe='')}"
                return RedirectResponse(target, 307, {"Cache-Control": "no-cache"})
            kept = (found.content, media_type)
            self._keep((film_id, version), kept)
        # A new answer each time: the layers around it write into its headers.
        return Response(kept[0], media_type=kept[1], headers=_HEADERS)

    def _keep(self, key: tuple[UUID, str], picture: tuple[bytes, str]) -> None:
        if len(self._kept) >= _MOST:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = picture


async def serve(request: Request) -> Response:
    """Answer with the poster of an address."""
    parts: Parts = request.app.state.parts
    return await parts.posters.answer(
        request.path_params["film_id"], request.path_params["version"]
    )
