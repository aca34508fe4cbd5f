"""SMTP against a real server on loopback: taken, refused for good, busy, away."""

import socket
from dataclasses import replace

import pytest
from aiosmtpd.controller import Controller

from backend.ticket.mails.content import tickets_mail
from backend.ticket.mails.post import AddressRefused, PostAway, SmtpPost
from tests.backend.ticket.builders import order
from tests.backend.ticket.mails.test_content import SENDER, mail

pytestmark = pytest.mark.integration


class Server:
    """Answers RCPT as told and keeps what it takes."""

    def __init__(self, answer: str) -> None:
        self.answer = answer
        self.taken: list[bytes] = []

    async def handle_RCPT(self, _server, _session, envelope, *rest):  # noqa: N802 -- aiosmtpd's name
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(rest[0])
        return self.answer

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 -- aiosmtpd's name
        self.taken.append(envelope.content)
        return "250 taken"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def send_to(
    server: Server, *, recipient: str = "ana@example.com", speaks_utf8: bool = True
) -> None:
    controller = Controller(
        server, hostname="127.0.0.1", port=free_port(), enable_SMTPUTF8=speaks_utf8
    )
    controller.start()
    try:
        post = SmtpPost("127.0.0.1", controller.port, 5.0)
        to = replace(mail(), recipient=recipient)
        await post.send(tickets_mail(SENDER, to, order(), b"%PDF"))
    finally:
        controller.stop()


async def test_mail_arrives_with_its_message_id():
    server = Server("250 ok")

    await send_to(server)

    (content,) = server.taken
    assert f"Message-ID: <tickets.{order().id}.1@localhost>".encode() in content


async def test_refused_address_is_told_apart_from_a_busy_server():
    with pytest.raises(AddressRefused):
        await send_to(Server("550 no such user"))
    with pytest.raises(PostAway):
        await send_to(Server("451 try later"))


async def test_server_that_is_not_there_is_away():
    with pytest.raises(PostAway):
        await SmtpPost("127.0.0.1", free_port(), 2.0).send(
            tickets_mail(SENDER, mail(), order(), b"%PDF")
        )


async def test_address_beyond_ascii_reaches_a_server_that_knows_it():
    server = Server("250 ok")

    await send_to(server, recipient="măr@example.com")

    (content,) = server.taken
    assert "To: măr@example.com".encode() in content


async def test_address_beyond_ascii_is_refused_by_a_server_that_does_not():
    with pytest.raises(AddressRefused):
        await send_to(Server("250 ok"), recipient="măr@example.com", speaks_utf8=False)
