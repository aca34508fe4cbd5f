"""What each line of the table measures, and against what: the words of its headings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Title:
    """A line's work and its limit."""

    work: str
    limit: str


TITLES = {
    "a": Title("orders of two seats, 32 clients", "one plain statement that writes the same"),
    "b": Title("an order of two seats, one client", "time"),
    "c": Title("seat map of 240 seats while it is being sold", "bare Starlette hello"),
    "d": Title("programme of a day with availability", "bare Starlette hello"),
    "e": Title("admission at the door", "pgbench's single update"),
    "f": Title("from a commit to 500 open seat maps", "time"),
    "g": Title("ticket PDFs", "reportlab, the same text, no code"),
    "h": Title("from paid to the PDF", "time"),
    "i": Title("240 seats sold out to 128 rivals", "exactness and CPU"),
    "j": Title("warm start of the onebox, and its memory", "time and memory"),
    "k": Title("a whole purchase on the site, page by page", "CPU"),
    "l": Title("statements for a batch of orders, and for an admission", "one"),
}
