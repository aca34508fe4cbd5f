"""What is tried again: only a transaction that lost a race for locks, three times in all."""

import pytest
from psycopg import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, SerializationFailure, UniqueViolation

from backend.kit.database import retrying

RACES = [DeadlockDetected, LockNotAvailable, SerializationFailure]


class Work:
    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs = 0

    async def __call__(self) -> str:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        return "done"


@pytest.mark.parametrize("race", RACES)
async def test_lost_race_is_run_again(race):
    work = Work(race("lost"), race("lost"))

    assert (await retrying(work), work.runs) == ("done", 3)


@pytest.mark.parametrize("race", RACES)
async def test_third_lost_race_is_raised(race):
    work = Work(*(race("lost") for _ in range(3)))

    with pytest.raises(race):
        await retrying(work)
    assert work.runs == 3


@pytest.mark.parametrize("error", [UniqueViolation, OperationalError, ValueError])
async def test_other_errors_are_raised_at_once(error):
    work = Work(error("no"))

    with pytest.raises(error):
        await retrying(work)
    assert work.runs == 1


@pytest.mark.integration
async def test_transaction_commits_at_its_end_or_not_at_all(database):
    async def fail() -> None:
        async with database.transaction() as connection:
            await connection.execute("CREATE TABLE gone (n integer)")
            raise RuntimeError

    async with database.transaction() as connection:
        await connection.execute("CREATE TABLE kept (n integer)")
    with pytest.raises(RuntimeError):
        await fail()

    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT to_regclass('kept') IS NOT NULL AS kept, to_regclass('gone') AS gone,"
            " current_setting('timezone') AS zone, current_setting('lock_timeout') AS patience"
        )
        assert await cursor.fetchone() == {
            "kept": True,
            "gone": None,
            "zone": "UTC",
            "patience": "2s",
        }


@pytest.mark.integration
async def test_database_says_whether_it_is_up(database):
    assert await database.is_up() is True

    await database.close()

    assert await database.is_up() is False
