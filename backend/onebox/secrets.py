"""The keys and passwords of one onebox, made at its first start and kept in one private file."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from joserfc.jwk import OKPKey

from backend.kit.tokens.verifier import Jwk

CALLERS = ("web", "auth", "movies")
TICKET_KEY_ID = 1


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything that must not be guessed. Keys are private Ed25519 JWK objects."""

    service_keys: dict[str, Jwk] = field(repr=False)
    guest_key: Jwk = field(repr=False)
    ticket_key: Jwk = field(repr=False)
    list_key: Jwk = field(repr=False)
    lookup_secret: str = field(repr=False)
    stripe_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    client_secret: str = field(repr=False)
    demo_passwords: dict[str, str] = field(repr=False)

    def public(self, *callers: str) -> dict[str, Jwk]:
        """Return the public keys of services by name."""
        return {name: public_half(self.service_keys[name]) for name in callers}


def load(path: Path) -> Secrets | None:
    """Read the file; None when there is none yet."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Secrets(**raw)


def ensure(path: Path, passwords: Mapping[str, str]) -> Secrets:
    """Read the file, or make it; people who are new in `passwords` are added to it."""
    kept = load(path)
    known = {} if kept is None else kept.demo_passwords
    wanted = {**passwords, **known}
    if kept is not None and wanted == known:
        return kept
    fresh = _made() if kept is None else asdict(kept)
    fresh["demo_passwords"] = wanted
    _write(path, fresh)
    return Secrets(**fresh)


def public_half(key: Jwk) -> Jwk:
    """Return a key without what signs."""
    return OKPKey.import_key(key).as_dict(private=False)


def _made() -> dict[str, Any]:
    return {
        "service_keys": {name: _key(name) for name in CALLERS},
        "guest_key": _key("guest-1"),
        "ticket_key": _key("ticket-1"),
        "list_key": _key("lists-1"),
        "lookup_secret": secrets.token_urlsafe(32),
        "stripe_key": f"sk_test_{secrets.token_hex(24)}",
        "webhook_secret": f"whsec_{secrets.token_hex(24)}",
        "client_secret": secrets.token_urlsafe(32),
    }


def _key(name: str) -> Jwk:
    return OKPKey.generate_key("Ed25519", parameters={"kid": name}).as_dict(private=True)


def _write(path: Path, content: Mapping[str, Any]) -> None:
    """Replace the file in one step, so that a crash leaves the old one or the new one."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(content, indent=1), "utf-8")
    fresh.replace(path)
