"""Amounts that the provider accepts, what it keeps of each payment, and how it writes them."""

from backend.onebox.stripe_simulator.errors import wrong

# The smallest charge per currency, in minor units, as the provider publishes them.
SMALLEST = {
    "bgn": 100,
    "chf": 50,
    "czk": 1_500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "huf": 17_500,
    "nok": 300,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "usd": 50,
}
LARGEST = 99_999_999
_FEE_PER_MILLE = 14
_FIXED_FEE = {"eur": 25, "gbp": 20, "huf": 8_500, "usd": 30}


def currency(value: str, param: str) -> str:
    """Return the currency in small letters; raises StripeError for one that is not taken."""
    small = value.lower()
    if small not in SMALLEST:
        taken = ", ".join(sorted(SMALLEST))
        raise wrong(f"Invalid currency: {value}. The simulator takes: {taken}", None, param)
    return small


def check_amount(amount: int, of: str, param: str) -> None:
    """Refuse amounts that the provider does not charge."""
    if amount < SMALLEST[of]:
        least = written(SMALLEST[of], of)
        raise wrong(f"Amount must be at least {least}", "amount_too_small", param)
    if amount > LARGEST:
        most = written(LARGEST, of)
        raise wrong(f"Amount must be no more than {most}", "amount_too_large", param)


def fee(amount: int, of: str) -> int:
    """Return what the provider keeps of a payment: 1.4 %, half up, and a fixed part."""
    return (amount * _FEE_PER_MILLE + 500) // 1_000 + _FIXED_FEE.get(of, 100)


def dispute_fee(of: str) -> int:
    return 7_500 if of == "ron" else 1_500


def written(amount: int, of: str) -> str:
    return f"{amount // 100:,}.{amount % 100:02d} {of}"
