"""Spans for whoever collects traces (OpenTelemetry): unless they are wanted, they cost and import nothing.

They are wanted where the standard OTEL_EXPORTER_OTLP_ENDPOINT (or …_TRACES_ENDPOINT) says where to send them:
who names no collector has none, and a switch of our own would only be a second way to say the same. All other
OTEL_* variables mean what they mean everywhere. Attributes bear the names of the log's keys.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Literal, Protocol

import structlog

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span as RealSpan
    from opentelemetry.trace import Tracer

log = structlog.get_logger("rookery.tracing")

Kind = Literal["internal", "client", "server"]
ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
# What a collector that does not answer may keep a process that has ended from going.
FLUSH_SECONDS = 2.0

_tracer: Tracer | None = None


class Span(Protocol):
    """What is going on, and what is known about it."""

    def tell(self, **attributes: Any) -> None:
        """Say more of it. None is left out, and what is no plain value becomes JSON."""

    def happening(self, name: str, facts: Mapping[str, Any]) -> None:
        """Something that happened meanwhile, and takes no time of its own."""

    def rename(self, name: str) -> None:
        """Call it something else."""


class _Nothing(AbstractContextManager["_Nothing"]):
    """The span where nobody collects any."""

    def __exit__(self, *fault: object) -> None:
        """Nothing ends."""

    def tell(self, **attributes: Any) -> None:
        """See Span."""

    def happening(self, name: str, facts: Mapping[str, Any]) -> None:
        """See Span."""

    def rename(self, name: str) -> None:
        """See Span."""


_NOTHING = _Nothing()


class _Recorded:
    def __init__(self, real: RealSpan) -> None:
        self._real = real

    def tell(self, **attributes: Any) -> None:
        """See Span."""
        self._real.set_attributes(_plain(attributes))

    def happening(self, name: str, facts: Mapping[str, Any]) -> None:
        """See Span."""
        self._real.add_event(name, _plain(facts))

    def rename(self, name: str) -> None:
        """See Span."""
        self._real.update_name(name)


def span(
    name: str, *, kind: Kind = "internal", headers: Mapping[str, str] | None = None, **attributes: Any
) -> AbstractContextManager[Span]:
    """A span for the length of the block; a part of the one around it, else of what `headers` (traceparent)
    name.
    """
    return _NOTHING if _tracer is None else _record(_tracer, name, kind, headers, attributes)


def add_ids(
    logger: structlog.typing.WrappedLogger, method: str, line: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """A processor for structlog: which span a line was written in, as OpenTelemetry and Datadog say it."""
    del logger, method
    if _tracer is not None:
        from opentelemetry import trace

        here = trace.get_current_span().get_span_context()
        if here.is_valid:
            line["trace_id"], line["span_id"] = f"{here.trace_id:032x}", f"{here.span_id:016x}"
            # Datadog finds the trace of a line by the lower half, in decimal.
            line["dd.trace_id"], line["dd.span_id"] = str(here.trace_id % 2**64), str(here.span_id)
    return line


@contextmanager
def running(service: str, version: str) -> Iterator[None]:
    """Collect spans for the length of the block, if they are wanted, and send what is left at its end.

    Whatever is wrong with them is one line in the log, and nothing else is the worse for it.
    """
    global _tracer
    provider = _provider(service, version) if _wanted() else None
    if provider is not None:
        _tracer = provider.get_tracer("rookery", version)
    try:
        yield
    finally:
        _tracer = None
        if provider is not None:
            _flush(provider)


def _wanted() -> bool:
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not off and os.environ.get("OTEL_TRACES_EXPORTER", "otlp") == "otlp" and bool(_first(ENDPOINTS))


def _first(names: tuple[str, ...]) -> str:
    return next((value for name in names if (value := os.environ.get(name))), "")


def _provider(service: str, version: str) -> TracerProvider | None:
    if (protocol := _first(PROTOCOLS)) not in ("", "http/protobuf"):
        log.warning("no traces: only http/protobuf is spoken here", protocol=protocol)
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        log.warning("no traces: OpenTelemetry is not installed; pip install 'rookery[otel]'")
        return None
    try:
        named = Resource.create({"service.version": version})
        if str(named.attributes.get("service.name", "")).startswith("unknown_service"):
            named = named.merge(Resource({"service.name": service}))
        provider = TracerProvider(resource=named, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    except Exception as fault:
        # Whatever the library makes of its own variables.
        log.warning("no traces: OpenTelemetry does not start", reason=f"{type(fault).__name__}: {fault}")
        return None
    return provider


def _flush(provider: TracerProvider) -> None:
    # A thread, since the library waits as long as the collector lets it.
    last = threading.Thread(target=provider.shutdown, name="last spans", daemon=True)
    last.start()
    last.join(FLUSH_SECONDS)
    if last.is_alive():
        log.warning("the last spans were not sent in time", seconds=FLUSH_SECONDS)


@contextmanager
def _record(
    tracer: Tracer, name: str, kind: Kind, headers: Mapping[str, str] | None, attributes: Mapping[str, Any]
) -> Iterator[Span]:
    from opentelemetry.trace import SpanKind, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    around = None if headers is None else TraceContextTextMapPropagator().extract(dict(headers))
    with tracer.start_as_current_span(
        name,
        around,
        SpanKind[kind.upper()],
        _plain(attributes),
        record_exception=False,  # its text and its trace may hold anything
        set_status_on_exception=False,
    ) as real:
        try:
            yield _Recorded(real)
        except BaseException as fault:
            real.set_status(StatusCode.ERROR, type(fault).__name__)
            raise


def _plain(facts: Mapping[str, Any]) -> dict[str, str | bool | int | float]:
    return {
        name: value if isinstance(value, str | bool | int | float) else json.dumps(value, default=str)
        for name, value in facts.items()
        if value is not None
    }
