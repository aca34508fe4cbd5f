"""How a fault strikes a call: it waits, is refused, breaks, or its connection is cut."""

import asyncio
from typing import Literal

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from backend.onebox.stripe_simulator import errors
from backend.onebox.stripe_simulator.errors import StripeError
from backend.onebox.stripe_simulator.fault_sets import CallFault

_BETWEEN = {"429": errors.too_many, "503": errors.overloaded}


class Cut(Response):
    """No answer: the server closes the connection, since what was promised does not come."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        headers = [(b"content-length", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


async def strike(
    fault: CallFault | None, when: Literal["before", "after"], headers: dict[str, str]
) -> Response | None:
    """Let the fault's time come; return what the caller gets instead of the API's own answer."""
    if fault is None or fault.when != when:
        return None
    await asyncio.sleep(fault.delay_s)
    if fault.fault == "reset":
        return Cut()
    if fault.fault not in _BETWEEN:
        return None
    if fault.fault == "429":
        headers = headers | {"retry-after": str(fault.retry_after_s)}
    refusal = _BETWEEN[fault.fault]()
    return JSONResponse(refusal.body, refusal.status, headers=headers)


def breaks(fault: CallFault | None, when: Literal["before", "after"]) -> StripeError | None:
    """Return the error that the API itself answers with, if the fault is one of its own."""
    if fault is None or fault.fault != "500" or fault.when != when:
        return None
    return errors.broken()
