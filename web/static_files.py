"""Styles, scripts and pictures under an address that changes with their content.

One digest stands for all of them, so that a script finds its neighbours by relative address. The
font files carry their own digest in their names and stay cached when the rest changes.
"""

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from gzip import compress
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from brand.fonts import BUILT, build, file_name, font_face_css
from brand.icons import sprite
from brand.logo import favicon
from brand.stylesheet import tokens_css

FOLDER = Path(__file__).parent / "static"
FONTS = "/static/fonts"
_FOR_EVER = "public, max-age=31536000, immutable"
_WORTH_PACKING = 1_000
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    """A file's content as it is served, also packed where that is worth it."""

    content: bytes
    media_type: str

    @cached_property
    def packed(self) -> bytes | None:
        """The content by gzip, the same bytes each time."""
        is_text = self.media_type.startswith("text/") or self.media_type.endswith("+xml")
        if not is_text or len(self.content) < _WORTH_PACKING:
            return None
        return compress(self.content, mtime=0)


class StaticFiles:
    """All files of one content. With `is_reloading` the folder is read again for each use."""

    def __init__(self, *, is_reloading: bool = False) -> None:
        build()
        self._is_reloading = is_reloading
        self._files, self._digest = _content() if not is_reloading else _content.__wrapped__()

    def address(self, name: str) -> str:
        """Return where a page finds a file; raises KeyError for one that is not there."""
        self._look_again()
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self._digest}/{name}"

    def find(self, name: str) -> StaticFile | None:
        """Return a file."""
        return self._files.get(name)

    def is_current(self, digest: str) -> bool:
        """Say whether an address is of the present content."""
        return digest == self._digest

    def _look_again(self) -> None:
        if self._is_reloading:
            self._files, self._digest = _content.__wrapped__()


async def serve(request: Request) -> Response:
    """Return a file; under an older digest the present one, which is then not kept."""
    statics: StaticFiles = request.app.state.parts.statics
    file = statics.find(request.path_params["name"])
    if file is None:
        raise HTTPException(404)
    is_current = statics.is_current(request.path_params["digest"])
    headers = {
        "Cache-Control": _FOR_EVER if is_current else "no-cache",
        "X-Content-Type-Options": "nosniff",
        "Vary": "Accept-Encoding",
    }
    content = file.content
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        content = file.packed
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type=file.media_type, headers=headers)


async def serve_font(request: Request) -> Response:
    """Return a font file; its name is of its content."""
    name = request.path_params["name"]
    if name not in {path.name for path in build().values()}:
        raise HTTPException(404)
    content = (BUILT / name).read_bytes()
    return Response(content, media_type="font/woff2", headers={"Cache-Control": _FOR_EVER})


async def serve_icon(_request: Request) -> Response:
    """Answer browsers that ask for the old address of the icon without reading the page."""
    return Response(
        favicon(), media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )


def regular_font() -> str:
    """Return the address of the font that every page needs first."""
    return f"{FONTS}/{file_name('regular')}"


@cache
def _content() -> tuple[Mapping[str, StaticFile], str]:
    """Return the files and their digest, as they were when the process first asked."""
    files = dict(_read())
    return files, _digest(files)


def _read() -> Iterator[tuple[str, StaticFile]]:
    sheets = [tokens_css(), font_face_css(FONTS)]
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix == ".css":
            sheets.append(path.read_text(encoding="utf-8"))
        elif path.is_file():
            yield path.relative_to(FOLDER).as_posix(), StaticFile(path.read_bytes(), _type(path))
    yield "site.css", StaticFile("\n".join(sheets).encode(), "text/css")
    yield "icons.svg", StaticFile(sprite().encode(), "image/svg+xml")
    yield "favicon.svg", StaticFile(favicon().encode(), "image/svg+xml")


def _type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"


def _digest(files: Mapping[str, StaticFile]) -> str:
    content = hashlib.sha256()
    for name in sorted(files):
        content.update(name.encode() + b"\0" + files[name].content + b"\0")
    return content.hexdigest()[:16]
