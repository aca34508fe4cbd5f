"""Whose browser it is: a person while their session lives, a guest otherwise."""

from backend.auth.cookies import Cookie
from backend.auth.guests.orders import order_tokens
from backend.auth.guests.tokens import Guest
from backend.auth.parts import Parts
from backend.auth.sessions.repository import Session, key_of
from backend.contracts.permissions import Role
from backend.contracts.sessions import SessionRead

Given = dict[Cookie, str]


async def read(parts: Parts, cookies: Given) -> SessionRead:
    """Return the session of a browser; one without a good cookie becomes a new guest's."""
    cookie = cookies.get(Cookie.SESSION)
    session = None if cookie is None else await parts.sessions.find(key_of(cookie))
    guest = parts.guests.known(cookies.get(Cookie.GUEST))
    orders = order_tokens(parts.guests, cookies.get(Cookie.ORDERS))
    if session is None:
        found = _of_guest(parts, guest or parts.guests.new())
    else:
        found = _of_person(parts, session, guest)
    return found.model_copy(update={"order_tokens": orders})


def _of_person(parts: Parts, session: Session, guest: Guest | None) -> SessionRead:
    person = session.person
    return SessionRead(
        kind="person",
        subject=person.subject,
        name=person.name,
        email=person.email,
        roles=list(person.roles),
        cinemas=list(person.cinemas),
        access_token=session.grant.access_token,
        csrf=parts.csrf.token(session.key),
        set_cookie=None if guest is None else _news(parts, guest),
        guest_token=None if guest is None else guest.token,
    )


def _of_guest(parts: Parts, guest: Guest) -> SessionRead:
    return SessionRead(
        kind="guest",
        subject=guest.subject,
        name=None,
        email=None,
        roles=[Role.GUEST],
        cinemas=[],
        access_token=guest.token,
        csrf=parts.csrf.token(guest.subject),
        set_cookie=_news(parts, guest),
    )


def _news(parts: Parts, guest: Guest) -> str | None:
    if not guest.is_news:
        return None
    return parts.cookies.keep(Cookie.GUEST, guest.token, parts.settings.guest_life)
