"""`.local/settings.json` is closed to others, survives damage and keeps passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import load_settings
from deploy import settings_file
from deploy.say import GiveUp

ADMIN = "postgresql+psycopg2://postgres:secret@/postgres?host=%2Ftmp%2Fs"
BOSS = "postgres://boss:secret@db.example:5433/desk_a"


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    settings_file.write(file, {"SECRET_KEY": "s" * 40})
    assert file.stat().st_mode & 0o777 == 0o600
    assert settings_file.read(file) == {"SECRET_KEY": "s" * 40}
    assert [path.name for path in tmp_path.iterdir()] == ["settings.json"]


@pytest.mark.parametrize("damage", ['{"SECRET_KEY": "s', "", "[1]", "3", '"text"'])
def test_a_damaged_one_is_made_anew(
    damage: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "settings.json"
    file.write_text(damage)
    assert settings_file.read(file) == {}
    assert "was damaged" in capsys.readouterr().out


def test_own_servers_get_a_login_for_each_role_and_keep_it() -> None:
    first = settings_file.own_database(ADMIN, {})
    assert first["DATABASE_URL"].startswith("postgresql+psycopg2://deskbell_web:")
    assert first["DATABASE_MIGRATOR_URL"].endswith("@/deskbell?host=%2Ftmp%2Fs")
    assert len({url.split(":")[2] for url in first.values()}) == 4
    assert settings_file.own_database(ADMIN, first) == first
    settings = load_settings({**first, "SECRET_KEY": "s" * 40})
    assert settings.role_prefix == "deskbell"


def test_whoever_may_make_roles_is_the_administrator_and_not_the_pages() -> None:
    settings = settings_file.given_database({"DATABASE_URL": BOSS}, may_make_roles=True, saved={})
    assert (
        settings["DATABASE_ADMIN_URL"] == "postgresql+psycopg2://boss:secret@db.example:5433/desk_a"
    )
    for name in ("DATABASE_URL", "DATABASE_MIGRATOR_URL", "DATABASE_RELAY_URL"):
        assert settings[name].startswith("postgresql+psycopg2://desk_a_")
        assert settings[name].endswith("@db.example:5433/desk_a")


def test_whoever_may_not_must_bring_all_three() -> None:
    given = {"DATABASE_URL": BOSS}
    with pytest.raises(GiveUp, match="DATABASE_MIGRATOR_URL and DATABASE_RELAY_URL must be set"):
        settings_file.given_database(given, may_make_roles=False, saved={})
    given |= {"DATABASE_MIGRATOR_URL": BOSS, "DATABASE_RELAY_URL": BOSS}
    settings = settings_file.given_database(given, may_make_roles=False, saved={})
    assert set(settings) == set(given)


@pytest.mark.parametrize("url", ["mysql://a@b/c", "desk", "postgresql+asyncpg://a@b/c"])
def test_another_kind_of_database_is_refused(url: str) -> None:
    with pytest.raises(GiveUp, match="must begin with postgresql://"):
        settings_file.as_psycopg2(url)
