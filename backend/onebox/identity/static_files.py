"""The few files that our pages show, each under an address that changes with its content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from backend.onebox.typeface import typeface_css
from brand.logo import favicon
from brand.stylesheet import tokens_css

_OWN = Path(__file__).parent / "static" / "identity.css"
_HEADERS = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file's content as it is served."""

    content: bytes
    media_type: str

    @property
    def version(self) -> str:
        """Return a name for this very content."""
        return hashlib.sha256(self.content).hexdigest()[:12]


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Return the files by name, made once per process."""
    sheet = typeface_css() + tokens_css() + "\n" + _OWN.read_text(encoding="utf-8")
    return {
        "identity.css": StaticFile(sheet.encode(), "text/css"),
        "icon.svg": StaticFile(favicon().encode(), "image/svg+xml"),
    }


def address_of(name: str) -> str:
    """Return where a page finds a file."""
    return f"/resources/{static_files()[name].version}/{name}"


async def serve_icon(_request: Request) -> Response:
    """Answer browsers that ask for an icon without reading the page, as for a code's answer."""
    file = static_files()["icon.svg"]
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(file.content, media_type=file.media_type, headers=headers)


async def serve(request: Request) -> Response:
    """Return a file; an older version gets the present one."""
    file = static_files().get(request.path_params["name"])
    if file is None:
        raise HTTPException(404)
    return Response(file.content, media_type=file.media_type, headers=_HEADERS)
