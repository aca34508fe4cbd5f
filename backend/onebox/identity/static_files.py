"""The few files that our pages show: one style sheet, the logo, the font."""

from functools import cache
from pathlib import Path

from brand.stylesheet import tokens_css
from starlette.requests import Request
from starlette.responses import Response

_OWN = Path(__file__).parent / "static" / "identity.css"
_FOR_A_DAY = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}


@cache
def _stylesheet() -> str:
    return tokens_css() + "\n" + _OWN.read_text(encoding="utf-8")


async def stylesheet(_request: Request) -> Response:
    """Return the brand's variables and our own rules."""
    return Response(_stylesheet(), media_type="text/css", headers=_FOR_A_DAY)
