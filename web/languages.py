"""The language of a page is the first part of its address; `/` leads to the browser's favourite."""

from typing import Literal, cast

from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backend.contracts.schema import Language
from brand.texts import LANGUAGE_NAMES, LANGUAGES

_FALLBACK: Literal["en"] = "en"
_LONGEST_HEADER = 200


class _LanguageConvertor(Convertor[str]):
    """`{language:language}` in a route matches the languages that we speak and nothing else."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        """Take the part as it stands."""
        return value

    def to_string(self, value: str) -> str:
        """Write the part as it stands."""
        return value


register_url_convertor("language", _LanguageConvertor())


def language_of(request: Request) -> Language:
    """Return the language of the address, or the browser's favourite among ours."""
    first = request.url.path.removeprefix("/").partition("/")[0]
    return cast("Language", first) if first in LANGUAGES else accepted(request)


def accepted(request: Request) -> Language:
    """Return the language that the browser likes best; English where it likes none of ours."""
    wishes = []
    for position, part in enumerate(_header(request).split(",")):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().split("-")[0].lower()
        if language in LANGUAGES:
            wishes.append((-_quality(parameters), position, language))
    best = min(wishes, default=(0.0, 0, _FALLBACK))
    return cast("Language", best[2]) if best[0] or not wishes else _FALLBACK


def switches(request: Request) -> list[tuple[str, str, str]]:
    """Return code, address and name of this page in each language."""
    _, _, rest = request.url.path.removeprefix("/").partition("/")
    is_ours = request.url.path.removeprefix("/").partition("/")[0] in LANGUAGES
    query = f"?{request.url.query}" if request.url.query and request.method == "GET" else ""
    tail = (f"/{rest}" if rest else "") + query if is_ours else ""
    return [(code, f"/{code}{tail}", LANGUAGE_NAMES[code]) for code in LANGUAGES]


async def choose(request: Request) -> Response:
    """Lead from `/` to the programme in the browser's language."""
    # What auth has to tell after a sign-in comes along as a query.
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(
        f"/{accepted(request)}{query}",
        status_code=302,
        headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"},
    )


def _header(request: Request) -> str:
    return request.headers.get("accept-language", "")[:_LONGEST_HEADER]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
