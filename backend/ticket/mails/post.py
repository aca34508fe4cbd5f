"""Hands a mail to the mail server; the port, and its adapter for SMTP."""

import asyncio
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Protocol

import aiosmtplib


class PostError(Exception):
    """The mail server did not take the mail."""


class AddressRefused(PostError):  # noqa: N818 -- a fact, like the problems
    """The server will never take it: the address is wrong or unwanted."""


class PostAway(PostError):  # noqa: N818 -- a fact, like the problems
    """The server is away or busy: another try may succeed."""


class Post(Protocol):
    """Takes mails."""

    async def send(self, message: EmailMessage) -> None:
        """Deliver to the server; raises AddressRefused or PostAway."""
        ...


@dataclass(frozen=True, slots=True)
class SmtpPost:
    """Sends over SMTP, one connection a mail."""

    host: str
    port: int
    timeout_s: float
    user: str | None = None
    password: str | None = None
    is_tls: bool = False

    async def send(self, message: EmailMessage) -> None:
        """Deliver to the server; the limit is for the whole conversation."""
        try:
            async with asyncio.timeout(self.timeout_s):
                await aiosmtplib.send(
                    message,
                    hostname=self.host,
                    port=self.port,
                    timeout=self.timeout_s,
                    username=self.user,
                    password=self.password,
                    use_tls=self.is_tls,
                )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _meaning(error, str(message["To"])) from error


def _meaning(error: Exception, recipient: str) -> PostError:
    # A server without SMTPUTF8 will never take an address of letters beyond ASCII.
    if isinstance(error, aiosmtplib.SMTPNotSupported) and not recipient.isascii():
        return AddressRefused(repr(error))
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [refusal.code for refusal in error.recipients]
        return _by_code(min(codes, default=0), error)
    # A refused log-in is the cinema's fault, not the buyer's: it is tried again.
    if isinstance(error, aiosmtplib.SMTPResponseException) and not isinstance(
        error, aiosmtplib.SMTPAuthenticationError
    ):
        return _by_code(error.code, error)
    return PostAway(repr(error))


def _by_code(code: int, error: Exception) -> PostError:
    kind = AddressRefused if code >= 500 else PostAway
    return kind(repr(error))
