"""Which client calls the token endpoint: Basic or form secret, or nothing for a public one."""

import binascii
from base64 import b64decode
from urllib.parse import unquote_plus

from starlette.requests import Request

from backend.onebox.identity.clients import Client
from backend.onebox.identity.parts import Parts
from backend.onebox.identity.problems import InvalidClient, InvalidRequest


async def proven_client(parts: Parts, request: Request, form: dict[str, str]) -> Client:
    """Return the client that calls; raises InvalidClient."""
    basic = _basic(request)
    if basic is not None and "client_secret" in form:
        raise InvalidRequest("Use one way of client authentication")
    client_id, secret = basic or (form.get("client_id", ""), form.get("client_secret"))
    if basic is not None and form.get("client_id", client_id) != client_id:
        raise InvalidClient
    client = await parts.clients.find(client_id)
    if client is None:
        raise InvalidClient
    if not client.is_public and (secret is None or not client.proves(secret)):
        raise InvalidClient
    return client


def _basic(request: Request) -> tuple[str, str] | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, secret = b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise InvalidClient from error
    name, secret = unquote_plus(name), unquote_plus(secret)
    if not colon or "\x00" in name + secret:
        raise InvalidClient
    return name, secret
