"""Idempotency keys: one effect for each, whoever crashes, repeats or hurries."""

import asyncio

import pytest
from pydantic import BaseModel

from backend.contracts.problems import Denied, IdempotencyKeyReused, Refused, Unavailable
from backend.kit.database import Database
from backend.kit.keys import Intent, Once
from tests.backend.kit.messaging.messages import rows

pytestmark = pytest.mark.integration


class Answer(BaseModel):
    n: int


class Effect:
    """Writes a row, counts itself, and fails as told."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs = 0

    async def __call__(self, connection) -> Answer:
        self.runs += 1
        await connection.execute(
            "INSERT INTO recon_diff (kind, subject, facts) VALUES ('test', %s, '{}')",
            (str(self.runs),),
        )
        await asyncio.sleep(0.01)
        if self.failures:
            raise self.failures.pop(0)
        return Answer(n=self.runs)


def _intent(body: bytes = b"a", *, principal: str = "ana", key: str = "key-00001") -> Intent:
    return Intent(principal, "POST /things", key, body)


async def _effects(database: Database) -> int:
    return len(await rows(database, "SELECT 1 FROM recon_diff"))


async def test_same_request_again_gets_the_stored_answer(database):
    once, effect = Once(database), Effect()

    first = await once.run(_intent(), effect, status=201)
    second = await once.run(_intent(), effect, status=201)

    assert (first.status, first.body, first.is_replayed) == (201, b'{"n":1}', False)
    assert (second.status, second.body, second.is_replayed) == (201, b'{"n":1}', True)
    assert "idempotency-replayed" not in first.response().headers
    assert second.response().headers["idempotency-replayed"] == "true"
    assert (effect.runs, await _effects(database)) == (1, 1)


async def test_other_content_under_the_same_key_is_refused(database):
    once, effect = Once(database), Effect()
    await once.run(_intent(b"a"), effect)

    with pytest.raises(IdempotencyKeyReused):
        await once.run(_intent(b"b"), effect)

    assert effect.runs == 1


async def test_keys_of_two_people_are_two_keys(database):
    once, effect = Once(database), Effect()

    await once.run(_intent(principal="ana"), effect)
    await once.run(_intent(principal="ion"), effect)

    assert effect.runs == 2


async def test_duplicates_in_one_process_act_once(database):
    once, effect = Once(database), Effect()

    replies = await asyncio.gather(*(once.run(_intent(), effect) for _ in range(20)))

    assert effect.runs == 1
    assert sorted(reply.is_replayed for reply in replies) == [False] + [True] * 19
    assert {reply.body for reply in replies} == {b'{"n":1}'}


async def test_duplicates_in_two_processes_act_once(database):
    effect = Effect()

    replies = await asyncio.gather(
        *(Once(database).run(_intent(), effect) for _ in range(6)),
    )

    assert effect.runs == 1
    assert {reply.body for reply in replies} == {b'{"n":1}'}


async def test_refusal_that_another_try_may_change_is_not_stored(database):
    once, effect = Once(database), Effect(Refused("not now"))
    with pytest.raises(Refused):
        await once.run(_intent(), effect)
    assert await rows(database, "SELECT 1 FROM idempotency") == []

    reply = await once.run(_intent(), effect)

    assert (reply.status, reply.is_replayed) == (200, False)
    assert await _effects(database) == 1


async def test_refusal_that_stays_is_stored_and_leaves_no_effect(database):
    once, effect = Once(database), Effect(Denied())
    with pytest.raises(Denied):
        await once.run(_intent(), effect)

    reply = await once.run(_intent(), effect)

    assert (reply.status, reply.is_replayed) == (403, True)
    assert b'"error":"Denied"' in reply.body
    assert (effect.runs, await _effects(database)) == (1, 0)


@pytest.mark.parametrize("failure", [RuntimeError("bug"), Unavailable(), ConnectionResetError()])
async def test_crash_leaves_neither_key_nor_effect(database, failure):
    once, effect = Once(database), Effect(failure)
    with pytest.raises(type(failure)):
        await once.run(_intent(), effect)
    assert await rows(database, "SELECT 1 FROM idempotency") == []
    assert await _effects(database) == 0

    assert (await once.run(_intent(), effect)).body == b'{"n":2}'


async def test_duplicate_acts_when_the_first_one_failed(database):
    once, effect = Once(database), Effect(Refused("not now"))

    outcomes = await asyncio.gather(
        once.run(_intent(), effect), once.run(_intent(), effect), return_exceptions=True
    )

    assert [type(outcome).__name__ for outcome in outcomes] == ["Refused", "Reply"]
    assert await _effects(database) == 1
