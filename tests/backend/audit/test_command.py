"""`moviemesh audit` on real databases: what it prints, and how it ends."""

import json

import psycopg
import pytest
from typer.testing import CliRunner

from cli.main import app

pytestmark = pytest.mark.integration

SERVICES = ("movies", "payment", "ticket", "simulator")


def said(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["audit", *words])
    return result.exit_code, result.output


@pytest.fixture
def clean(sold, monkeypatch):
    for name in SERVICES:
        monkeypatch.setenv(f"MM_AUDIT_{name.upper()}_DSN", sold.dsns[name])
    monkeypatch.setenv("MM_AUDIT_ACCESS_LOG", str(sold.access_log))


@pytest.fixture
def broken(database_of, monkeypatch):
    """A payment that took seven events from nobody, and a provider that knows none of them."""
    monkeypatch.setenv("MM_AUDIT_SIMULATOR_DSN", database_of("backend.onebox.stripe_simulator"))
    dsn = database_of("backend.payment")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO webhook_event (id, type) SELECT 'evt_' || n, 'x'"
            " FROM generate_series(1, 7) AS n"
        )
    monkeypatch.setenv("MM_AUDIT_PAYMENT_DSN", dsn)
    return dsn


@pytest.mark.usefixtures("clean")
def test_a_sound_cinema_is_told_so_line_by_line():
    code, text = said()

    assert code == 0
    lines = text.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("✓  ")] == [
        *(f"I{n}" for n in range(1, 18)),
        *("I19", "I20", "I24", "I29", "I30", "LOG"),
    ]
    assert "not judged: limited codes are not" in text
    assert lines[-1] == "✓ All 23 that were judged hold."


@pytest.mark.usefixtures("clean")
def test_one_of_them_can_be_asked_for_in_small_letters():
    code, text = said("--only", "i8")

    assert code == 0
    assert [line.split()[1] for line in text.splitlines() if line.startswith("✓  ")] == ["I8"]
    assert text.endswith("✓ The one that was judged holds.\n")


@pytest.mark.usefixtures("broken")
def test_findings_come_with_their_rows_and_what_to_do():
    code, text = said("--only", "I11,I1")

    assert code == 1
    words = " ".join(text.split())
    assert words.startswith("· I1 No seat is claimed, sold or ticketed not judged: needs movies,")
    assert "7 findings" in words
    assert "Webhook evt_1 was accepted, and the provider never made it. id=evt_1 type=x" in words
    assert "→ Change the webhook secret: somebody knows it." in words
    assert "and 2 more; --json --only I11 lists them" in words
    assert "✗ Broken: I11 (1 of 1)." in words


@pytest.mark.usefixtures("broken")
def test_json_is_for_programs():
    code, text = said("--json", "--only", "I11")

    assert code == 1
    [verdict] = json.loads(text)["verdicts"]
    assert (verdict["invariant"], verdict["holds"], len(verdict["findings"])) == ("I11", False, 7)
    assert verdict["findings"][0] == {
        "what": "Webhook evt_1 was accepted, and the provider never made it.",
        "advice": "Change the webhook secret: somebody knows it.",
        "row": {"id": "evt_1", "type": "x"},
    }


@pytest.mark.usefixtures("clean")
def test_an_unknown_name_is_refused():
    code, text = said("--only", "I99")

    assert code == 2
    assert text.startswith("✗ there is no invariant I99; known: I1, I2")


def test_a_closed_cinema_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setenv("MM_DATA", str(tmp_path / "state"))
    code, text = said()

    assert code == 2
    assert text.startswith("✗ No cinema is open here, and a closed one is not opened for this.")
    assert not (tmp_path / "state").exists()


def test_a_database_that_does_not_answer_is_told(broken, monkeypatch):
    missing = broken.replace("/t_", "/gone_")
    monkeypatch.setenv("MM_AUDIT_PAYMENT_DSN", missing)
    code, text = said("--only", "I29")

    assert code == 2
    assert text.startswith("✗ A database cannot be read: ")
