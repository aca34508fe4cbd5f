"""The parts of the auth service, made once and handed to its endpoints."""

from dataclasses import dataclass

from backend.auth.cookies import Cookies
from backend.auth.guests.tokens import GuestTokens
from backend.auth.lookups.service import LookupDesk
from backend.auth.provider.checks import TokenChecks
from backend.auth.provider.client import Provider
from backend.auth.sessions.csrf import CsrfTokens
from backend.auth.sessions.living import LivingSessions
from backend.auth.settings import AuthSettings
from backend.auth.signin.attempts import Attempts


@dataclass(frozen=True, slots=True)
class Parts:
    """What the features share."""

    settings: AuthSettings
    cookies: Cookies
    provider: Provider
    checks: TokenChecks
    attempts: Attempts
    sessions: LivingSessions
    guests: GuestTokens
    csrf: CsrfTokens
    lookups: LookupDesk
