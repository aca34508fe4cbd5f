"""Keys: published before use, listed as long as a door needs them, never given to another."""

import asyncio
from base64 import urlsafe_b64decode

import pytest
from moviemesh_ticketcode import KeyList, Outcome, read

from backend.ticket.keys.registry import KeyIdReused
from tests.backend.ticket.builders import order_paid, paid_line, showing
from tests.backend.ticket.rig import Rig, private_jwk, rig_on, settings_for

pytestmark = pytest.mark.integration
PACKAGE = "backend.ticket"


async def listed(rig: Rig) -> KeyList:
    answer = await rig.web.get("/keys")
    assert answer.status_code == 200
    return KeyList.from_json(answer.content)


async def age_keys(rig: Rig) -> None:
    async with rig.parts.database.connection() as connection:
        await connection.execute("UPDATE ticket_key SET added_at = added_at - interval '2 days'")


async def test_anybody_reads_the_keys_and_believes_a_ticket_by_them(rig: Rig):
    await rig.tell(order_paid(paid_line(1)))
    ((code, ticket),) = [row.values() for row in await rig.rows("SELECT code, id FROM ticket")]

    reading = read(code, await listed(rig))

    assert (reading.outcome, reading.ticket_id) == (None, ticket)


async def test_document_names_the_key_of_the_lists_apart(rig: Rig):
    document = (await rig.web.get("/keys")).json()

    lists = urlsafe_b64decode(document["lists"] + "=")
    assert lists == rig.parts.keys.public_list_key
    assert [entry["id"] for entry in document["keys"]] == [6, 7]
    assert lists not in rig.parts.keys.public().values()


async def test_private_halves_are_nowhere_in_the_answer_or_the_database(rig: Rig):
    secrets = {private_jwk(name)["d"] for name in ("tickets-6", "tickets-7", "lists")}
    raw = {urlsafe_b64decode(secret + "=") for secret in secrets}

    text = (await rig.web.get("/keys")).text
    rows = await rig.rows("SELECT public_key FROM ticket_key")

    assert not {secret for secret in secrets if secret in text}
    assert not raw & {bytes(row["public_key"]) for row in rows}


async def test_tickets_of_an_old_key_stay_good_after_a_change_of_keys(database_of, tmp_path):
    dsn = database_of(PACKAGE)
    async with rig_on(dsn, tmp_path / "before", ticket_key_id=6) as rig:
        await rig.tell(order_paid(paid_line(1), **showing()))
        ((code,),) = [row.values() for row in await rig.rows("SELECT code FROM ticket")]
    only_new = {"ticket_keys": {7: private_jwk("tickets-7")}}

    async with rig_on(dsn, tmp_path / "after", **only_new) as rig:
        await age_keys(rig)

        keys = await listed(rig)

        assert set(keys.keys) == {6, 7}
        assert read(code, keys).outcome is None


async def test_key_is_dropped_a_day_after_its_last_ticket(database_of, tmp_path):
    dsn = database_of(PACKAGE)
    async with rig_on(dsn, tmp_path / "before", ticket_key_id=6) as rig:
        await rig.tell(order_paid(paid_line(1), **showing()))
        ((code,),) = [row.values() for row in await rig.rows("SELECT code FROM ticket")]
        async with rig.parts.database.connection() as connection:
            await connection.execute(
                "UPDATE ticket SET not_after_at = clock_timestamp() - interval '25 hours'"
            )
        await age_keys(rig)

    async with rig_on(dsn, tmp_path / "after", ticket_keys={7: private_jwk("tickets-7")}) as rig:
        keys = await listed(rig)

        assert set(keys.keys) == {7}
        assert read(code, keys).outcome == Outcome.UNKNOWN_KEY


async def test_key_of_another_process_is_met_without_waiting_for_a_minute(
    database_of, tmp_path, monkeypatch
):
    dsn = database_of(PACKAGE)
    async with rig_on(dsn, tmp_path / "old", ticket_keys={7: private_jwk("tickets-7")}) as old:
        before = old.parts.registry.listed
        newer = {"ticket_keys": {8: private_jwk("tickets-8")}, "ticket_key_id": 8}
        async with rig_on(dsn, tmp_path / "new", **newer) as new:
            await new.tell(order_paid(paid_line(1)))

        monkeypatch.setattr("backend.ticket.keys.registry._AGAIN_S", 0.0)
        usual = old.parts.registry.listed
        met = await old.parts.registry.asked_again()

        assert (set(before.keys), set(usual.keys), set(met.keys)) == ({7}, {7}, {7, 8})


async def test_id_of_an_old_key_is_not_given_to_another(database_of, tmp_path):
    dsn = database_of(PACKAGE)
    async with rig_on(dsn, tmp_path / "first"):
        pass

    with pytest.raises(KeyIdReused, match="7 belongs to another key"):
        async with rig_on(dsn, tmp_path / "second", ticket_keys={7: private_jwk("stranger")}):
            pass


async def test_same_keys_register_many_times(database_of, tmp_path):
    dsn = database_of(PACKAGE)
    async with rig_on(dsn, tmp_path) as rig:
        await asyncio.gather(*(rig.parts.registry.start() for _ in range(5)))

        assert set((await listed(rig)).keys) == {6, 7}


def test_settings_must_hold_the_key_that_signs(tmp_path):
    with pytest.raises(ValueError, match="ticket_key_id 5 is not among ticket_keys"):
        settings_for("postgresql://nowhere", tmp_path, ticket_key_id=5)
