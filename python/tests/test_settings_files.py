"""The files that settings come from, where each value is said to be from, and what may not stand in one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app import cli
from app.errors import SettingsFault
from app.settings import load_settings, read_settings
from app.settings_shown import env_example, remarks, rows

OURS = ("DATABASE_URL", "X_BEARER_TOKEN", "X_API_BASE_URL", "X_CONSUMER_SECRET")


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A working directory with no file, and an environment without variables of ours."""
    for name in (*OURS, *(name for name in os.environ if name.startswith("ROOKERY_"))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines), encoding="utf-8")
    path.chmod(0o644)
    return path


def test_a_file_in_the_working_directory_is_read(folder: Path) -> None:
    write(folder / "rookery.toml", "ROOKERY_SLOTS = 3", "ROOKERY_MIGRATE = false", "ROOKERY_DATA_DIR = '/d'")
    settings = load_settings()
    assert (settings.slots, settings.migrate, settings.data_dir) == (3, False, Path("/d"))


def test_no_other_folder_is_looked_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "rookery.toml", "ROOKERY_SLOTS = 3")
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    monkeypatch.setenv("HOME", str(folder))
    assert load_settings().slots == 8


def test_the_environment_comes_before_its_file_and_that_before_the_base(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write(
        folder / "base.toml", *(f"ROOKERY_{name}_TIMEOUT = 1" for name in ("CONNECT", "READ", "CALL"))
    )
    over = write(folder / "base.production.toml", "ROOKERY_READ_TIMEOUT = 2", "ROOKERY_CALL_TIMEOUT = 2")
    monkeypatch.setenv("ROOKERY_CONFIG", "base.toml")
    monkeypatch.setenv("ROOKERY_ENVIRONMENT", "production")
    monkeypatch.setenv("ROOKERY_CALL_TIMEOUT", "3")
    loaded = read_settings(slots=9)
    settings, origins = loaded.settings, loaded.origins
    assert (settings.connect_timeout, settings.read_timeout, settings.call_timeout) == (1, 2, 3)
    assert (origins["connect_timeout"], origins["read_timeout"]) == (str(base), str(over))
    assert (origins["call_timeout"], origins["slots"]) == ("environment", "--slots")
    assert (origins["web_port"], loaded.files) == ("default", (over, base))
    assert remarks(loaded) == [f"read {base}, and over it {over}"]


def test_the_file_of_an_environment_stands_alone_too(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "rookery.test.toml", "ROOKERY_SLOTS = 4")
    monkeypatch.setenv("ROOKERY_ENVIRONMENT", "test")
    assert load_settings().slots == 4


@pytest.mark.parametrize(
    "name", ["X_BEARER_TOKEN", "DATABASE_URL", "ROOKERY_WEBHOOK_TOKEN", "X_CONSUMER_SECRET"]
)
def test_a_secret_in_a_file_is_refused_unseen(folder: Path, name: str) -> None:
    path = write(folder / "rookery.toml", f"{name} = 'geheim'")
    with pytest.raises(SettingsFault) as caught:
        load_settings()
    assert f"{path} holds {name}, a secret: take it out, and set the variable instead" in caught.value.line()
    assert "geheim" not in caught.value.line()


def test_every_fault_of_files_and_variables_is_named_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(
        folder / "rookery.toml",
        "ROOKERY_SLOT = 3",
        "slots = 3",
        "ROOKERY_WEB_PORT = 70000",
        "ROOKERY_CONFIG = 'other.toml'",
    )
    monkeypatch.setenv("ROOKERY_ENVIRONMENT", "nowhere")
    monkeypatch.setenv("ROOKERY_READ_TIMEOUT", "soon")
    with pytest.raises(SettingsFault) as caught:
        load_settings(buying=True)
    line = caught.value.line()
    for expected in (
        f"{path}: there is no setting ROOKERY_SLOT (ROOKERY_SLOTS is meant?)",
        f"{path}: there is no setting slots",
        f"ROOKERY_WEB_PORT (70000) in {path}: ",
        f"{path} holds ROOKERY_CONFIG, which only the environment can say",
        f"ROOKERY_ENVIRONMENT is nowhere, and there is no {folder / 'rookery.nowhere.toml'}",
        "ROOKERY_READ_TIMEOUT ('soon'): ",
        "X_BEARER_TOKEN is not set",
    ):
        assert expected in line
    assert "\n" not in line


def test_a_file_that_is_named_has_to_be_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_CONFIG", "gone.toml")
    with pytest.raises(SettingsFault, match=r"ROOKERY_CONFIG is gone\.toml, and there is no such file"):
        load_settings()


def test_a_file_that_is_not_toml_is_named(folder: Path) -> None:
    path = write(folder / "rookery.toml", "ROOKERY_SLOTS: 3")
    with pytest.raises(SettingsFault, match=f"{path} cannot be read: .*line 1"):
        load_settings()


def test_what_somebody_else_may_have_written_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could say where X is, and the token would go there."""
    path = write(folder / "rookery.toml", "X_API_BASE_URL = 'https://thief.example.com'")
    path.chmod(0o666)
    with pytest.raises(SettingsFault, match="can be written by other users; mend that, or name the file by"):
        load_settings()
    path.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1000)
    if path.stat().st_uid == 0:
        assert (
            load_settings().api_base_url == "https://thief.example.com"
        )  # root may put files anywhere anyway
        os.chown(path, 12345, 12345)
    with pytest.raises(SettingsFault, match="belongs to another user"):
        load_settings()
    monkeypatch.setenv("ROOKERY_CONFIG", str(path))
    assert load_settings().api_base_url == "https://thief.example.com"


def test_env_example_lists_every_variable_with_its_default() -> None:
    """Written by `make env-example`; nothing in it is in force."""
    kept = (Path(__file__).parents[2] / ".env.example").read_text(encoding="utf-8")
    assert kept == env_example()
    assert all(line.startswith("#") for line in kept.splitlines() if line)
    variables = {line[1:].partition("=")[0] for line in kept.splitlines() if "=" in line and line[1] != " "}
    assert variables == {row["name"] for row in rows(read_settings())}


def test_config_show_tells_each_value_and_where_it_is_from(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(folder / "rookery.toml", "ROOKERY_SLOTS = 3")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:geheim@db.example.com:5433/rk?sslpassword=geheim")
    monkeypatch.setenv("X_BEARER_TOKEN", "geheim")
    monkeypatch.setenv("ROOKERY_SLOST", "4")
    with pytest.raises(SystemExit) as stopped:
        cli.main(["config", "show", "--data-dir", "/d"])
    shown = capsys.readouterr()
    assert stopped.value.code == 0
    lines = [line.split("\t") for line in shown.out.splitlines()]
    for expected in (
        ["ROOKERY_SLOTS", "3", str(path)],
        ["DATABASE_URL", "user=me host=db.example.com port=5433 dbname=rk", "environment"],
        ["X_BEARER_TOKEN", "********", "environment"],
        ["ROOKERY_DATA_DIR", "/d", "--data-dir"],
        ["ROOKERY_WEB_PORT", "8080", "default"],
        ["ROOKERY_API_TOKEN", "", "default"],
    ):
        assert expected in lines
    assert f"read {path}\n" in shown.err
    assert "ROOKERY_SLOST is set, and means nothing here (ROOKERY_SLOTS is meant?)" in shown.err
    assert "geheim" not in shown.out + shown.err


def test_config_show_names_the_files_in_json_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(folder / "rookery.toml", "ROOKERY_SLOTS = 3")
    with pytest.raises(SystemExit):
        cli.main(["config", "show", "--json"])
    shown = json.loads(capsys.readouterr().out)
    assert shown["files"] == [str(path)]
    assert next(each for each in shown["settings"] if each["name"] == "ROOKERY_SLOTS")["from"] == str(path)
