"""Rounds of the reconciliation, and the differences that they leave."""

from typing import Any

from tests.backend.payment.rig import Rig


async def reconcile(rig: Rig) -> bool:
    done = await rig.service.app.state.reconciler.round()
    await rig.settle()
    return bool(done)


async def differences(rig: Rig) -> dict[str, dict[str, Any]]:
    rows = await rig.rows("SELECT kind, subject, facts FROM recon_diff WHERE closed_at IS NULL")
    return {f"{row['kind']} {row['subject']}": row["facts"] for row in rows}


async def age(rig: Rig, minutes: int) -> None:
    """Let all that happened have happened longer ago."""
    await rig.run("UPDATE attempt SET made_at = made_at - %s * interval '1 minute'", minutes)
    await rig.run("UPDATE attempt SET changed_at = changed_at - %s * interval '1 minute'", minutes)
    await rig.run("UPDATE attempt_event SET at = at - %s * interval '1 minute'", minutes)


async def figure(rig: Rig, line: str) -> float:
    text = (await rig.service.http.get("/metrics")).text
    (value,) = [x.removeprefix(line) for x in text.splitlines() if x.startswith(line)]
    return float(value)
