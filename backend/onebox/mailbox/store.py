"""Mails as files, newest last by name; the newest five hundred are kept."""

import email
import re
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import MIMEPart
from email.policy import default
from pathlib import Path

_KEPT = 500
_NAME = re.compile(r"^[0-9]{16}-[0-9a-f]{8}$")


@dataclass(frozen=True, slots=True)
class Part:
    """An attachment or picture of a mail; `number` addresses it."""

    number: int
    name: str
    media_type: str
    content_id: str | None
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it is read. Texts are as its sender wrote them: not to be trusted."""

    name: str
    received_at: datetime
    recipients: tuple[str, ...]
    sender: str
    subject: str
    text: str
    html: str | None
    parts: tuple[Part, ...]


class MailStore:
    """The folder of mails. `changed` is called after each new one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.listeners: set[Callable[[], None]] = set()

    def keep(self, content: bytes, recipients: Sequence[str]) -> str:
        """Write a mail; return its name once it is on disk."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns() // 1000:016d}-{secrets.token_hex(4)}"
        head = "".join(f"X-Mailbox-Recipient: {one}\r\n" for one in recipients).encode("utf-8")
        fresh = self._folder / f"{name}.new"
        fresh.write_bytes(head + content)
        fresh.replace(self._folder / f"{name}.eml")
        for old in self._names()[:-_KEPT]:
            (self._folder / f"{old}.eml").unlink(missing_ok=True)
        for listener in tuple(self.listeners):
            listener()
        return name

    def newest(self, most: int, *, to: str = "") -> list[Mail]:
        """Return the newest mails, or those whose recipient contains `to`."""
        found: list[Mail] = []
        for name in reversed(self._names()):
            mail = self.read(name)
            wanted = mail is not None and any(to.lower() in one.lower() for one in mail.recipients)
            if mail is not None and wanted:
                found.append(mail)
            if len(found) == most:
                break
        return found

    def read(self, name: str) -> Mail | None:
        """Return one mail; None when there is none of this name."""
        if not _NAME.match(name):
            return None
        try:
            raw = (self._folder / f"{name}.eml").read_bytes()
        except FileNotFoundError:
            return None
        return _mail(name, raw)

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.eml") if _NAME.match(path.stem))


def _mail(name: str, raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, policy=default)
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    return Mail(
        name=name,
        received_at=datetime.fromtimestamp(int(name[:16]) / 1_000_000, UTC),
        recipients=tuple(str(one) for one in message.get_all("X-Mailbox-Recipient", [])),
        sender=str(message.get("From", "")),
        subject=str(message.get("Subject", "")),
        text=_text(plain),
        html=_text(rich) if rich is not None else None,
        parts=tuple(_parts(message, {id(plain), id(rich)})),
    )


def _text(part: MIMEPart | None) -> str:
    return "" if part is None else str(part.get_content())


def _parts(message: MIMEPart, bodies: set[int]) -> list[Part]:
    found: list[Part] = []
    for part in message.walk():
        if part.is_multipart() or id(part) in bodies:
            continue
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        number = len(found)
        content_id = part.get("Content-ID")
        found.append(
            Part(
                number,
                part.get_filename() or f"part-{number}",
                part.get_content_type(),
                str(content_id).strip("<> ") if content_id else None,
                content,
            )
        )
    return found
