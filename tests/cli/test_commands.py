"""The commands say what is wrong in a sentence, and end with an exit code for scripts."""

import socket

import pytest
from typer.testing import CliRunner

from backend.onebox import state
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

    for command in ("run", "reset", "doctor", "demo", "check-ticket", "version"):
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
    monkeypatch.setenv("PORTS", "+31000")
    with socket.create_server(("127.0.0.1", BASE["web"] + 31_000)):
        code, text = said("run")

    assert code == 2
    assert f"Port {BASE['web'] + 31_000} (web) is taken." in text
