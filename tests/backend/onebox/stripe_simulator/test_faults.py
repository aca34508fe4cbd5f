"""The fault switches: calls and webhooks go wrong as told, and as the provider's would."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
import stripe

from backend.onebox.stripe_simulator.app import create_app
from backend.onebox.stripe_simulator.settings import SimulatorSettings
from tests.backend.onebox.stripe_simulator.rig import KEY, Rig, rig_on, session_params
from tests.backend.onebox.stripe_simulator.test_server import serving

pytestmark = pytest.mark.integration


@pytest.fixture
async def faulty(dsn: str) -> AsyncIterator[Rig]:
    async with rig_on(dsn, allows_faults=True) as made:
        yield made


async def put(rig: Rig, **faults: object) -> dict[str, object]:
    answer = await rig.web.post("/_faults", json=faults)
    assert answer.status_code == 200, answer.text
    found: dict[str, object] = answer.json()
    return found


async def shown(rig: Rig) -> dict[str, object]:
    found: dict[str, object] = (await rig.web.get("/_faults")).json()
    return found


async def create(rig: Rig, key: str = "k-1") -> str:
    """Return a new session's id, or the status of the refusal."""
    try:
        made = await rig.stripe.v1.checkout.sessions.create_async(
            session_params(), {"idempotency_key": key}
        )
    except stripe.StripeError as error:
        return str(error.http_status)
    return str(made.id)


async def sessions(rig: Rig) -> list[str]:
    found = await rig.stripe.v1.checkout.sessions.list_async()
    return [one.id for one in found.data]


async def test_simulator_without_permission_refuses_the_switches(rig: Rig):
    answers = [
        await rig.web.post("/_faults", json={}),
        await rig.web.get("/_faults"),
        await rig.web.delete("/_faults"),
        await rig.web.post("/_dashboard", json={"action": "dispute", "intent": "pi_1"}),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    sentences = {answer.json()["error"]["message"] for answer in answers}
    assert len(sentences) == 1
    assert sentences.pop().startswith("This simulator has no fault switches.")


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"sede": 1}, "sede"),
        ({"calls": [{"fault": "404"}]}, "calls.0.fault"),
        ({"calls": [{"fault": "500", "operations": ["session.pay"]}]}, "calls.0.operations.0"),
        ({"calls": [{"fault": "500", "probability": 1.5}]}, "calls.0.probability"),
        ({"calls": [{"fault": "429", "when": "after"}]}, "calls.0"),
        ({"calls": [{"fault": "delay"}]}, "calls.0"),
        ({"webhooks": {"copies": "3"}}, "webhooks.copies"),
    ],
)
async def test_set_that_is_not_understood_is_refused(faulty: Rig, body, where):
    answer = await faulty.web.post("/_faults", json=body)

    assert (answer.status_code, answer.json()["error"]["param"]) == (422, where)


async def test_what_pages_of_other_sites_can_send_is_refused(faulty: Rig):
    answer = await faulty.web.post(
        "/_faults", content=b"{}", headers={"content-type": "text/plain"}
    )

    assert answer.status_code == 415


async def test_500_before_the_effect_is_replayed_and_left_nothing(faulty: Rig):
    await put(faulty, calls=[{"fault": "500", "operations": ["session.create"], "times": 1}])

    answers = [await create(faulty), await create(faulty)]

    assert answers == ["500", "500"]
    assert faulty.carrier.answers[1].headers["idempotent-replayed"] == "true"
    assert await sessions(faulty) == []
    assert (await create(faulty, "k-2")) == (await sessions(faulty))[0]


async def test_500_after_the_effect_is_replayed_and_the_effect_stays(faulty: Rig):
    await put(faulty, calls=[{"fault": "500", "when": "after", "times": 1}])

    answers = [await create(faulty), await create(faulty)]

    assert answers == ["500", "500"]
    assert faulty.carrier.answers[1].headers["idempotent-replayed"] == "true"
    assert len(await sessions(faulty)) == 1


async def test_429_says_when_to_come_again_and_keeps_nothing(faulty: Rig):
    await put(faulty, calls=[{"fault": "429", "times": 1, "retry_after_s": 7}])

    refused = await create(faulty)
    made = await create(faulty)

    assert refused == "429"
    assert faulty.carrier.answers[0].headers["retry-after"] == "7"
    assert "idempotent-replayed" not in faulty.carrier.answers[1].headers
    assert await sessions(faulty) == [made]


async def test_503_after_the_effect_is_healed_by_a_repeat(faulty: Rig):
    await put(faulty, calls=[{"fault": "503", "when": "after", "times": 1}])

    answers = [await create(faulty), await create(faulty)]

    assert answers == ["503", *(await sessions(faulty))]
    assert faulty.carrier.answers[1].headers["idempotent-replayed"] == "true"


async def test_read_that_breaks_changes_nothing(faulty: Rig):
    made = await create(faulty)
    await put(faulty, calls=[{"fault": "500", "operations": ["session.list"], "times": 1}])

    with pytest.raises(stripe.APIError):
        await sessions(faulty)

    assert await sessions(faulty) == [made]


@pytest.mark.parametrize(("when", "left"), [("before", 0), ("after", 1)])
async def test_reset_gives_no_answer_before_or_after_the_effect(dsn: str, when: str, left: int):
    settings = SimulatorSettings(
        dsn=dsn, public_url="http://127.0.0.1", secret_keys=(KEY,), allows_faults=True
    )
    async with serving(create_app(settings)) as address, rig_on(dsn) as rig:
        client = stripe.StripeClient(KEY, base_addresses={"api": address}, max_network_retries=0)
        async with asyncio.timeout(20), httpx2.AsyncClient(trust_env=False) as web:
            once = {"fault": "reset", "when": when, "times": 1}
            await web.post(f"{address}/_faults", json={"calls": [once]})
            key: stripe.RequestOptions = {"idempotency_key": "k-1"}
            create_session = client.v1.checkout.sessions.create
            with pytest.raises(stripe.APIConnectionError):
                await asyncio.to_thread(create_session, session_params(), key)
            made = await sessions(rig)
            again = await asyncio.to_thread(create_session, session_params(), key)

        assert len(made) == left
        assert await sessions(rig) == [again.id]


async def test_odds_are_kept_and_repeat_with_the_seed(faulty: Rig):
    async def struck() -> list[str]:
        await put(faulty, seed=7, calls=[{"fault": "429", "probability": 0.3}])
        kinds = [await create(faulty, f"k-{number}") for number in range(60)]
        return ["429" if kind == "429" else "made" for kind in kinds]

    first, again = await struck(), await struck()

    assert first == again
    assert 6 <= first.count("429") <= 32
    found = await shown(faulty)
    assert found["strikes"] == [first.count("429")]
    assert found["calls"] == {"session.create": 60}


async def test_end_of_the_faults_is_the_end(faulty: Rig):
    await put(faulty, calls=[{"fault": "500"}], webhooks={"held": True})
    await faulty.web.delete("/_faults")

    made = await create(faulty)

    assert await sessions(faulty) == [made]
    assert (await shown(faulty))["strikes"] == []


async def test_webhooks_held_back_come_when_they_are_let_go(faulty: Rig):
    await put(faulty, webhooks={"held": True})
    await faulty.paid_session()
    await faulty.settle()
    heard_before = list(faulty.hooks.heard)
    undelivered = await faulty.stripe.v1.events.list_async({"delivery_success": False})

    let_go = await put(faulty)
    await faulty.settle()

    assert heard_before == []
    assert [event.pending_webhooks for event in undelivered.data] == [1] * 4
    assert let_go == {"released": 4}
    assert len(faulty.hooks.heard) == 4


async def test_webhooks_come_in_the_order_that_is_told(faulty: Rig):
    await put(faulty, webhooks={"held": True})
    await faulty.paid_session()
    await faulty.settle()

    await put(faulty, webhooks={"order": "reversed"})
    await faulty.settle()

    assert [event.type for event in faulty.hooks.events()] == (await faulty.events())[::-1]


async def test_webhooks_are_shuffled_alike_with_one_seed(faulty: Rig):
    await put(faulty, webhooks={"held": True})
    for number in range(12):
        await faulty.intent(description=str(number))
    await faulty.settle()

    await put(faulty, seed=3, webhooks={"order": "shuffled"})
    await faulty.settle()

    told = [event.data.object.description for event in faulty.hooks.events()]
    assert sorted(told, key=int) == [str(number) for number in range(12)]
    assert told != sorted(told, key=int)


async def test_webhooks_are_posted_several_times(faulty: Rig):
    await put(faulty, webhooks={"copies": 5})
    await faulty.intent()
    await faulty.settle()

    events = faulty.hooks.events()
    assert len(events) == 5
    assert len({event.id for event in events}) == 1


async def test_lost_webhooks_are_found_among_the_undelivered(faulty: Rig):
    await put(faulty, webhooks={"lost": 1.0})
    await faulty.intent()
    await faulty.settle()
    faulty.clock.pass_by(days=4)
    await faulty.settle()

    found = await faulty.stripe.v1.events.list_async({"delivery_success": False})

    assert faulty.hooks.heard == []
    assert [event.type for event in found.data] == ["payment_intent.created"]


async def test_faults_and_what_is_held_back_survive_the_process(dsn: str):
    async with rig_on(dsn, allows_faults=True) as first:
        await put(first, webhooks={"held": True}, calls=[{"fault": "429"}])
        assert await create(first) == "429"

    async with rig_on(dsn, allows_faults=True) as second:
        await second.web.post("/_faults", json={"webhooks": {"held": True}})
        await second.intent()
        await second.settle()

    async with rig_on(dsn, allows_faults=True) as third:
        await third.settle()
        assert third.hooks.heard == []
        assert (await shown(third))["webhooks"] == {"held": 1}
        await third.web.delete("/_faults")
        await third.settle()
        assert len(third.hooks.heard) == 1


async def test_held_webhooks_go_out_where_faults_are_no_longer_allowed(dsn: str):
    async with rig_on(dsn, allows_faults=True) as first:
        await put(first, webhooks={"held": True})
        await first.intent()
        await first.settle()

    async with rig_on(dsn) as second:
        await second.settle()

        assert len(second.hooks.heard) == 1
