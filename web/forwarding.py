"""Sends `/auth/*` on to the auth service, so that browsers know one origin.

Only named headers go there, and X-Forwarded-* are ours: a browser cannot claim to be elsewhere.
"""

import re
from collections.abc import Iterator

import httpx2
from starlette.requests import Request
from starlette.responses import Response

from backend.client.errors import Unreachable
from backend.contracts.problems import Missing, TooLarge
from backend.kit import trace
from web.parts import Parts, parts_of

_LARGEST = 65_536
_PATH = re.compile(r"^/auth(?:/[A-Za-z0-9_-]+)+$")
_SENT_ON = frozenset(
    {
        b"accept",
        b"accept-language",
        b"content-type",
        b"cookie",
        b"idempotency-key",
        b"origin",
        b"referer",
        b"sec-fetch-dest",
        b"sec-fetch-mode",
        b"sec-fetch-site",
        b"user-agent",
    }
)
# Hop-by-hop headers (RFC 9110, 7.6.1), and what is about the bytes of that hop.
_KEPT_BACK = frozenset(
    {
        b"connection",
        b"content-encoding",
        b"content-length",
        b"date",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-connection",
        b"server",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)


async def forward(request: Request) -> Response:
    """Answer with what auth answers; raises Unreachable when it does not."""
    parts = parts_of(request)
    if not _PATH.match(request.url.path):
        raise Missing
    body = await request.body()
    if len(body) > _LARGEST:
        raise TooLarge("The form is too large. Send less than 64 kB.")
    query = f"?{request.url.query}" if request.url.query else ""
    try:
        answer = await parts.http.request(
            request.method,
            parts.settings.auth_url + request.url.path + query,
            headers=[*_request_headers(request, parts)],
            content=body or None,
            follow_redirects=False,
        )
    except httpx2.TransportError as error:
        # It may have signed somebody out before its answer was lost.
        parts.sessions.forget()
        raise Unreachable from error
    if "set-cookie" in answer.headers:
        parts.sessions.forget()
    response = Response(answer.content, answer.status_code)
    response.raw_headers = [*_response_headers(answer, len(answer.content))]
    return response


def _request_headers(request: Request, parts: Parts) -> Iterator[tuple[bytes, bytes]]:
    for name, value in request.headers.raw:
        if name in _SENT_ON:
            yield name, value
    scheme, _, host = parts.settings.public_url.partition("://")
    # Auth believes X-Forwarded-For of us alone: so each visitor's look-ups count by themselves.
    yield b"authorization", f"Bearer {parts.signer.token('auth')}".encode()
    yield b"x-forwarded-for", (request.client.host if request.client else "").encode()
    yield b"x-forwarded-host", host.encode()
    yield b"x-forwarded-proto", scheme.encode()
    yield b"traceparent", trace.traceparent().encode()


def _response_headers(answer: httpx2.Response, length: int) -> Iterator[tuple[bytes, bytes]]:
    named = answer.headers.get("connection", "").lower().encode().split(b",")
    kept_back = _KEPT_BACK | {name.strip() for name in named}
    for name, value in answer.headers.raw:
        if name.lower() not in kept_back:
            yield name.lower(), value
    yield b"content-length", str(length).encode()
