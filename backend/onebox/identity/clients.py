"""The applications that may send people here, and where they may be sent back to."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.kit.database import Database
from backend.onebox.identity.settings import ClientSettings

_COLUMNS = (
    "client_id, name, secret_hash, redirect_uris, post_logout_redirect_uris, home_url,"
    " audiences, roles"
)
_FIND = f"SELECT {_COLUMNS} FROM client WHERE client_id = %s AND is_enabled"  # noqa: S608 -- a constant
_HOME = "SELECT home_url FROM client WHERE home_url IS NOT NULL ORDER BY client_id = 'web' DESC"
_STORE = """
    INSERT INTO client (client_id, name, secret_hash, redirect_uris, post_logout_redirect_uris,
                        home_url, audiences, roles)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (client_id) DO UPDATE SET
        name = excluded.name, secret_hash = excluded.secret_hash,
        redirect_uris = excluded.redirect_uris,
        post_logout_redirect_uris = excluded.post_logout_redirect_uris,
        home_url = excluded.home_url, audiences = excluded.audiences, roles = excluded.roles
"""
# A registered loopback address without a port stands for any port (RFC 8252, section 7.3).
_ANY_PORT = re.compile(r"http://(127\.0\.0\.1|\[::1\])/[^?#]*")
_WITH_PORT = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\])):[0-9]{1,5}(/[^?#]*)")


@dataclass(frozen=True, slots=True)
class Client:
    """A registered application."""

    client_id: str
    name: str
    secret_hash: bytes | None
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    home_url: str | None
    audiences: tuple[str, ...]
    roles: tuple[str, ...]

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret and proves itself by PKCE alone."""
        return self.secret_hash is None

    def may_return_to(self, address: str) -> bool:
        """Say whether codes may be sent to the address: equal, but for a loopback's port."""
        if address in self.redirect_uris:
            return True
        match = _WITH_PORT.fullmatch(address)
        if match is None or int(urlsplit(address).netloc.rsplit(":", 1)[1]) > 65_535:
            return False
        portless = match[1] + match[2]
        return portless in self.redirect_uris and _ANY_PORT.fullmatch(portless) is not None

    def may_leave_to(self, address: str) -> bool:
        """Say whether a sign-out may end at the address."""
        return address in self.post_logout_redirect_uris

    def proves(self, secret: str) -> bool:
        """Say whether the secret is this client's."""
        return self.secret_hash is not None and hmac.compare_digest(
            self.secret_hash, _secret_hash(secret)
        )


class Clients:
    """The table of applications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, client_id: str) -> Client | None:
        """Return an enabled client by its id."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_FIND, (client_id,))).fetchone()
        if row is None:
            return None
        secret_hash = row["secret_hash"]
        return Client(
            client_id=row["client_id"],
            name=row["name"],
            secret_hash=None if secret_hash is None else bytes(secret_hash),
            redirect_uris=tuple(row["redirect_uris"]),
            post_logout_redirect_uris=tuple(row["post_logout_redirect_uris"]),
            home_url=row["home_url"],
            audiences=tuple(row["audiences"]),
            roles=tuple(row["roles"]),
        )

    async def home_url(self) -> str | None:
        """Return where a lost visitor may go: the public site if there is one."""
        async with self._database.connection() as connection:
            row = await (await connection.execute(_HOME)).fetchone()
        return None if row is None else str(row["home_url"])

    async def store(self, clients: Iterable[ClientSettings]) -> None:
        """Make the table agree with the settings; clients enrolled otherwise stay."""
        async with self._database.transaction() as connection:
            for client in clients:
                secret = client.secret and _secret_hash(client.secret.get_secret_value())
                await connection.execute(
                    _STORE,
                    (
                        client.client_id,
                        client.name,
                        secret,
                        list(client.redirect_uris),
                        list(client.post_logout_redirect_uris),
                        client.home_url,
                        list(client.audiences),
                        list(client.roles),
                    ),
                )


def _secret_hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
