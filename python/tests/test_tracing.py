"""Spans, as a collector receives them: off they are nothing; on they show what hangs together, harmlessly."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from app import tracing
from app.database import call
from app.simulator import TOKEN, Simulator, seeded_world, serve_in_thread, truth
from conftest import Database
from test_web_live import running_web

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
WEBHOOK_TOKEN, API_TOKEN = "the-token-of-a-sender", "the-token-of-a-reader"


@dataclass
class Collector:
    """Whatever was sent to it."""

    url: str = ""
    raw: list[bytes] = field(default_factory=list)

    def spans(self) -> list[dict[str, Any]]:
        """The spans so far, ids in hex."""
        found = []
        for body in self.raw:
            for sender in ExportTraceServiceRequest.FromString(body).resource_spans:
                service = attributes(sender.resource.attributes)["service.name"]
                for each in (span for scope in sender.scope_spans for span in scope.spans):
                    found.append(
                        {
                            "service": service,
                            "name": each.name,
                            "trace": each.trace_id.hex(),
                            "id": each.span_id.hex(),
                            "parent": each.parent_span_id.hex(),
                            "failed": each.status.code == 2,
                            **{"is": attributes(each.attributes)},
                            "saw": [(event.name, attributes(event.attributes)) for event in each.events],
                        }
                    )
        return found


def attributes(pairs: Any) -> dict[str, Any]:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


@contextmanager
def collecting() -> Iterator[Collector]:
    collector = Collector()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            zipped = self.headers.get("content-encoding") == "gzip"
            collector.raw.append(gzip.decompress(body) if zipped else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        collector.url = f"http://127.0.0.1:{server.server_port}"
        yield collector
        server.shutdown()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        yield found


@pytest.fixture(autouse=True)
def _no_collector_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("OTEL_")]:
        monkeypatch.delenv(name)


# --- off ---------------------------------------------------------------------------------------------


def test_off_nothing_of_it_is_imported_and_a_span_costs_nothing() -> None:
    script = """
import sys, timeit
import app.cli, app.driver.service, app.web
from app import logs, tracing
logs.configure("info", "json")
def traced():
    with tracing.span("call", call_id=1, worker="w") as span:
        span.tell(status=200)
with tracing.running("rookery", "0"):
    print(min(timeit.repeat(traced, number=10_000, repeat=5)) / 10_000)
    tracing.log.info("a line")
print([name for name in sys.modules if name.startswith("opentelemetry")])
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    seconds, imported = done.stdout.splitlines()
    assert imported == "[]"
    assert float(seconds) < 20e-6, "a call to X takes ten thousand times as long"
    assert "trace_id" not in done.stderr


@pytest.mark.parametrize("name", ["OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER"])
def test_the_standard_switches_turn_it_off(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    monkeypatch.setenv(name, "true" if name == "OTEL_SDK_DISABLED" else "none")
    with tracing.running("rookery", "0"):
        assert tracing.span("x") is tracing.span("y")


@pytest.mark.parametrize(
    ("obstacle", "says"),
    [
        ("grpc", "no traces: only http/protobuf is spoken here"),
        ("absent", "no traces: OpenTelemetry is not installed; pip install 'rookery[otel]'"),
        ("broken", "no traces: OpenTelemetry does not start"),
    ],
)
def test_what_keeps_it_from_starting_is_one_clear_line(
    obstacle: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, "http://127.0.0.1:1")
    if obstacle == "grpc":
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    elif obstacle == "absent":
        monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    else:
        monkeypatch.setattr("opentelemetry.sdk.trace.export.BatchSpanProcessor", None)
    with capture_logs() as lines, tracing.running("rookery", "0"), tracing.span("x") as span:
        span.tell(run_id=7)
    assert [(line["log_level"], line["event"]) for line in lines] == [("warning", says)]


# --- on ----------------------------------------------------------------------------------------------


def test_a_collector_that_hangs_keeps_nobody_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.tracing.FLUSH_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf, capture_logs() as lines:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{deaf.getsockname()[1]}")
        with tracing.running("rookery", "0"):
            for _ in range(5000):  # more than are kept
                with tracing.span("x"):
                    pass
            began = time.monotonic()
        assert time.monotonic() - began < 5
    assert lines[-1]["event"] == "the last spans were not sent in time"


def test_a_fault_is_named_and_nothing_of_its_text_is_told(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ENDPOINT, collector.url)
    with tracing.running("rookery", "0"), pytest.raises(ValueError, match="hush"), tracing.span("x"):
        raise ValueError("hush")
    assert [(each["name"], each["failed"]) for each in collector.spans()] == [("x", True)]
    assert b"hush" not in b"".join(collector.raw)


def test_a_worker_shows_which_tick_made_a_call_and_what_its_answer_became(
    database: Database, collector: Collector
) -> None:
    """The whole way of a sync, by a worker of its own, whose log lines name the same traces."""
    world = seeded_world(60, 5)
    hub = max(world.followers, key=lambda user_id: len(truth.followers(world, user_id)))
    simulator, sent = Simulator(world), []

    async def x(scope: Scope, receive: Receive, send: Send) -> None:
        sent.append({name.decode() for name, _ in scope.get("headers", ())})
        await simulator.app()(scope, receive, send)

    with database.connect("rookery_operator") as connection:
        call(connection, "root_enable", p_kind="segment_followers", p_params={"subject_id": str(hub)})
    with serve_in_thread(x) as url:
        done = worker(database, X_API_BASE_URL=url, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    spans = collector.spans()
    by_id = {each["id"]: each for each in spans}
    assert {each["service"] for each in spans} == {"rookery-worker"}

    def of(name: str) -> list[dict[str, Any]]:
        return [each for each in spans if each["name"] == name]

    ticks = {line["tick_id"] for line in lines if line["event"] == "tick"}
    assert ticks <= {each["is"]["tick_id"] for each in of("tick")}
    assert {each["parent"] for each in of("tick")} == {""}
    recorded = [line for line in lines if line["event"] == "recorded"]
    assert len(recorded) >= 2, "a look at the profile, and its followers"
    assert len(of("call")) == len(of("request")) == len(of("response")) == len(recorded)
    for line in recorded:
        response = by_id[line["span_id"]]
        asked = by_id[response["parent"]]
        tick = by_id[asked["parent"]]
        assert [response["name"], asked["name"], tick["name"]] == ["response", "call", "tick"]
        assert {each["trace"] for each in (response, asked, tick)} == {line["trace_id"]}
        assert (line["call_id"], line["tick_id"]) == (asked["is"]["call_id"], tick["is"]["tick_id"])
        assert (response["is"]["run_id"], response["is"]["class"]) == (line["run_id"], "page")
        assert asked["is"]["http.response.status_code"] == 200
        assert line["dd.trace_id"] == str(int(line["trace_id"][16:], 16))
        assert line["dd.span_id"] == str(int(line["span_id"], 16))
    seen = [facts for each in of("tick") for name, facts in each["saw"] if name == "materialization"]
    told = [line for line in lines if line["event"] == "materialization"]
    assert [each["materialization_id"] for each in seen] == [each["materialization_id"] for each in told]
    assert sent
    assert not any("traceparent" in headers for headers in sent), "X is told nothing of it"
    assert TOKEN.encode() not in b"".join(collector.raw)


def test_a_worker_whose_collector_is_away_works_all_the_same(database: Database) -> None:
    done = worker(
        database, X_API_BASE_URL="http://127.0.0.1:1", OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:1"
    )
    assert [json.loads(line)["event"] for line in done.stderr.splitlines()][-1] != "tick failed"


def test_a_webhook_is_a_part_of_its_senders_trace(
    database: Database, collector: Collector, tmp_path: Path
) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    with running_web(
        tmp_path / "log",
        ROOKERY_WEB_URL=database.url("rookery_web"),
        ROOKERY_WEBHOOK_TOKEN=WEBHOOK_TOKEN,
        ROOKERY_API_TOKEN=API_TOKEN,
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_SERVICE_NAME="a name of ours",
    ) as web:
        answer = httpx.post(
            f"{web.url}/webhooks/new-follower?token={WEBHOOK_TOKEN}",
            json={"follower": "7", "target": "1"},
            headers={"traceparent": f"00-{trace}-{parent}-01"},
        )
        headers = {"Authorization": f"Bearer {API_TOKEN}"}
        assert httpx.get(f"{web.url}/v1/instances/404?x=1", headers=headers).status_code == 422
        assert httpx.get(f"{web.url}/nowhere/a").status_code == 404
        assert httpx.get(f"{web.url}/metrics", headers=headers).status_code == 200
        assert web.stop() == 0
    spans = collector.spans()
    assert {each["service"] for each in spans} == {"a name of ours"}
    door, inner = (
        next(each for each in spans if each["name"] == name)
        for name in ("POST /webhooks/new-follower", "webhook")
    )
    assert (door["trace"], door["parent"]) == (trace, parent)
    assert (inner["trace"], inner["parent"]) == (trace, door["id"])
    assert str(inner["is"]["event_id"]) == answer.json()["event_id"]
    assert (door["is"]["http.response.status_code"], door["is"]["url.path"]) == (
        202,
        "/webhooks/new-follower",
    )
    (line,) = [each for each in web.lines() if each["event"] == "event received"]
    assert (line["trace_id"], line["span_id"]) == (trace, inner["id"])
    others = {each["name"] for each in spans} - {door["name"], inner["name"]}
    assert others == {"GET /v1/instances/{instance_id}", "GET nowhere"}
    assert WEBHOOK_TOKEN.encode() not in b"".join(collector.raw)


def worker(database: Database, **environment: str) -> subprocess.CompletedProcess[str]:
    """A worker that stops as soon as nothing is due."""
    done = subprocess.run(
        [sys.executable, "-m", "app", "worker", "--once"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join(sys.path),
            "DATABASE_URL": database.url("rookery_worker"),
            "ROOKERY_MIGRATE": "0",
            "X_BEARER_TOKEN": TOKEN,
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done
