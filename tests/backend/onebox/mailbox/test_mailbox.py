"""Mails arrive by SMTP, are kept, and are shown without being able to act."""

import asyncio
import socket
from collections.abc import AsyncIterator
from email.message import EmailMessage

import aiosmtplib
import httpx2
import pytest

from backend.onebox.mailbox.app import MailboxPages, create_app
from backend.onebox.mailbox.smtp import SmtpSink
from backend.onebox.mailbox.store import MailStore


def a_mail(to: str = "ana@example.org", subject: str = "Biletele tale: Nosferatu") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "tickets@mesh.example", to, subject
    mail.set_content("Rândul F, locul 7")
    mail.add_alternative('<p>Rândul <b>F</b> <img src="cid:qr"></p>', subtype="html")
    _, page = mail.iter_parts()
    assert isinstance(page, EmailMessage)
    page.add_related(b"PNG", "image", "png", cid="<qr>")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="bilete.pdf")
    return mail


@pytest.fixture
def store(tmp_path) -> MailStore:
    return MailStore(tmp_path / "mails")


@pytest.fixture
async def web(store) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=create_app(store))
    async with httpx2.AsyncClient(transport=transport, base_url="http://mailbox") as client:
        yield client


def kept(store: MailStore, mail: EmailMessage) -> str:
    return store.keep(mail.as_bytes(), [mail["To"]])


def test_a_mail_is_read_back_as_it_was_sent(store):
    read = store.read(kept(store, a_mail()))

    assert (read.subject, read.recipients) == ("Biletele tale: Nosferatu", ("ana@example.org",))
    assert read.text.strip() == "Rândul F, locul 7"
    assert [(part.name, part.content) for part in read.parts if part.content_id is None] == [
        ("bilete.pdf", b"%PDF-1.7")
    ]


def test_the_newest_mail_comes_first_and_old_ones_go(store, monkeypatch):
    monkeypatch.setattr("backend.onebox.mailbox.store._KEPT", 3)
    names = [kept(store, a_mail(subject=f"Mail {number}")) for number in range(5)]

    assert [mail.name for mail in store.newest(10)] == names[:1:-1]


def test_mails_are_found_by_their_recipient(store):
    kept(store, a_mail("ana@example.org"))
    kept(store, a_mail("ion@example.org"))

    assert [mail.recipients for mail in store.newest(10, to="ION@")] == [("ion@example.org",)]


@pytest.mark.parametrize("name", ["../secrets", "1", "0000000000000000-zzzzzzzz", ""])
def test_a_name_that_is_no_mails_name_finds_nothing(store, name):
    assert store.read(name) is None


async def test_the_list_shows_hostile_subjects_as_text(store, web):
    kept(store, a_mail(subject="<script>alert(1)</script>"))

    page = await web.get("/", headers={"Accept-Language": "ro"})

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text
    assert "<script>alert(1)" not in page.text
    assert '<html lang="ro">' in page.text


async def test_a_mails_own_page_may_run_nothing(store, web):
    name = kept(store, a_mail())

    body = await web.get(f"/mails/{name}/body")

    assert body.headers["content-security-policy"].startswith("sandbox allow-popups")
    assert "default-src 'none'" in body.headers["content-security-policy"]
    assert f"/mails/{name}/parts/0" in body.text


async def test_an_attachment_is_downloaded_under_its_name(store, web):
    name = kept(store, a_mail())

    found = await web.get(f"/mails/{name}/parts/1")

    assert found.content == b"%PDF-1.7"
    assert found.headers["content-disposition"] == "inline; filename*=UTF-8''bilete.pdf"
    assert (await web.get(f"/mails/{name}/parts/9")).status_code == 404


async def test_unknown_attachments_are_never_shown_in_place(store, web):
    mail = EmailMessage()
    mail["To"] = "ana@example.org"
    mail.set_content("x")
    mail.add_attachment(b"<script>", maintype="text", subtype="html", filename="a.html")
    name = kept(store, mail)

    found = await web.get(f"/mails/{name}/parts/0")

    assert found.headers["content-type"] == "application/octet-stream"
    assert found.headers["content-disposition"].startswith("attachment")


async def test_an_open_page_hears_of_a_new_mail(store):
    arrivals = MailboxPages(store)._arrivals()
    assert await anext(arrivals) == b": listening\n\n"

    waiting = asyncio.ensure_future(anext(arrivals))
    await asyncio.sleep(0)
    await asyncio.to_thread(kept, store, a_mail())

    assert await waiting == b"event: mail\ndata: {}\n\n"
    await arrivals.aclose()
    assert store.listeners == set()


@pytest.mark.integration
async def test_smtp_answers_when_the_mail_is_on_disk(store):
    bound = socket.socket()
    bound.bind(("127.0.0.1", 0))
    bound.setblocking(False)
    sink = SmtpSink(store, [bound])
    await sink.start()
    mail = a_mail("ștefan@example.org")

    await aiosmtplib.send(mail, hostname="127.0.0.1", port=bound.getsockname()[1])
    await sink.stop()

    assert [one.recipients for one in store.newest(10)] == [("ștefan@example.org",)]
