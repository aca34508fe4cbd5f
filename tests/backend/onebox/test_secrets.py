"""The secrets of a onebox: made once, private, and never lost by a new start."""

import json
import stat

from backend.onebox import secrets


def test_secrets_are_made_once_and_read_again(tmp_path):
    made = secrets.ensure(tmp_path / "secrets.json", {"a@mesh.example": "first"})
    again = secrets.ensure(tmp_path / "secrets.json", {"a@mesh.example": "second"})

    assert again == made
    assert again.demo_passwords == {"a@mesh.example": "first"}


def test_new_people_are_added_and_nothing_else_changes(tmp_path):
    made = secrets.ensure(tmp_path / "secrets.json", {"a@mesh.example": "first"})
    grown = secrets.ensure(tmp_path / "secrets.json", {"b@mesh.example": "other"})

    assert grown.demo_passwords == {"a@mesh.example": "first", "b@mesh.example": "other"}
    assert grown.ticket_key == made.ticket_key


def test_only_the_owner_may_read_them(tmp_path):
    secrets.ensure(tmp_path / "secrets.json", {})

    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600


def test_two_oneboxes_share_nothing(tmp_path):
    one, other = (secrets.ensure(tmp_path / name, {}) for name in ("one.json", "other.json"))

    assert one.lookup_secret != other.lookup_secret
    assert one.guest_key["d"] != other.guest_key["d"]


def test_public_keys_do_not_sign(tmp_path):
    made = secrets.ensure(tmp_path / "secrets.json", {})

    assert set(made.public("web", "auth")) == {"web", "auth"}
    assert "d" not in made.public("web")["web"]
    assert "d" not in secrets.public_half(made.guest_key)


def test_secrets_are_not_printed(tmp_path):
    made = secrets.ensure(tmp_path / "secrets.json", {"a@mesh.example": "first"})
    raw = json.loads((tmp_path / "secrets.json").read_text())

    assert raw["stripe_key"] not in repr(made)
    assert "first" not in repr(made)
