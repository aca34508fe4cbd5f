"""The background sender: takes due mails, sends them outside any transaction, notes the result."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage

import psycopg
from psycopg_pool import PoolTimeout

from backend.kit.database import Database
from backend.kit.logs import logger
from backend.kit.tasks import end
from backend.ticket.documents.service import Documents
from backend.ticket.issuing import orders
from backend.ticket.mails import content, repository
from backend.ticket.mails.post import AddressRefused, Post, PostAway
from backend.ticket.mails.repository import Mail

_log = logger(__name__)
_WINDOW = 8


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the sender looks, and how long it tries."""

    every: timedelta
    lease: timedelta
    first_retry: timedelta
    longest_retry: timedelta
    give_up_after: timedelta

    def wait(self, tries: int) -> timedelta:
        """Return the pause after so many tries: doubled each time."""
        factor: int = 2 ** min(tries - 1, 30)
        return min(self.longest_retry, self.first_retry * factor)


class MailSender:
    """Sends the mails of the ticket service for as long as it runs."""

    def __init__(
        self,
        database: Database,
        documents: Documents,
        *,
        post: Post,
        sender: content.Sender,
        pace: Pace,
    ) -> None:
        self._database = database
        self._documents = documents
        self._post = post
        self._sender = sender
        self._pace = pace
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look now: a mail was recorded."""
        self._wake.set()

    async def start(self) -> None:
        """Begin to send in the background."""
        self._task = asyncio.create_task(self._run(), name="mail sender")

    async def stop(self) -> None:
        """Stop; what was not noted as sent is due again after its lease."""
        if self._task is not None:
            await end(self._task)
            self._task = None

    async def send_due(self) -> int:
        """Send what is due now, side by side; return how many were taken."""
        async with self._database.connection() as connection:
            mails = await repository.take(connection, lease=self._pace.lease, most=_WINDOW)
        await asyncio.gather(*(self._deliver(mail) for mail in mails))
        return len(mails)

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                while await self.send_due():
                    pass
            except (psycopg.Error, PoolTimeout, OSError) as error:
                _log.warning("mails wait", error=str(error))
            # Not wait_for: on Python 3.11 it loses a cancellation that comes with the wake-up.
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pace.every.total_seconds()):
                    await self._wake.wait()

    async def _deliver(self, mail: Mail) -> None:
        try:
            message = await self._write(mail)
            if message is not None:
                await self._post.send(message)
        except AddressRefused as error:
            await self._fail(mail, "refused", repr(error))
            return
        except PostAway as error:
            await self._retry(mail, repr(error))
            return
        except (psycopg.Error, PoolTimeout):
            raise
        # The sender's guard: a mail that cannot be written is kept and tried, others go on.
        except Exception as error:  # noqa: BLE001 -- the guard of the sender's loop
            _log.exception("mail cannot be written", kind=mail.kind, order=str(mail.order_id))
            await self._retry(mail, repr(error))
            return
        async with self._database.connection() as connection:
            if message is None:
                await repository.dropped(connection, mail, error="no ticket is left")
            else:
                await repository.sent(connection, mail)

    async def _write(self, mail: Mail) -> EmailMessage | None:
        if mail.kind != "tickets":
            return content.news_mail(self._sender, mail)
        async with self._database.connection() as connection:
            order = await orders.find(connection, mail.order_id)
        if order is None or not order.live_tickets:
            return None
        pdf = await self._documents.pdf(order, "tickets")
        return content.tickets_mail(self._sender, mail, order, pdf)

    async def _retry(self, mail: Mail, error: str) -> None:
        if mail.age >= self._pace.give_up_after:
            await self._fail(mail, "given_up", error)
            return
        async with self._database.connection() as connection:
            await repository.later(connection, mail, wait=self._pace.wait(mail.tries), error=error)

    async def _fail(self, mail: Mail, problem: repository.MailProblem, error: str) -> None:
        _log.error("mail not delivered", kind=mail.kind, order=str(mail.order_id), problem=problem)
        async with self._database.connection() as connection:
            await repository.failed(connection, mail, problem=problem, error=error)
