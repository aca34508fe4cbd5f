"""The commands say what is wrong in a sentence, and end with an exit code for scripts."""

import socket
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc.jwk import OKPKey
from moviemesh_ticketcode import TicketFields, sign
from typer.testing import CliRunner

from backend.onebox import secrets, state
from backend.onebox.folders import folders
from backend.onebox.ports import BASE
from cli.main import app

pytestmark = pytest.mark.integration


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("MM_DATA", str(tmp_path / "state"))
    return folders()


def said(*words: str, answer: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), input=answer)
    return result.exit_code, " ".join(result.output.split())


def test_version_names_the_product_and_python():
    code, text = said("version")

    assert code == 0
    assert text.startswith("MovieMesh 0.1.0 · Python 3.")


def test_every_command_has_a_sentence_of_help():
    _, text = said("--help")

    for command in ("run", "reset", "doctor", "demo", "check-ticket", "audit", "version"):
        assert said(command, "--help")[0] == 0
        assert f" {command} " in text


def test_doctor_finds_a_sound_machine_sound(here):
    code, text = said("doctor")

    assert (code, "✗" in text) == (0, False)
    assert f"{here.root} (new)".replace(" ", "") in text.replace(" ", "")
    assert "closed; `make run` opens it" in text


@pytest.mark.usefixtures("here")
def test_doctor_says_what_a_taken_port_means():
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        changed = {**BASE, "web": taken}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("backend.onebox.ports.BASE", changed)
            _, text = said("doctor")

    assert f"taken by another program: {taken}" in text
    assert "moves to the next free block by itself" in text


@pytest.mark.usefixtures("here")
def test_doctor_says_how_to_get_a_postgres(monkeypatch):
    monkeypatch.setenv("MM_POSTGRES", "/nowhere")

    code, text = said("doctor")

    assert code == 2
    assert "Run `make install` again, or install PostgreSQL 14 to 18." in text


@pytest.mark.usefixtures("here")
def test_demo_without_a_cinema_says_how_to_open_one():
    assert said("demo") == (
        2,
        "✗ No cinema is open here. Open it with `make run` in another terminal.",
    )


@pytest.mark.usefixtures("here")
def test_demo_at_an_address_where_nobody_answers_says_so():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

    code, text = said("demo", "--url", f"http://localhost:{port}")

    assert code == 2
    assert text.startswith("✗ The cinema does not answer")


def test_reset_asks_first_and_keeps_everything_on_no(here):
    here.root.mkdir()
    here.secrets.write_text("{}")

    assert said("reset", answer="n\n")[0] == 1
    assert here.secrets.exists()
    assert said("reset", answer="y\n")[0] == 0
    assert not here.secrets.exists()


def test_reset_is_refused_while_the_cinema_is_open(here):
    with state.locked(here):
        code, text = said("reset", "--yes")

    assert code == 2
    assert "already runs on this state" in text


@pytest.mark.usefixtures("here")
def test_run_refuses_wrong_ports_with_an_example(monkeypatch):
    monkeypatch.setenv("PORTS", "many")

    assert said("run") == (2, "✗ PORTS=many is not an offset. Give a number such as PORTS=+100.")


@pytest.mark.usefixtures("here")
def test_run_names_the_port_that_is_taken(monkeypatch):
    monkeypatch.setenv("PORTS", "+16500")
    with socket.create_server(("127.0.0.1", BASE["web"] + 16_500)):
        code, text = said("run")

    assert code == 2
    assert f"Port {BASE['web'] + 16_500} (web) is taken." in text


def test_check_ticket_without_keys_says_where_to_get_them(here):
    assert said("check-ticket", "0" * 244) == (
        2,
        (
            "✗ No cinema was opened here, so its public keys are not known."
            " Name a saved list with --keys."
        ),
    )
    assert not here.root.exists()


def test_check_ticket_believes_only_what_this_cinema_signed(here):
    here.root.mkdir()
    own, other = (secrets.ensure(path, {}) for path in (here.secrets, here.root / "other.json"))

    good, forged = said("check-ticket", a_code(own)), said("check-ticket", a_code(other))

    assert (good[0], "VALID: good: signed by this cinema" in good[1]) == (0, True)
    assert (forged[0], "FORGED: not signed by this cinema" in forged[1]) == (1, True)


def test_check_ticket_takes_a_saved_list_of_keys(here, tmp_path):
    here.root.mkdir()
    own = secrets.ensure(here.secrets, {})
    (tmp_path / "keys.json").write_text('{"format": "MM1", "keys": []}')
    (tmp_path / "wrong.json").write_text("[]")

    unknown = said("check-ticket", a_code(own), "--keys", str(tmp_path / "keys.json"))
    wrong = said("check-ticket", a_code(own), "--keys", str(tmp_path / "wrong.json"))

    assert (unknown[0], "UNKNOWN_KEY" in unknown[1]) == (1, True)
    assert (wrong[0], "is no list of public keys" in wrong[1]) == (2, True)


def a_code(keys: secrets.Secrets) -> str:
    """Sign a ticket whose doors are open now."""
    now = datetime.now(UTC).replace(microsecond=0)
    fields = TicketFields(
        ticket_id=uuid4(),
        screening_key=7,
        seat=12,
        category=1,
        not_before_at=now - timedelta(hours=1),
        not_after_at=now + timedelta(hours=1),
    )
    key = OKPKey.import_key(keys.ticket_key).private_key
    assert isinstance(key, Ed25519PrivateKey)
    return sign(fields, key_id=secrets.TICKET_KEY_ID, key=key)
