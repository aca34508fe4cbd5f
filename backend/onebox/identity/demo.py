"""People who exist from the first start, one for each role, with passwords one can remember."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.kit.database import Database
from backend.onebox.identity.accounts import Accounts, Person
from backend.onebox.identity.passwords import Passwords
from backend.onebox.identity.settings import IdentitySettings
from backend.onebox.passphrases import memorable_password


@dataclass(frozen=True, slots=True)
class DemoUser:
    """Somebody to be there; without a password one is made."""

    email: str
    name: str
    roles: tuple[str, ...]
    cinemas: tuple[str, ...] = ()
    language: str = "en"
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class NewUser:
    """An account made just now; the caller alone keeps the password in plain."""

    email: str
    name: str
    roles: tuple[str, ...]
    password: str = field(repr=False)


async def ensure_users(settings: IdentitySettings, users: Sequence[DemoUser]) -> list[NewUser]:
    """Make the accounts that are not there yet and return those; others stay untouched."""
    database = Database(settings.dsn.get_secret_value(), largest=2)
    passwords = Passwords(settings.argon2)
    await database.open()
    try:
        accounts = Accounts(database)
        made = [await _ensure(accounts, passwords, user) for user in users]
    finally:
        passwords.close()
        await database.close()
    return [user for user in made if user is not None]


async def _ensure(accounts: Accounts, passwords: Passwords, user: DemoUser) -> NewUser | None:
    if await accounts.by_email(user.email) is not None:
        return None
    password = user.password or memorable_password()
    account = await accounts.appoint(
        Person(user.email, user.name, user.language),
        await passwords.hashed(password),
        roles=user.roles,
        cinemas=user.cinemas,
    )
    if account is None:
        return None
    return NewUser(user.email, user.name, user.roles, password)
