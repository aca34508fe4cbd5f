"""The addresses that browsers visit, under the website's own origin."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.security import APIKeyCookie
from starlette.responses import RedirectResponse

from backend.auth.callers import FromOurPages, parts_of
from backend.auth.cookies import Cookie
from backend.auth.signin import service
from backend.auth.signin.service import Answer, Endpoint, Step

router = APIRouter(prefix="/auth", tags=["sign-in"], default_response_class=RedirectResponse)
Wish = Annotated[str | None, Query(description="Where to lead back to, a path of the site.")]
Language = Annotated[str | None, Query(description="en or ro.")]
_PREFIXED = "On https its name begins with `__Host-`."
_BEGUN = APIKeyCookie(
    name=Cookie.SIGN_IN,
    scheme_name="sign-in",
    description=f"The browser that began a sign-in. {_PREFIXED}",
    auto_error=False,
)
_SESSION = APIKeyCookie(
    name=Cookie.SESSION,
    scheme_name="session",
    description=f"The browser of somebody who signed in. {_PREFIXED}",
    auto_error=False,
)
# Without the cookie there is nothing to finish or to end, and the browser is led home.
_OR_NONE: dict[str, Any] = {"security": [{}]}


@router.get("/sign-in", status_code=303)
async def sign_in(
    request: Request, return_to: Wish = None, language: Language = None
) -> RedirectResponse:
    """Send the browser to the provider's sign-in form."""
    return await _begin(request, "auth", return_to, language)


@router.get("/register", status_code=303)
async def register(
    request: Request, return_to: Wish = None, language: Language = None
) -> RedirectResponse:
    """Send the browser to the provider's registration form."""
    return await _begin(request, "registrations", return_to, language)


@router.get("/callback", status_code=303, dependencies=[Depends(_BEGUN)], openapi_extra=_OR_NONE)
async def callback(request: Request, answer: Annotated[Answer, Query()]) -> RedirectResponse:
    """Take the provider's answer; lead back to where the sign-in began, whatever came of it."""
    return _sent(await service.complete(parts_of(request), _given(request), answer))


@router.post(
    "/sign-out",
    status_code=303,
    dependencies=[FromOurPages, Depends(_SESSION)],
    openapi_extra=_OR_NONE,
)
async def sign_out(request: Request) -> RedirectResponse:
    """End the session here and at the provider; takes a form with the field `csrf`."""
    async with request.form(max_files=0) as form:
        csrf = str(form.get("csrf", ""))
    return _sent(await service.sign_out(parts_of(request), _given(request), csrf))


async def _begin(
    request: Request, endpoint: Endpoint, return_to: str | None, language: str | None
) -> RedirectResponse:
    step = await service.begin(
        parts_of(request),
        _given(request),
        endpoint=endpoint,
        return_to=return_to,
        language=language,
    )
    return _sent(step)


def _given(request: Request) -> dict[Cookie, str]:
    return parts_of(request).cookies.read(request.headers.get("cookie"))


def _sent(step: Step) -> RedirectResponse:
    response = RedirectResponse(step.location, 303)
    for cookie in step.cookies:
        response.headers.append("Set-Cookie", cookie)
    return response
