"""People who can sign in: their e-mail is their user name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from backend.kit.database import Connection, Database
from backend.kit.ids import uuid7

_COLUMNS = (
    "account_id, email, name, password_hash, is_verified, is_enabled, language, roles, cinemas"
)
_BY_EMAIL = f"SELECT {_COLUMNS} FROM account WHERE email_key = %s"  # noqa: S608 -- a constant
_BY_ID = f"SELECT {_COLUMNS} FROM account WHERE account_id = %s"  # noqa: S608 -- a constant
# An unproven address belongs to nobody: the latest who claims it sets name and password.
_REGISTER = f"""
    INSERT INTO account (account_id, email, email_key, name, password_hash, language)
    VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (email_key) DO UPDATE SET
        email = excluded.email, name = excluded.name, password_hash = excluded.password_hash,
        language = excluded.language, changed_at = now()
        WHERE NOT account.is_verified
    RETURNING {_COLUMNS}
"""  # noqa: S608 -- a constant
_APPOINT = f"""
    INSERT INTO account (account_id, email, email_key, name, password_hash, language,
                         is_verified, roles, cinemas)
    VALUES (%s, %s, %s, %s, %s, %s, true, %s, %s)
    ON CONFLICT (email_key) DO NOTHING
    RETURNING {_COLUMNS}
"""  # noqa: S608 -- a constant
_VOID_LINKS = "UPDATE mailed_action SET used_at = now() WHERE account_id = %s AND used_at IS NULL"
_VOID_SIGN_INS = "UPDATE sign_in SET account_id = NULL WHERE account_id = %s"
_VERIFY = "UPDATE account SET is_verified = true, changed_at = now() WHERE account_id = %s"
_CHANGE = """
    UPDATE account SET password_hash = %s, is_verified = true, changed_at = now()
    WHERE account_id = %s
"""

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the tokens describe them."""

    account_id: UUID
    email: str
    name: str
    password_hash: str
    is_verified: bool
    is_enabled: bool
    language: str
    roles: tuple[str, ...]
    cinemas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """What somebody says about themselves when an account is made."""

    email: str
    name: str
    language: str


def email_or_none(text: str) -> str | None:
    """Return the address without surrounding spaces; None when it is not one."""
    address = text.strip()
    is_address = len(address) <= 254 and len(address.split("@")[0]) <= 64
    return address if is_address and _EMAIL.fullmatch(address) else None


def name_or_none(text: str) -> str | None:
    """Return the name with single spaces; None when empty, too long or not plain text."""
    name = " ".join(text.split())
    return name if 0 < len(name) <= 100 and not _UNSEEN.search(name) else None


def email_key(address: str) -> str:
    """Return the form in which two spellings of one address are equal."""
    return address.strip().casefold()


class Accounts:
    """The table of people."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_email(self, address: str) -> Account | None:
        """Return the account of an address, whatever its case."""
        return await self._one(_BY_EMAIL, (email_key(address),))

    async def by_id(self, account_id: UUID) -> Account | None:
        """Return an account."""
        return await self._one(_BY_ID, (account_id,))

    async def register(self, person: Person, password_hash: str) -> Account | None:
        """Keep a new, unproven account; None when the address is proven to be somebody's."""
        row = (uuid7(), person.email, email_key(person.email), person.name, password_hash)
        async with self._database.transaction() as connection:
            cursor = await connection.execute(_REGISTER, (*row, person.language))
            kept = await cursor.fetchone()
            if kept is None:
                return None
            # Else somebody could plant a password here, and the owner's older link would prove it.
            await _void(connection, kept["account_id"])
        return _account(kept)

    async def appoint(
        self, person: Person, password_hash: str, *, roles: Sequence[str], cinemas: Sequence[str]
    ) -> Account | None:
        """Keep a proven account with roles; None when the address is taken."""
        row = (uuid7(), person.email, email_key(person.email), person.name, password_hash)
        return await self._one(_APPOINT, (*row, person.language, list(roles), list(cinemas)))

    async def _one(self, query: str, values: Sequence[object]) -> Account | None:
        async with self._database.connection() as connection:
            row = await (await connection.execute(query, values)).fetchone()
        if row is None:
            return None
        return _account(row)


def _account(row: dict[str, Any]) -> Account:
    return Account(**{**row, "roles": tuple(row["roles"]), "cinemas": tuple(row["cinemas"])})


async def verify(connection: Connection, account_id: UUID) -> None:
    """Note that the person reads the mail of the address."""
    await connection.execute(_VERIFY, (account_id,))


async def change_password(connection: Connection, account_id: UUID, password_hash: str) -> None:
    """Set a password by a mailed link, which proves the address too and voids other links."""
    await connection.execute(_CHANGE, (password_hash, account_id))
    await _void(connection, account_id)


async def _void(connection: Connection, account_id: UUID) -> None:
    await connection.execute(_VOID_LINKS, (account_id,))
    await connection.execute(_VOID_SIGN_INS, (account_id,))
