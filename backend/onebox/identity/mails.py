"""The three mails: confirm your address, choose a new password, you already have an account.

They never carry what a stranger typed (a name), or a registration form would send spam for them.
"""

import asyncio
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment

from backend.kit.logs import logger
from backend.onebox.identity.actions import Kind
from backend.onebox.identity.post import MailUnsent, Post
from backend.onebox.identity.settings import IdentitySettings
from backend.onebox.identity.spans import span
from brand.texts import texts
from brand.tokens import tokens

_log = logger(__name__)
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Letter:
    """Which mail goes to whom, in which language, with which link."""

    kind: Kind
    address: str
    language: str
    link: str


class Mails:
    """Composes and sends."""

    def __init__(self, settings: IdentitySettings, templates: Environment, post: Post) -> None:
        self._post = post
        self._settings = settings
        self._templates = templates

    def action_link(self, token: str, language: str) -> str:
        """Return the address of a mailed link, which says its language."""
        query = urlencode({"key": token, "kc_locale": language})
        return f"{self._settings.issuer}/login-actions/action-token?{query}"

    async def send(self, letter: Letter) -> None:
        """Hand a mail to the mail server; a failure is logged, and the page offers to resend."""
        message = self.compose(letter)
        for attempt in range(1, _TRIES + 1):
            try:
                await self._post(message)
            except MailUnsent as error:
                reason = repr(error.__cause__)
                _log.warning("mail not sent", kind=letter.kind, attempt=attempt, error=reason)
                await asyncio.sleep(0.2 * attempt)
            else:
                return

    def compose(self, letter: Letter) -> EmailMessage:
        """Return the mail as text with an HTML twin."""
        words = self._words(letter)
        message = EmailMessage()
        message["Subject"] = words["subject"]
        message["From"] = str(
            Address(self._settings.product_name, addr_spec=self._settings.mail_from)
        )
        message["To"] = letter.address
        message["Date"] = formatdate(usegmt=True)
        message["Message-ID"] = make_msgid(domain=self._settings.mail_from.rsplit("@", 1)[1])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._templates.get_template("mail.txt").render(words))
        html = self._templates.get_template("mail.html").render(words)
        message.add_alternative(html, subtype="html")
        return message

    def _words(self, letter: Letter) -> dict[str, Any]:
        t = texts(letter.language)
        product = self._settings.product_name
        is_reset = letter.kind is Kind.RESET
        life = self._settings.reset_link_life if is_reset else self._settings.verify_link_life
        root = f"identity.mail.{letter.kind}"
        return {
            "subject": t(f"{root}.subject", product=product),
            "title": t(f"{root}.title", product=product),
            "paragraphs": [
                t(f"{root}.why", product=product),
                t(f"{root}.life", life=span(t, life)),
                t(f"{root}.unasked"),
            ],
            "button": t(f"{root}.button", product=product),
            "copy_hint": t("identity.mail.copy_hint"),
            "link": letter.link,
            "product": product,
            "language": letter.language,
            "colour": tokens().palette("light"),
            "family": str(tokens().type["family"]).replace('"', "'"),
        }
