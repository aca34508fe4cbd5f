"""Which passwords are refused, and how they are checked."""

import pytest

from backend.onebox.identity.passwords import Passwords, Weakness, weakness_of
from backend.onebox.identity.settings import PasswordCosts


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("otter violet", None),
        ("ăâîșțăâîșțăâ", None),
        ("123456789", Weakness.SHORT),
        ("x" * 129, Weakness.LONG),
        ("0123456789", Weakness.COMMON),
        ("asdfghjklz", Weakness.COMMON),
        ("Password123!", Weakness.COMMON),
        ("aaaaaabbbbbb", Weakness.COMMON),
        ("ana.popescu@mesh.example", Weakness.PERSONAL),
        ("ana.popescu", Weakness.PERSONAL),
        ("Constantin1990", Weakness.PERSONAL),
    ],
)
def test_weakness_is_named(password, weakness):
    found = weakness_of(password, email="Ana.Popescu@mesh.example", name="Ana Constantin")

    assert found is weakness


async def test_password_matches_however_its_letters_were_composed():
    passwords = Passwords(PasswordCosts(time_cost=1, memory_kib=8))

    encoded = await passwords.hashed("poveste cu s\u0326")

    assert encoded.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert await passwords.matches("poveste cu \u0219", encoded)
    assert not await passwords.matches("poveste cu s", encoded)
    passwords.close()


async def test_nobody_and_a_broken_hash_match_nothing():
    passwords = Passwords(PasswordCosts(time_cost=1, memory_kib=8))

    assert not await passwords.matches("nobody has this password", None)
    assert not await passwords.matches("x", "not a hash")
    passwords.close()
