"""Find an order by its reference and the code from its mail, on any device."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from backend.contracts.orders import Lookup
from backend.contracts.problems import Missing, Problem, TooMany
from backend.contracts.problems_orders import OrderMissing
from web.forms import posted
from web.languages import language_of
from web.parts import parts_of
from web.rendering import page
from web.visitors import send_cookie, visitor_of

_LONGEST = 32


def routes() -> list[Route]:
    """Return the address of the look-up."""
    return [
        Route("/{language:language}/find", show),
        Route("/{language:language}/find", find, methods=["POST"]),
    ]


async def show(request: Request) -> Response:
    """Show the form."""
    await visitor_of(request)
    return _form(request)


async def find(request: Request) -> Response:
    """Open the order and lead to it; a wrong pair says so beside the form."""
    form = await posted(request)
    reference, code = (str(form.get(name, "")).strip() for name in ("reference", "code"))
    empty = [name for name, given in (("reference", reference), ("code", code)) if not given]
    if empty:
        return _form(request, status=422, reference=reference, code=code, empty=empty)
    parts = parts_of(request)
    try:
        found = await parts.auth.look_up(
            request.headers.get("cookie", ""),
            Lookup(reference=reference, code=code),
            client_ip=request.client.host if request.client else "",
            token=parts.signer.token("auth"),
        )
    except TooMany as problem:
        response = _form(request, status=429, reference=reference, problem=problem)
        wait_s = problem.facts.get("retry_after_s", 60)
        response.headers["Retry-After"] = str(max(1, round(wait_s)))
        return response
    except (Missing, ValidationError):
        return _form(request, status=404, reference=reference, code=code, problem=OrderMissing())
    send_cookie(request, found.set_cookie)
    return RedirectResponse(f"/{language_of(request)}/orders/{found.order_id}", 303)


def _form(
    request: Request,
    *,
    status: int = 200,
    reference: str = "",
    code: str = "",
    empty: list[str] | None = None,
    problem: Problem | None = None,
) -> Response:
    return page(
        request,
        "find.html",
        status=status,
        reference=reference[:_LONGEST],
        code=code[:_LONGEST],
        empty=empty or [],
        problem=problem.code if problem else None,
    )
