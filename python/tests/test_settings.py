"""What the environment may say, and how its faults are told."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.cli.session import web_server
from app.errors import SettingsFault
from app.settings import load_settings
from app.variables import reveal

NAMES = (
    "DATABASE_URL",
    "X_BEARER_TOKEN",
    "X_API_BASE_URL",
    "X_CONSUMER_SECRET",
    "XDG_DATA_HOME",
    *(name for name in os.environ if name.startswith("ROOKERY_")),
)
URL = "postgresql://somebody:geheim@db.example.com/rookery"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_nothing_set_means_the_embedded_database_and_the_real_x() -> None:
    settings = load_settings()
    assert settings.embedded
    assert settings.url_for_worker() is None
    assert settings.api_base_url == "https://api.x.com"
    assert settings.migrate is True


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("ROOKERY_SLOTS", "")
    assert load_settings().embedded


def test_root_keeps_its_data_where_a_service_user_can_reach_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert load_settings().data_dir == Path("/var/lib/rookery")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setenv("HOME", "/home/anybody")
    assert load_settings().data_dir == Path("/home/anybody/.local/share/rookery")


def test_operator_and_deploy_fall_back_to_the_one_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", URL)
    settings = load_settings()
    assert settings.url_for_operator() == settings.url_for_deploy() == settings.url_for_worker() == URL
    monkeypatch.setenv("ROOKERY_DEPLOY_URL", "postgresql://owner@db.example.com/rookery")
    assert load_settings().url_for_deploy() == "postgresql://owner@db.example.com/rookery"


def test_every_fault_is_named_at_once_with_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_SLOTS", "many")
    monkeypatch.setenv("X_API_BASE_URL", "ftp://x.example.com")
    monkeypatch.setenv("ROOKERY_X_VOCABULARY", "toot")
    monkeypatch.setenv("ROOKERY_READ_TIMEOUT", "-1")
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", URL)
    with pytest.raises(SettingsFault) as caught:
        load_settings(serving=True)
    line = caught.value.line()
    for expected in (
        "ROOKERY_SLOTS ('many')",
        "X_API_BASE_URL ('ftp:",
        "ROOKERY_X_VOCABULARY ('toot')",
        "-1",
        "ROOKERY_OPERATOR_URL is set, but DATABASE_URL is not",
        "none of ROOKERY_API_TOKEN",
    ):
        assert expected in line
    assert "\n" not in line
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("url", ["mysql://somebody:geheim@db/x", "postgresql://[geheim", "geheim"])
def test_a_database_url_that_is_none_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(SettingsFault, match="DATABASE_URL: is no PostgreSQL URL") as caught:
        load_settings()
    assert "geheim" not in caught.value.line()


def test_secrets_are_not_shown() -> None:
    settings = load_settings(bearer_token="geheim", database_url=URL)
    assert "geheim" not in repr(settings)
    assert reveal(settings.bearer_token) == "geheim"


def test_a_token_with_a_line_end_is_refused_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_BEARER_TOKEN", "geheim\n")
    with pytest.raises(SettingsFault, match="X_BEARER_TOKEN") as caught:
        load_settings()
    assert "geheim" not in caught.value.line()


def test_the_real_x_needs_a_token_and_a_simulated_one_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().lacks_token
    with pytest.raises(SettingsFault, match="X_BEARER_TOKEN is not set"):
        load_settings(buying=True)
    monkeypatch.setenv("X_API_BASE_URL", "http://127.0.0.1:8099/")
    assert not load_settings(buying=True).lacks_token
    assert load_settings().api_base_url == "http://127.0.0.1:8099"


def test_another_login_without_the_database_itself_is_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", URL)
    with pytest.raises(SettingsFault, match="DATABASE_URL is not"):
        load_settings()


def test_arguments_come_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOKERY_SLOTS", "3")
    assert load_settings().slots == 3
    assert load_settings(slots=5).slots == 5


def test_the_web_has_a_login_of_its_own_and_needs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """W5: a web process that was told its login knows of none that may do more."""
    web_url = "postgresql://rookery_web@db.example.com/rookery"
    monkeypatch.setenv("ROOKERY_WEB_URL", web_url)
    with web_server(load_settings()) as found:
        assert (found.web_url, found.operator_url) == (web_url, None)
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", URL)
    monkeypatch.setenv("ROOKERY_API_TOKEN", "geheim")
    assert load_settings(serving=True).url_for_operator() == URL
    with pytest.raises(SettingsFault, match="DATABASE_URL is not"):
        load_settings()  # a command would go to the embedded database
    monkeypatch.delenv("ROOKERY_OPERATOR_URL")
    monkeypatch.delenv("ROOKERY_WEB_URL")
    monkeypatch.setenv("DATABASE_URL", URL)
    with web_server(load_settings()) as found:
        assert (found.web_url, found.operator_url) == (URL, None)


def test_the_forms_of_the_page_act_through_the_operators_login_and_nothing_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """W5: a token for operators that leads nowhere is a mistake, and no other login stands in."""
    monkeypatch.setenv("DATABASE_URL", URL)
    monkeypatch.setenv("ROOKERY_OPERATOR_TOKEN", "geheim")
    with pytest.raises(SettingsFault, match="ROOKERY_OPERATOR_URL is not"), web_server(load_settings()):
        pass
    operator_url = "postgresql://rookery_operator@db.example.com/rookery"
    monkeypatch.setenv("ROOKERY_OPERATOR_URL", operator_url)
    with web_server(load_settings()) as found:
        assert (found.web_url, found.operator_url) == (URL, operator_url)


@pytest.mark.parametrize(
    "name", ["ROOKERY_API_TOKEN", "ROOKERY_OPERATOR_TOKEN", "ROOKERY_WEBHOOK_TOKEN", "X_CONSUMER_SECRET"]
)
def test_secrets_of_the_web_are_never_shown(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "geheim")
    assert "geheim" not in repr(load_settings())
    monkeypatch.setenv(name, "geheim mit Blank")
    with pytest.raises(SettingsFault, match=name) as caught:
        load_settings()
    assert "geheim" not in caught.value.line()
