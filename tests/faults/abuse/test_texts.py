"""A11: texts that mean harm are shown as text: on the site, in mails and on paper.

A page about a harmful film has the very same elements and attributes as one about a harmless film;
what differs is text. Nothing is fetched from anywhere, and no control character gets through.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import httpx2
import pypdfium2
import pytest

from backend.client.catalogue import CatalogueClient
from backend.client.http import ServiceHttp
from backend.contracts.catalogue import FilmWrite, RoomWrite, ScreeningWrite
from backend.contracts.permissions import Role
from backend.contracts.problems import Malformed
from backend.onebox.mailbox.store import Mail, MailStore
from tests.faults.abuse.payloads import CONTROL, EMAILS, PAYLOADS
from tests.faults.abuse.world import Place, World, place
from tests.faults.amounts import SEED, amount
from tests.faults.rig.buyers import Buyer, Wires
from tests.faults.rig.history import History
from tests.faults.rig.house import plain_layout
from tests.faults.rig.people import guest_tokens
from tests.faults.rig.wire import Wire
from tests.web.reading import Element, read

pytestmark = pytest.mark.fault("A11")
_HOUSE = "mesh"
_HARMLESS = "A harmless title"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ADDRESSES = ("src", "href", "action", "style", "srcset", "data", "poster", "formaction")
_ACTS = (b"/URI", b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/AA", b"/EmbeddedFile")
_LOOKS, _LOOK_S = 200, 0.1


@dataclass(frozen=True, slots=True)
class Stage:
    """The site's cinema, and the way to its catalogue."""

    place: Place
    catalogue: CatalogueClient
    token: str
    http: httpx2.AsyncClient


async def test_texts_are_refused_or_shown_as_text_on_the_site(world: World, tally):
    async with _stage(world) as stage:
        pages = {}
        for number, text in enumerate((_HARMLESS, *PAYLOADS)):
            found = await _film_page(world, stage, f"harm-{number}", text)
            assert (found is None) == _is_refused(text), repr(text[:60])
            if found is not None:
                pages[text] = found

    tally.runs += 1 + len(PAYLOADS)
    plain = _skeleton(read(pages[_HARMLESS]))
    wrong = [problem for text, html in pages.items() for problem in _unlike(text, html, plain)]
    assert wrong == []
    assert len(pages) > 120


async def test_texts_are_text_in_orders_mails_and_on_paper(world: World, tmp_path):
    accepted = [text for text in PAYLOADS if not _is_refused(text)]
    texts = [_HARMLESS, *Random(SEED).sample(accepted, min(len(accepted), amount("A11")))]
    async with _stage(world) as stage, _buyers(world, tmp_path) as buyer:
        papers = [await _papers(world, stage, buyer(), text) for text in texts]

    plain = papers[0]
    wrong = [problem for each in papers for problem in each.problems(plain)]
    assert wrong == []


async def test_addresses_are_refused_or_kept_as_they_are(world: World, tmp_path):
    async with _stage(world) as stage, _buyers(world, tmp_path) as buyer:
        show = await _show(stage, _HARMLESS, room=uuid4().hex, seats=len(EMAILS))
        for seat, email in enumerate(EMAILS, start=1):
            guest = buyer()
            answer = await guest.wires.movies.request(
                "POST",
                "/orders",
                headers={
                    "authorization": f"Bearer {guest.token}",
                    "content-type": "application/json",
                    "idempotency-key": uuid4().hex,
                },
                body=json.dumps(
                    {"screening_id": str(show), "lines": [{"seat": seat}], "email": email}
                ).encode(),
            )
            is_harmless = re.fullmatch(r"[a-ză0-9=+{}*$%./-]{1,64}@guests\.example", email)
            assert answer.status == (201 if is_harmless else 422), (email, answer.body)
            if is_harmless:
                html = await _order_html(stage, guest, answer.json()["id"])
                [field] = read(html).all("input", name="email")
                assert field.attributes["value"] == email


@dataclass(frozen=True, slots=True)
class Papers:
    """All that somebody gets who buys a ticket for a film and a room of this name."""

    text: str
    page: str
    mail: Mail
    pdf: bytes

    def problems(self, plain: "Papers") -> list[str]:
        """Return what is wrong, compared with the papers of a harmless name."""
        html, other = self.mail.html or "", plain.mail.html or ""
        shown = {
            "order page": _has_text(read(self.page).text, self.text),
            "mail as text": _has_text(self.mail.text, self.text),
            "mail as HTML": _has_text(read(html).text, self.text),
            "order page's elements": _skeleton(read(self.page)) == _skeleton(read(plain.page)),
            "mail's elements": _skeleton(read(html)) == _skeleton(read(other)),
            "addresses of the page": _fetches(read(self.page)) == [],
            "addresses of the mail": _fetches(read(html)) == [],
            "no control characters": not _CONTROLS.search(self.page + html + self.mail.text),
            "subject": "\n" not in self.mail.subject and len(self.mail.recipients) == 1,
            "paper": _is_on_paper(self.pdf, self.text),
            "paper's actions": _acts(self.pdf) == _acts(plain.pdf),
        }
        return [f"{name}: {self.text[:60]!r}" for name, is_good in shown.items() if not is_good]


async def _papers(world: World, stage: Stage, buyer: Buyer, text: str) -> Papers:
    show = await _show(stage, text)
    order = await buyer.buy(show, [1])
    assert order is not None
    assert await buyer.until_over(order) == "ISSUED"
    pdf = await buyer.wires.ticket.request(
        "GET", f"/orders/{order}/tickets.pdf", headers={"authorization": f"Bearer {buyer.token}"}
    )
    return Papers(
        text=text,
        page=await _order_html(stage, buyer, order),
        mail=await _mail(world, str((await buyer.read(order) or {})["reference"])),
        pdf=pdf.body,
    )


async def _order_html(stage: Stage, buyer: Buyer, order: str) -> str:
    answer = await stage.http.get(
        f"/en/orders/{order}", headers={"cookie": f"mm-auth-guest={buyer.token}"}
    )
    assert answer.status_code == 200
    return answer.text


async def _mail(world: World, reference: str) -> Mail:
    """Wait for the mail that has an order's reference."""
    store = MailStore(world.open.folders.mails)
    for _ in range(_LOOKS):
        for mail in await asyncio.to_thread(store.newest, 50):
            if reference in mail.text:
                return mail
        await asyncio.sleep(_LOOK_S)
    raise AssertionError(f"the mail of {reference} did not come")


@asynccontextmanager
async def _stage(world: World) -> AsyncIterator[Stage]:
    async with (
        httpx2.AsyncClient(timeout=30, trust_env=False) as services,
        httpx2.AsyncClient(
            base_url=world.open.addresses["web"], timeout=30, trust_env=False
        ) as http,
    ):
        yield Stage(
            place=await place(world.open, world.callers, _HOUSE, seats=1),
            catalogue=CatalogueClient(ServiceHttp(services, world.open.addresses["movies"])),
            token=world.callers.token(Role.ADMIN, "movies"),
            http=http,
        )


@asynccontextmanager
async def _buyers(world: World, folder) -> AsyncIterator:
    wires = Wires(*(Wire(world.open.addresses[one]) for one in ("movies", "ticket", "simulator")))
    tokens, history, dice = guest_tokens(world.open), History(folder / "texts.jsonl"), Random(SEED)

    def buyer() -> Buyer:
        guest = tokens.new()
        return Buyer(wires, history, subject=guest.subject, token=guest.token, dice=dice)

    try:
        yield buyer
    finally:
        await wires.close()
        history.close()


async def _film_page(world: World, stage: Stage, slug: str, text: str) -> str | None:
    """Save a film and return its page; None when its text was refused."""
    try:
        await stage.catalogue.save_film(_HOUSE, _film(slug, text), token=stage.token)
    except (Malformed, ValueError):
        answer = await _send_film(world, stage, slug, text)
        assert answer.status_code == 422, answer.text
        return None
    answer = await stage.http.get(f"/en/films/{slug}")
    assert answer.status_code == 200
    return answer.text


async def _send_film(world: World, stage: Stage, slug: str, text: str) -> httpx2.Response:
    """Send a film that our own schema would not let through."""
    harmless = _film(slug, _HARMLESS).model_dump(mode="json")
    both = {"en": text, "ro": text}
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as http:
        return await http.put(
            f"{world.open.addresses['movies']}/cinemas/{_HOUSE}/films/{slug}",
            json={**harmless, "title": both, "synopsis": both},
            headers={"authorization": f"Bearer {stage.token}", "idempotency-key": uuid4().hex},
        )


async def _show(stage: Stage, text: str, *, room: str = "", seats: int = 1) -> UUID:
    """Put a film of this title on, in a room of this or another name."""
    catalogue, token = stage.catalogue, stage.token
    film = await catalogue.save_film(_HOUSE, _film(f"harm-{uuid4().hex[:12]}", text), token=token)
    layout = plain_layout(seats)
    made_room = await catalogue.save_room(
        _HOUSE, RoomWrite(name=room or text, seats=layout), token=token
    )
    made = await catalogue.make_screening(
        _HOUSE,
        ScreeningWrite(
            film_id=film.id,
            room_id=made_room.id,
            price_card_id=stage.place.card,
            starts_at=datetime.now(UTC) + timedelta(hours=3),
        ),
        token=token,
    )
    return made.id


def _film(slug: str, text: str) -> FilmWrite:
    both = {"en": text, "ro": text}
    return FilmWrite.model_validate(
        {
            "slug": slug,
            "title": both,
            "original_title": "Nosferatu",
            "synopsis": both,
            "year": 1922,
            "runtime_minutes": 94,
            "certificate": "AP-12",
            "directors": ["F. W. Murnau"],
            "countries": ["DE"],
            "spoken_languages": ["zxx"],
        }
    )


def _is_refused(text: str) -> bool:
    return text in CONTROL or not 0 < len(text.strip()) <= 500


def _unlike(text: str, html: str, plain: list[tuple[str, ...]]) -> list[str]:
    page = read(html)
    said = " ".join(text.split())
    shown = {
        "title": page.one("h1").text == said,
        "synopsis": page.one("p", class_="synopsis").text == said,
        "elements": _skeleton(page) == plain,
        "addresses": _fetches(page) == [],
        "no control characters": not _CONTROLS.search(html),
    }
    return [f"{name}: {text[:60]!r}" for name, is_good in shown.items() if not is_good]


def _skeleton(page: Element) -> list[tuple[str, ...]]:
    return [(each.tag, *sorted(each.attributes)) for each in page.walk()]


def _fetches(page: Element) -> list[str]:
    """Return the addresses of other hosts that a page names."""
    named = [
        value
        for each in page.walk()
        for name, value in each.attributes.items()
        if name in _ADDRESSES
    ]
    return [value for value in named if "evil.example" in value or value.startswith("javascript:")]


def _has_text(shown: str, text: str) -> bool:
    return " ".join(text.split()) in " ".join(shown.split())


def _is_on_paper(pdf: bytes, text: str) -> bool:
    """Say whether what any font can draw of the beginning of a text is there, in its order."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        drawn = "".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
    squashed, at = re.sub(r"\s", "", drawn), 0
    for word in re.findall(r"[!-~]+", text[:60]):
        at = squashed.find(word, at)
        if at < 0:
            return False
        at += len(word)
    return True


def _acts(pdf: bytes) -> dict[bytes, int]:
    return {name: pdf.count(name) for name in _ACTS}
