"""The SMTP side: accepts every mail on loopback and keeps it."""

import asyncio
import socket
from collections.abc import Sequence

from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.onebox.mailbox.store import MailStore

_LARGEST = 20_000_000


class SmtpSink:
    """A server in our own loop; it starts no thread."""

    def __init__(self, store: MailStore, sockets: Sequence[socket.socket]) -> None:
        self._store = store
        self._sockets = list(sockets)
        self._servers: list[asyncio.Server] = []

    async def start(self) -> None:
        """Begin to accept."""
        loop = asyncio.get_running_loop()
        for bound in self._sockets:
            self._servers.append(await loop.create_server(self._protocol, sock=bound))

    async def stop(self) -> None:
        """Accept no more."""
        for server in self._servers:
            server.close()

    async def handle_DATA(  # noqa: N802 -- the library's name for this hook
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer only when the mail is on disk."""
        content = envelope.original_content or b""
        await asyncio.to_thread(self._store.keep, content, list(envelope.rcpt_tos))
        return "250 OK"

    def _protocol(self) -> SMTP:
        return SMTP(self, data_size_limit=_LARGEST, enable_SMTPUTF8=True, hostname="localhost")
