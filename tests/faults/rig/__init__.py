"""What the fault scenarios stand on. How to write one:

    @pytest.mark.fault("F99")
    async def test_two_buyers_and_one_seat(scenario):
        show = await scenario.house.show(seats=1)                  # a screening of its own
        held = await scenario.rivals(
            [partial(scenario.buyer().hold, show.id, show.seats) for _ in range(2)]
        )
        scenario.tally.runs = 2                                    # for the table
        assert sorted(seen.status for seen in held) == [201, 409]  # what the clients saw
        await scenario.judge()                                     # settle, checker, history

The mark names the fault in the table, in `amounts.py` and for `make faults ONLY=F99`; it implies
the mark `faults`. `scenario` is a cinema that all scenarios of the run share and that nobody may
kill; `scenario_alone` has a fresh one, which may be killed, and reopened with other settings by
`scenario.cinema.reopen(MM_…=…)`. Everything random comes from `scenario.dice`, which the printed
SEED makes the same again. Amounts are asked from `amounts.amount("F99")`; loops are bounded.
A step that the history should know goes through `scenario.buyer()`; one that the rig does not have
is `buyer.step(history.begin(…), method, path, body)`.
"""
