"""What lies in deploy/ names what is there, gives each process its own secrets, and lets it end (W5)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from app import database as db
from app import migrate
from app.database import create_database
from app.errors import DatabaseUnavailable
from app.variables import Settings, variable
from conftest import Database
from dockerfile import Stage, read_dockerfile
from throwaway import Throwaway, server

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
LOGINS = ("deploy", "worker", "web", "operator")
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
KNOWN = {variable(field) for field in Settings.model_fields}
GRACE = Settings.model_fields["grace_period"].default

# Of whom each secret is, and of nobody else.
OWNERS = {
    "worker": {"X_BEARER_TOKEN", "ROOKERY_WORKER_PASSWORD", "ROOKERY_DEPLOY_PASSWORD"},
    "web": {
        "ROOKERY_WEB_PASSWORD",
        "ROOKERY_OPERATOR_PASSWORD",
        "ROOKERY_API_TOKEN",
        "ROOKERY_OPERATOR_TOKEN",
        "ROOKERY_WEBHOOK_TOKEN",
        "X_CONSUMER_SECRET",
    },
    "operator": {"ROOKERY_OPERATOR_PASSWORD"},
    "db": {"POSTGRES_PASSWORD", *(f"ROOKERY_{each.upper()}_PASSWORD" for each in LOGINS)},
}


# -- the image ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stages() -> list[Stage]:
    return read_dockerfile(DEPLOY / "Dockerfile")


def test_the_image_runs_as_nobody_special_and_hears_signals(stages: list[Stage]) -> None:
    last = stages[-1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", last.last("USER").text), "by number, and not root"
    for keyword in ("ENTRYPOINT", "CMD"):
        assert last.last(keyword).is_exec_form
    assert last.last("ENTRYPOINT").words == ["tini", "--", "rookery"]
    assert len(last.all("HEALTHCHECK")) == 1


def test_what_is_installed_in_the_image_is_locked_and_nothing_is_compiled(stages: list[Stage]) -> None:
    said = [each.text for stage in stages for each in stage.all("RUN")]
    installs = [part for text in said for part in text.split("&&") if "pip" in part and "install" in part]
    assert installs
    for each in installs:
        assert "--require-hashes --only-binary :all:" in each or "--no-deps --no-index" in each
    assert not re.search(r"build-essential|gcc|-dev\b", " ".join(said))
    copied = [each.flags.get("from") for each in stages[-1].all("COPY")]
    assert copied == ["build"], "the image holds what was built, and no checkout"
    assert all(re.fullmatch(r"python:3\.\d+-slim-\w+", stage.base) for stage in stages)


def test_what_the_image_is_built_of_is_there_and_not_ignored(stages: list[Stage]) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if not line.startswith("#")) == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    sources = {word for each in stages[0].all("COPY") if "from" not in each.flags for word in each.words[:-1]}
    assert sources == let_in
    assert all((ROOT / each).exists() for each in sources)


def test_the_image_sets_what_rookery_reads(stages: list[Stage]) -> None:
    said = {word.partition("=")[0] for each in stages[-1].all("ENV") for word in each.words}
    assert {name for name in said if name.startswith(("ROOKERY_", "X_"))} <= KNOWN


# -- compose -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]
    return found


def wanted(service: dict[str, Any]) -> set[str]:
    """The variables of .env that a service is given."""
    return set(re.findall(r"\$\{(\w+)", str(service["environment"])))


def test_each_service_is_given_its_own_secrets_and_no_other(services: dict[str, Any]) -> None:
    assert {name: wanted(service) for name, service in services.items()} == OWNERS
    for name in ("worker", "web", "operator"):
        assert set(services[name]["environment"]) <= KNOWN


def test_new_env_makes_every_secret_and_each_another() -> None:
    def made() -> dict[str, str]:
        said = subprocess.run([DEPLOY / "new-env"], capture_output=True, text=True, check=True).stdout
        pairs = (line.partition("=") for line in said.splitlines() if line and line[0] != "#")
        return {name: value for name, _, value in pairs}

    first, second = made(), made()
    secrets = [value for name, value in first.items() if value and name != "COMPOSE_PROJECT_NAME"]
    assert set(first) - {"COMPOSE_PROJECT_NAME"} == set().union(*OWNERS.values())
    assert len(secrets) == len(set(secrets)) == 7
    assert all(re.fullmatch(r"[0-9a-f]{48}", each) for each in secrets), "it must fit into a URL as it is"
    assert not set(secrets) & set(second.values())


def test_a_service_starts_after_what_it_needs_and_is_given_time_to_end(services: dict[str, Any]) -> None:
    needs = {name: service.get("depends_on", {}) for name, service in services.items()}
    healthy = {"condition": "service_healthy"}
    assert needs["worker"] == needs["operator"] == {"db": healthy}
    assert needs["web"] == {"db": healthy, "worker": healthy}, "the worker migrates (W6)"
    assert "healthcheck" in services["db"]
    for name in ("worker", "web"):
        assert int(services[name]["stop_grace_period"].removesuffix("s")) > GRACE + 10


def test_compose_mounts_what_is_there(services: dict[str, Any]) -> None:
    mounted = [each.split(":")[0] for each in services["db"]["volumes"]]
    assert all((DEPLOY / each).is_file() for each in mounted if each.startswith("."))
    assert services["db"]["image"].startswith("postgres:18")
    # From 18 on the image keeps its data in a folder of the version's below this.
    assert "data:/var/lib/postgresql" in services["db"]["volumes"]


# -- the logins --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fresh() -> Iterator[Database]:
    """A server of its own, since roles belong to all of it, with a database that the script made ready."""
    with server("18") as running:
        with closing(db.connect(running.url())) as owner:
            create_database(owner, "rookery")
        for _ in range(2):  # twice is as once
            make_logins(running)
        with (running.data / "pg_hba.conf").open("r+") as rules:
            before = rules.read()
            rules.seek(0)
            rules.write("".join(f"local all rookery_{each} scram-sha-256\n" for each in LOGINS) + before)
        with closing(db.connect(running.url())) as owner:
            owner.execute("select pg_reload_conf()")
        yield Database("rookery", running)


def make_logins(running: Throwaway) -> None:
    passwords = {f"ROOKERY_{each.upper()}_PASSWORD": f"password-of-{each}" for each in LOGINS}
    path = f"{running.programs}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [DEPLOY / "logins", running.url(dbname="rookery")],
        env={"PATH": path, **passwords},
        capture_output=True,
        check=True,
    )


def url(place: Database, login: str, password: str) -> str:
    return place.url(f"rookery_{login}").replace("@", f":{password}@", 1)


def test_each_login_has_its_own_password_and_does_its_own_work(fresh: Database) -> None:
    """W5, W6: who deploys may become the owner and is no superuser; the others do their job."""
    with closing(db.connect(url(fresh, "deploy", "password-of-deploy"))) as deployer:
        assert migrate.deploy(deployer)[0] == "roles"
        facts = "select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user"
        assert deployer.execute(facts).fetchone() == (False, False, False)
    with closing(db.connect(url(fresh, "worker", "password-of-worker"))) as worker:
        assert db.call(worker, "engine_tick", p_worker="w", p_slots=0)["calls"] == []
    with closing(db.connect(url(fresh, "operator", "password-of-operator"))) as operator:
        db.call(operator, "setting_set", p_name="page.follows", p_value="20")
    with closing(db.connect(url(fresh, "web", "password-of-web"))) as web:
        assert db.call(web, "budgets") == []
    for login in LOGINS:
        for other in {*LOGINS, "nobody"} - {login}:
            with pytest.raises(DatabaseUnavailable):
                db.connect(url(fresh, login, f"password-of-{other}"))


def test_a_login_that_nobody_has_a_password_for_cannot_log_in(fresh: Database) -> None:
    for login in ("reader", "owner"):
        with pytest.raises(DatabaseUnavailable):
            db.connect(fresh.url(f"rookery_{login}"))


# -- systemd -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_is_sound_and_shut_in(unit: Path) -> None:
    """What systemd itself says of it: no fault, and an exposure of less than 1.5 out of 10."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd is not installed here")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, unit.name.replace("@", "@1"))
        text = unit.read_text(encoding="utf-8")
        copy.write_text(text.replace("/opt/rookery/bin/rookery", shutil.which("true") or "true"))
        verified = subprocess.run(
            [program, "verify", copy], capture_output=True, text=True, check=False, env={**os.environ}
        )
        assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")
        command = [program, "security", "--offline=true", "--threshold=15", "--no-pager", str(copy)]
        exposed = subprocess.run(command, capture_output=True, text=True, check=False)
        assert exposed.returncode == 0, exposed.stdout


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: str(unit.name))
def test_a_unit_gives_a_process_time_to_end_and_keeps_its_secrets_apart(unit: Path) -> None:
    said = dict(
        line.split("=", 1) for line in unit.read_text(encoding="utf-8").splitlines() if "=" in line[1:]
    )
    assert int(said["TimeoutStopSec"]) > GRACE + 10
    assert said["KillMode"] == "mixed"
    assert said["Restart"] == "always"
    files = {"rookery-web": "web", "rookery-worker@": "worker", "rookery": "rookery"}
    assert said["EnvironmentFile"] == f"/etc/rookery/{files[unit.stem]}.env"


# -- Railway -----------------------------------------------------------------------------------------------


def test_railway_is_told_of_variables_that_are_read() -> None:
    text = (DEPLOY / "railway.ts").read_text(encoding="utf-8")
    said = set(re.findall(r"^\s+(\w+): (?:url|preserve|\")", text, re.MULTILINE))
    said -= {"start", "healthcheck", "restartPolicyType"}
    passwords = {name for name in said if name.endswith("_PASSWORD")}
    assert said - passwords - {"PORT"} <= KNOWN
    assert passwords == {f"ROOKERY_{each.upper()}_PASSWORD" for each in LOGINS}
    assert 'dockerfilePath: "deploy/Dockerfile"' in text
    assert all(int(each) > GRACE + 10 for each in re.findall(r"drainingSeconds: (\d+)", text))
