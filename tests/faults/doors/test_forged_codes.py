"""F28: no code but a genuine ticket's own opens a door, and reading one never fails."""

from itertools import islice
from random import Random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from moviemesh_ticketcode import KeyList, Outcome, read

from tests.faults.amounts import amount
from tests.faults.doors.forged_codes import OTHER, RE_ENCODINGS, flipped, forged
from tests.faults.doors.rig import Room, Steward, counted, sold_room
from tests.faults.rig.scenario import Scenario

_LETTERS = "0123456789 \x00\n-+.eE_xabcdef\u0663\u0664\uff15\uff16\ud800\U0001f600\u00bd"


@pytest.mark.fault("F28")
async def test_forged_codes_open_no_door(scenario: Scenario):
    room = await sold_room(scenario, amount("F28 tickets"))
    steward = Steward(scenario, room)
    shown = [*_flips(room, scenario), *_re_encoded(room), *_forged(room, scenario)]

    outcomes = await steward.outcomes([code for code, _ in shown])

    wrong = [
        f"{outcome} for {code[:40]}… of {len(code)}, not {sorted(expected)}"
        for (code, expected), outcome in zip(shown, outcomes, strict=True)
        if outcome not in expected
    ]
    # The control: what was copied, cut and written otherwise is a ticket all the same.
    genuine = counted(await steward.outcomes(room.codes))
    assert genuine == {"VALID": len(room.codes)}
    assert [one for one in outcomes if one == "VALID"] == []
    scenario.tally.runs = len(shown)
    await scenario.judge(*wrong)


@pytest.mark.fault("F28")
async def test_reading_a_code_never_fails_and_never_believes(scenario: Scenario):
    room = await sold_room(scenario, 1)
    answer = await scenario.wires.ticket.request("GET", "/keys", headers={})
    keys = KeyList.from_json(answer.body)
    [code] = room.codes
    dice, rounds = scenario.dice, amount("F28 readings")
    texts = ["".join(dice.choices(_LETTERS, k=dice.randrange(300))) for _ in range(rounds)]
    mutated = [_mutated(code, dice) for _ in range(rounds)]

    believed = [text for text in (*texts, *mutated) if read(text, keys).outcome is None]

    assert read(code, keys).outcome is None
    assert [text for text in believed if text != code] == []
    assert {expected for _, expected in flipped(code)} == {"MALFORMED", "UNKNOWN_KEY", "FORGED"}
    for text, expected in flipped(code):
        assert read(text, keys).outcome is Outcome(expected)
    scenario.tally.runs = 2 * rounds + 808
    await scenario.judge(waits=False)


def _flips(room: Room, scenario: Scenario) -> list[tuple[str, frozenset[str]]]:
    every = [(code, frozenset({expected})) for code, expected in flipped(room.codes[0])]
    return scenario.dice.sample(every, min(len(every), amount("F28 flips")))


def _re_encoded(room: Room) -> list[tuple[str, frozenset[str]]]:
    return [
        (write(code), frozenset({expected}))
        for code in room.codes[:200]
        for write, expected in RE_ENCODINGS.values()
    ]


def _forged(room: Room, scenario: Scenario) -> list[tuple[str, frozenset[str]]]:
    key = OKPKey.import_key(scenario.cinema.secrets.ticket_key).private_key
    assert isinstance(key, Ed25519PrivateKey)
    keys = {"signing": key, "retired": OTHER}
    return [*islice(forged(room.codes, keys, scenario.dice), amount("F28"))]


def _mutated(code: str, dice: Random) -> str:
    """Exchange, add or take a few letters."""
    letters = [*code]
    for _ in range(dice.randrange(1, 4)):
        place = dice.randrange(len(letters))
        letters[place : place + dice.randrange(2)] = dice.choice(("0", "9", "", " ", "12"))
    return "".join(letters)
