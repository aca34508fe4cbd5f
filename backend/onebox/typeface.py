"""The house's typeface on the pages of the stand-ins: one look, whoever draws the page."""

from functools import cache

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from brand.fonts import build, font_face_css

_PREFIX = "/-/fonts"
# The name changes with the content, so a browser may keep the file for ever.
_HEADERS = {"Cache-Control": "public, max-age=31536000, immutable"}


def typeface_css() -> str:
    """Return the rules that load the typeface from the page's own origin."""
    return font_face_css(_PREFIX) + "\n"


def typeface_route() -> Route:
    """Return the address of the font files."""
    return Route(f"{_PREFIX}/{{name}}", _serve)


async def _serve(request: Request) -> Response:
    content = _files().get(request.path_params["name"])
    if content is None:
        raise HTTPException(404)
    return Response(content, media_type="font/woff2", headers=_HEADERS)


@cache
def _files() -> dict[str, bytes]:
    """Read the subsets; they are made here where the installation did not."""
    return {path.name: path.read_bytes() for path in build().values()}
