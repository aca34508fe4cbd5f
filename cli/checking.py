"""`moviemesh check-ticket`: prints what a ticket says, and whether a door could believe it."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from pathlib import Path

from moviemesh_ticketcode import KeyList, ListRefused, Outcome
from rich.console import Console
from rich.table import Table

from backend.onebox import secrets
from backend.onebox.folders import folders
from backend.onebox.secrets import TICKET_KEY_ID, public_half
from cli.terminal import MISSING, WRONG, say_problem
from cli.ticket_reading import CheckedTicket, TicketUnread, check

# What the outcomes of MM1 mean to whoever holds the paper.
_SAYS = {
    Outcome.VALID: "good: signed by this cinema, and its doors are open now",
    Outcome.TOO_EARLY: "good: signed by this cinema, but its doors are not open yet",
    Outcome.ENDED: "signed by this cinema, but its screening is over",
    Outcome.REVOKED: "signed by this cinema, and taken back since",
    Outcome.FORGED: "not signed by this cinema: the digits were changed or invented",
    Outcome.UNKNOWN_KEY: "signed with a key that is not among those given",
    Outcome.MALFORMED: "not a ticket's code",
}
_GOOD = frozenset({Outcome.VALID, Outcome.TOO_EARLY, Outcome.ENDED})


class KeysMissing(Exception):  # noqa: N818 -- a fact for the person at the terminal
    """There are no public keys to check with."""


def check_ticket(console: Console, source: str, keys: Path | None) -> int:
    """Print every ticket of the source; return 0 when each is signed and not taken back."""
    try:
        found = check(source, _keys(keys), now=datetime.now(UTC))
    except (TicketUnread, KeysMissing) as problem:
        say_problem(console, problem)
        return WRONG
    for number, ticket in enumerate(found, start=1):
        console.print(_shown(ticket, f"Ticket {number} of {len(found)}"))
    console.print(
        "[dim]Checked by the public keys alone; only the door knows whether it was used.[/]"
    )
    return 0 if all(ticket.outcome in _GOOD for ticket in found) else MISSING


def _keys(path: Path | None) -> KeyList:
    """Read the keys from a file, else those of the cinema on this machine; raises KeysMissing."""
    if path is not None:
        try:
            return KeyList.from_json(path.read_bytes())
        except (OSError, ListRefused) as error:
            raise KeysMissing(
                f"{path} is no list of public keys. Save the address /keys of the ticket service."
            ) from error
    kept = secrets.load(folders().secrets)
    if kept is None:
        raise KeysMissing(
            "No cinema was opened here, so its public keys are not known."
            " Name a saved list with --keys."
        )
    raw = str(public_half(kept.ticket_key)["x"])
    return KeyList({TICKET_KEY_ID: urlsafe_b64decode(raw + "=" * (-len(raw) % 4))})


def _shown(ticket: CheckedTicket, title: str) -> Table:
    table = Table(title=title, show_header=False, title_justify="left", min_width=60)
    colour = "green" if ticket.outcome in _GOOD else "red"
    says = _SAYS.get(ticket.outcome, "")
    table.add_row("Outcome", f"[bold {colour}]{ticket.outcome.value}[/]: {says}")
    if ticket.ticket_id is not None and ticket.category is not None:
        table.add_row("Ticket", str(ticket.ticket_id))
        table.add_row("Screening", f"{ticket.screening_key}, seat number {ticket.seat}")
        table.add_row("Kind", ticket.category.name.lower())
    if ticket.not_before_at is not None and ticket.not_after_at is not None:
        doors = f"{ticket.not_before_at:%Y-%m-%d %H:%M} to {ticket.not_after_at:%Y-%m-%d %H:%M} UTC"
        table.add_row("Doors", doors)
    if ticket.found.page is not None:
        table.add_row("Page", str(ticket.found.page))
    return table
