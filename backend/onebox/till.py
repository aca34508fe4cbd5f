"""The demo till's own access token, made by the provider in this process, always fresh."""

import time

from backend.kit.ids import uuid7
from backend.onebox.identity.parts import Parts
from backend.onebox.identity.sessions import ClientSession
from backend.onebox.identity.tokens import Holder
from backend.onebox.people import TILL

_CLIENT = "web"
_EARLY_S = 60.0


class TillToken:
    """Call it for a token that lives at least a minute more."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._token = ""
        self._until = 0.0

    async def __call__(self) -> str:
        """Return the token; a new one when the old is nearly over."""
        if time.monotonic() > self._until - _EARLY_S:
            life_s = self._parts.settings.access_token_life.total_seconds()
            self._until = time.monotonic() + life_s
            self._token = await self._made()
        return self._token

    async def _made(self) -> str:
        account = await self._parts.accounts.by_email(TILL.email)
        client = await self._parts.clients.find(_CLIENT)
        if account is None or client is None:
            message = "the demo till is not known to the provider"
            raise LookupError(message)
        session, _ = await self._parts.sessions.begin(account.account_id, None)
        share = ClientSession(uuid7(), session.session_id, client.client_id, "profile", uuid7())
        answer = self._parts.tokens.answer(Holder(account, client, session, share))
        token: str = answer["access_token"]
        return token
