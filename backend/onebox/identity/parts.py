"""All that an endpoint of the provider works with, made once per application."""

from dataclasses import dataclass

from starlette.requests import Request

from backend.kit.database import Database
from backend.onebox.identity.accounts import Accounts
from backend.onebox.identity.actions import MailedActions
from backend.onebox.identity.clients import Clients
from backend.onebox.identity.codes import Codes
from backend.onebox.identity.cookies import Cookies
from backend.onebox.identity.keys import KeyRing
from backend.onebox.identity.mails import Mails
from backend.onebox.identity.pages import Pages
from backend.onebox.identity.passwords import Passwords
from backend.onebox.identity.post import Post, SmtpPost
from backend.onebox.identity.sessions import Sessions
from backend.onebox.identity.settings import IdentitySettings
from backend.onebox.identity.sign_ins import SignIns
from backend.onebox.identity.throttle import Throttle
from backend.onebox.identity.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Parts:
    """The provider, taken apart."""

    settings: IdentitySettings
    database: Database
    keys: KeyRing
    tokens: Tokens
    clients: Clients
    accounts: Accounts
    passwords: Passwords
    throttle: Throttle
    sign_ins: SignIns
    sessions: Sessions
    codes: Codes
    actions: MailedActions
    mails: Mails
    pages: Pages
    cookies: Cookies


def assemble(settings: IdentitySettings, post: Post | None = None) -> Parts:
    """Make the parts; nothing is opened yet."""
    database = Database(settings.dsn.get_secret_value())
    keys = KeyRing(database)
    pages = Pages(settings)
    return Parts(
        settings=settings,
        database=database,
        keys=keys,
        tokens=Tokens(settings, keys),
        clients=Clients(database),
        accounts=Accounts(database),
        passwords=Passwords(settings.argon2),
        throttle=Throttle(database, settings),
        sign_ins=SignIns(database, settings.sign_in_life),
        sessions=Sessions(database, settings),
        codes=Codes(database, settings.code_life),
        actions=MailedActions(database, settings.mails_per_hour),
        mails=Mails(settings, pages.templates, post or SmtpPost(settings)),
        pages=pages,
        cookies=Cookies(settings),
    )


def parts_of(request: Request) -> Parts:
    """Return the parts of the application that serves a request."""
    parts: Parts = request.app.state.parts
    return parts
