"""Where mails go: a port with the SMTP adapter."""

from email.message import EmailMessage
from typing import Protocol

import aiosmtplib

from backend.onebox.identity.settings import IdentitySettings

_TIMEOUT_S = 10.0


class MailUnsent(Exception):  # noqa: N818 -- a fact, and it never leaves the provider
    """The mail server did not take the mail."""


class Post(Protocol):
    """Takes a mail to its addressee's server."""

    async def __call__(self, message: EmailMessage) -> None:
        """Hand a mail over; raises MailUnsent."""
        ...


class SmtpPost:
    """Hands mails to the server of the settings."""

    def __init__(self, settings: IdentitySettings) -> None:
        self._host = settings.smtp_host
        self._port = settings.smtp_port

    async def __call__(self, message: EmailMessage) -> None:
        """Hand a mail over; raises MailUnsent."""
        try:
            await aiosmtplib.send(message, hostname=self._host, port=self._port, timeout=_TIMEOUT_S)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailUnsent from error
