"""Letters leave by SMTP, and a server that is away is said so."""

import asyncio
from email import message_from_bytes, policy

import pytest
from aiosmtpd.smtp import SMTP, Envelope
from pydantic import SecretStr

from backend.onebox.identity.actions import Kind
from backend.onebox.identity.mails import Letter, Mails
from backend.onebox.identity.pages import Pages
from backend.onebox.identity.post import MailUnsent, SmtpPost
from backend.onebox.identity.settings import IdentitySettings

pytestmark = pytest.mark.integration


class Inbox:
    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 OK"


def settings_for(port: int) -> IdentitySettings:
    return IdentitySettings(dsn=SecretStr("postgresql://x"), smtp_port=port)


async def test_mail_goes_by_smtp():
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox), "127.0.0.1", 0)
    settings = settings_for(server.sockets[0].getsockname()[1])
    mails = Mails(settings, Pages(settings).templates, SmtpPost(settings))

    await mails.send(Letter(Kind.RESET, "ana@mesh.example", "ro", "http://localhost:8180/x?key=k"))
    server.close()
    await server.wait_closed()

    (envelope,) = inbox.envelopes
    assert envelope.rcpt_tos == ["ana@mesh.example"]
    assert envelope.mail_from == "no-reply@mesh.example"
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == "O parolă nouă pentru Cinema Mesh"
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part is not None
        assert "http://localhost:8180/x?key=k" in part.get_content()


async def test_server_that_is_away_is_said_so():
    settings = settings_for(1)
    mails = Mails(settings, Pages(settings).templates, SmtpPost(settings))

    with pytest.raises(MailUnsent):
        await SmtpPost(settings)(
            mails.compose(Letter(Kind.VERIFY, "ana@mesh.example", "en", "http://localhost/"))
        )
