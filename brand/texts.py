"""Every text that a person reads, by key and language, and how their language writes amounts.

A missing key is an error: nothing falls back to another language.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

LANGUAGES = ("en", "ro")
LANGUAGE_NAMES: Mapping[str, str] = MappingProxyType({"en": "English", "ro": "Română"})
CATALOGUES = Path(__file__).resolve().parent.parent / "locale"

# English as a European cinema writes it: day before month, 24-hour clock.
_LOCALES = {"en": "en_GB", "ro": "ro"}
_MONEY_PATTERNS = {"en": "¤¤\u00a0#,##0.00", "ro": "#,##0.00\u00a0¤¤"}
_DATE_PATTERNS = {
    "en": {
        "long": "EEEE d MMMM y",
        "medium": "d MMMM y",
        "day": "EEE d MMM",
        "short": "d MMM",
        "numeric": "dd/MM/y",
    },
    "ro": {
        "long": "EEEE, d MMMM y",
        "medium": "d MMMM y",
        "day": "EEE, d MMM",
        "short": "d MMM",
        "numeric": "dd.MM.y",
    },
}
_WEEK = timedelta(days=7)

DateStyle = Literal["long", "medium", "day", "short", "numeric"]
Zone = str | tzinfo
Day = date
Moment = datetime | date


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language, called with a key and its values, and that language's formats."""

    language: str
    locale: Locale
    entries: Mapping[str, tuple[str, ...]]
    plural_form: Callable[[int], int]

    def __call__(self, key: str, /, *, count: int | None = None, **values: object) -> str:
        """Return the text; with `count` in the plural form that the number asks for."""
        forms = self._forms(key)
        if count is None:
            return forms[0].format_map(values)
        form = forms[self.plural_form(abs(count))] if len(forms) > 1 else forms[0]
        return form.format_map({"count": self.number(count), **values})

    def has(self, key: str) -> bool:
        """Tell whether a key of a dynamic family exists, such as a stranger's problem code."""
        return key in self.entries

    def money(self, minor: int, currency: str) -> str:
        """Return an amount in minor units with its currency, joined by a no-break space."""
        written = _amount(self.language, minor, currency)
        sign = f"common.currency.{currency}"
        return written.replace(currency, self(sign)) if self.has(sign) else written

    def number(self, value: float | Decimal) -> str:
        return _number(self.language, value)

    def percent(self, basis_points: int) -> str:
        """Return a rate given in hundredths of a percent, 1100 as 11%."""
        return _percent(self.language, basis_points)

    def date(self, moment: Moment, zone: Zone | None = None, style: DateStyle = "long") -> str:
        """Return the day, for a moment as it is in that zone."""
        return _date(self.language, _day(moment, zone), _DATE_PATTERNS[self.language][style])

    def weekday(self, moment: Moment, zone: Zone | None = None) -> str:
        return _date(self.language, _day(moment, zone), "EEEE")

    def relative_day(self, day: Day, today: Day, *, evening: bool = False) -> str:
        """Return Today (Tonight), Tomorrow, Yesterday, a weekday of the coming week, or a date."""
        if day == today:
            return self("common.day.tonight" if evening else "common.day.today")
        if day - today == timedelta(days=1):
            return self("common.day.tomorrow")
        if today - day == timedelta(days=1):
            return self("common.day.yesterday")
        if timedelta() < day - today < _WEEK:
            return self.weekday(day)
        return self.date(day, style="day")

    def time(self, moment: datetime, zone: Zone) -> str:
        return f"{moment.astimezone(_zone(zone)):%H:%M}"

    def moment(self, moment: datetime, zone: Zone, style: DateStyle = "day") -> str:
        """Return day and time together."""
        return self(
            "common.moment", day=self.date(moment, zone, style), time=self.time(moment, zone)
        )

    def duration(self, minutes: int) -> str:
        hours, rest = divmod(minutes, 60)
        if not hours:
            return self("common.duration.minutes", minutes=rest)
        if not rest:
            return self("common.duration.hours", hours=hours)
        return self("common.duration.both", hours=hours, minutes=rest)

    def list(self, items: Iterable[str]) -> str:
        return format_list(tuple(items), locale=self.locale)

    def language_name(self, code: str) -> str:
        """Return a film's language; a silent film has the code zxx."""
        own = f"common.language.{code}"
        return self(own) if self.has(own) else self.locale.languages[code]

    def country_name(self, code: str) -> str:
        """Return a film's country; those that are no more have a text of their own."""
        own = f"common.country.{code}"
        return self(own) if self.has(own) else self.locale.territories[code]

    def _forms(self, key: str) -> tuple[str, ...]:
        try:
            return self.entries[key]
        except KeyError:
            raise KeyError(f"no text {key!r} in {self.language!r}") from None


@cache
def texts(language: str) -> Texts:
    """Return the texts of a language, read once per process; KeyError for one we do not speak."""
    locale = _locale(language)
    entries: dict[str, tuple[str, ...]] = {}
    plural_form: Callable[[int], int] = int
    for path in sorted((CATALOGUES / language).glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale=language, charset="utf-8", abort_invalid=True)
        plural_form = c2py(catalogue.plural_expr)
        for message in catalogue:
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                forms = message.string or ""
                entries[key] = (forms,) if isinstance(forms, str) else tuple(forms)
    return Texts(language, locale, MappingProxyType(entries), plural_form)


# Babel takes as long for one amount as a page for all of its other texts, and a cinema writes the
# same few prices and days again and again.
@lru_cache(maxsize=2048)
def _amount(language: str, minor: int, currency: str) -> str:
    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, _MONEY_PATTERNS[language], locale=_locale(language))


@lru_cache(maxsize=512)
def _number(language: str, value: float | Decimal) -> str:
    return format_decimal(value, locale=_locale(language))


@lru_cache(maxsize=64)
def _percent(language: str, basis_points: int) -> str:
    locale = _locale(language)
    # The language's own pattern shows no decimals, and some tax rates have them.
    pattern: str = locale.percent_formats[None].pattern
    share = Decimal(basis_points).scaleb(-4)
    return format_percent(share, pattern.replace("#,##0", "#,##0.##"), locale=locale)


@lru_cache(maxsize=1024)
def _date(language: str, day: Day, pattern: str) -> str:
    return format_date(day, pattern, locale=_locale(language))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES[language])


def _zone(zone: Zone) -> tzinfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _day(moment: Moment, zone: Zone | None) -> date:
    if not isinstance(moment, datetime):
        return moment
    if zone is None:
        raise ValueError("a moment needs the zone whose day is meant")
    return moment.astimezone(_zone(zone)).date()
