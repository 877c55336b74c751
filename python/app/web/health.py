"""Whether it runs, whether it can serve, and what can be watched: /healthz, /readyz, /metrics."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from app import database
from app.checks import as_json, for_strangers, no_answer, worst
from app.database import Row
from app.errors import RookeryError
from app.web.guard import bearer, same_secret
from app.web.problems import RETRY_AFTER

PREFIX = "rookery_"
FAMILIES: dict[str, type[CounterMetricFamily | GaugeMetricFamily]] = {
    "counter": CounterMetricFamily,
    "gauge": GaugeMetricFamily,
}


async def show_health(request: Request) -> Response:
    """200 as long as this process answers at all."""
    del request
    return JSONResponse({"state": "ok"})


class Readiness:
    """200 while the database answers and has the schema that this version was made for, else 503.

    What else a person should know (no worker ticks, X sells nothing) is told, and turns nobody away: events
    can be taken in all the same. Words that may name users are for those alone who bring the token.
    """

    def __init__(self, change: str, token: SecretStr | None) -> None:
        self._change = change
        self._token = token

    async def show(self, request: Request) -> Response:
        """The checks, in the database's own words."""
        may_read = self._token is not None and same_secret(bearer(request) or "", self._token)
        told = as_json if may_read else for_strangers
        try:
            async with database.lent(request.state.pool) as connection:
                rows = await database.call_async(connection, "checks", p_change=self._change)
        except RookeryError as fault:
            rows = [no_answer(fault)]
        state = worst(rows)
        failing = state == "failing"
        return JSONResponse(
            {"state": state, "checks": [told(row) for row in rows]},
            503 if failing else 200,
            headers={"Retry-After": RETRY_AFTER} if failing else {},
        )


async def show_metrics(request: Request) -> Response:
    """What the database counts, for Prometheus: one call of one function."""
    async with database.lent(request.state.pool) as connection:
        rows = await database.call_async(connection, "metrics")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Snapshot(rows))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Snapshot:
    """A collector of one scrape."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for row in rows:
            labels = {name: str(value) for name, value in row["labels"].items()}
            family = self._families.setdefault(
                row["metric"],
                FAMILIES[row["sort"]](PREFIX + row["metric"], row["meaning"], labels=tuple(labels) or None),
            )
            family.add_metric(tuple(labels.values()), float(row["value"]))

    def collect(self) -> Iterable[Metric]:
        """The families, as prometheus-client asks for them."""
        return self._families.values()
