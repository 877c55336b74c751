"""The simulated X as a Starlette app: the door (token, windows, credit), the routes, spoiled answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import format_datetime

from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from app.simulator import answers, problems
from app.simulator.answers import Answer, Answering, Request
from app.simulator.bill import Bill
from app.simulator.faults import Fault, Faults
from app.simulator.limits import Endpoint, Limits
from app.simulator.noise import noise
from app.simulator.parameters import Known
from app.simulator.problems import Json, Refused
from app.simulator.world import World

Clock = Callable[[], datetime]
Headers = dict[str, str]
TOKEN = "simulated"
POST_CAP = "3000000"
_PROBLEM = "application/problem+json; charset=utf-8"
_JSON = "application/json; charset=utf-8"


def wall_clock() -> datetime:
    """Return the machine's time."""
    return datetime.now(UTC)


@dataclass
class Simulator:
    """A simulated X over a world.

    `clock` tells the simulated time (aware, UTC). `known` says which of post.fields and tweet.fields this X
    takes. Once the bill reaches `credit_usd`, every answer is 402. A hang ends after `hang_seconds` of real
    time, with the connection closed. `before_answer` is called with the time before each answer, so that a
    world can live, `after_answer` with the time, path, query and body of each good answer, so that what was
    shown can be known. `requests` counts all that came, `answered` the good answers among them.
    """

    world: World
    clock: Clock = wall_clock
    token: str = TOKEN
    known: Known = "both"
    credit_usd: Decimal | None = None
    hang_seconds: float = 30.0
    bill: Bill = field(default_factory=Bill)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    before_answer: Callable[[datetime], object] | None = None
    after_answer: Callable[[datetime, str, Mapping[str, str], Json], object] | None = None
    requests: int = 0
    answered: int = 0

    def app(self) -> Starlette:
        """Return the ASGI app; every path that it does not know gets 404 with an empty body."""
        routes = [
            Route("/2/users", self._route("users", answers.users_by_ids)),
            Route("/2/users/by", self._route("users_by", answers.users_by_usernames)),
            Route("/2/users/by/username/{value}", self._route("user_by_username", answers.user_by_username)),
            Route("/2/users/{value}", self._route("user", answers.user_by_id)),
            Route("/2/users/{value}/followers", self._route("followers", answers.followers)),
            Route("/2/users/{value}/following", self._route("following", answers.following)),
            Route("/2/users/{value}/tweets", self._route("timeline", answers.timeline)),
            Route("/2/tweets/search/recent", self._route("search", answers.recent_search)),
            Route("/2/tweets", self._route("posts", answers.posts_by_ids)),
            Route("/2/usage/tweets", self._route("usage", self._usage)),
        ]
        app = Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})
        app.router.redirect_slashes = False
        return app

    def _usage(self, request: Request) -> Answer:
        """GET /2/usage/tweets: posts returned this month, all of them this simulation's; costs nothing."""
        del request
        used = {"project_id": "1", "project_usage": str(self.bill.returned["post"]), "project_cap": POST_CAP}
        return Answer({"data": {**used, "cap_reset_day": 1}})

    def _route(
        self, endpoint: Endpoint, answering: Answering
    ) -> Callable[[HttpRequest], Awaitable[Response]]:
        async def answer(request: HttpRequest) -> Response:
            return self._answer(request, endpoint, answering)

        return answer

    def _answer(self, http: HttpRequest, endpoint: Endpoint, answering: Answering) -> Response:
        self.requests += 1
        now = self.clock()
        if self.before_answer is not None:
            self.before_answer(now)
        if http.headers.get("authorization") != f"Bearer {self.token}":
            return _problem(401, problems.UNAUTHORIZED, {})
        allowed, headers = self.limits.spend(endpoint, now)
        headers |= {"api-version": "2.167", "date": format_datetime(now, usegmt=True)}
        if not allowed:
            return _problem(429, self._either(problems.TOO_MANY), headers)
        if self.credit_usd is not None and self.bill.usd >= self.credit_usd:
            return _problem(402, self._either(problems.NO_CREDITS), headers)
        fault = self.faults.meet(endpoint, f"{http.url.path}?{http.url.query}")
        spoiled = None if fault is None else self._instead(fault, endpoint, headers)
        if spoiled is not None:
            return spoiled
        value, query = str(http.path_params.get("value", "")), dict(http.query_params)
        try:
            found = answering(Request(self.world, self.known, value, query, fault, now))
        except Refused as refused:
            return _problem(400, refused.body(), headers)
        if self.after_answer is not None and fault is not Fault.CUT_BODY:
            self.after_answer(now, http.url.path, query, found.body)
        return self._written(found, fault, headers, now)

    def _either(self, forms: tuple[Json, Json]) -> Json:
        return forms[noise(self.world.seed, self.requests) % 2]

    def _instead(self, fault: Fault, endpoint: Endpoint, headers: Headers) -> Response | None:
        if fault in (Fault.HANG, Fault.CLOSED):
            return _Dropped(self.hang_seconds if fault is Fault.HANG else 0.0)
        if fault in (Fault.HTML_200, Fault.HTML_502):
            status, title = (200, "Just a moment...") if fault is Fault.HTML_200 else (502, "502 Bad Gateway")
            return Response(problems.HTML.format(title), status, headers, media_type="text/html")
        if fault is Fault.ERRORS_ONLY:
            return Response(_text(problems.internal_error(endpoint)), 200, {**headers, "content-type": _JSON})
        if fault is Fault.EMPTY_404:
            return Response(status_code=404, headers=headers)
        whole: dict[Fault, tuple[int, Json]] = {
            Fault.UNAVAILABLE: (503, problems.UNAVAILABLE),
            Fault.BROKEN: (500, problems.BROKEN),
            Fault.WINDOW_429: (429, self._either(problems.TOO_MANY)),
            Fault.UNAUTHORIZED: (401, problems.UNAUTHORIZED),
            Fault.NO_CREDITS: (402, self._either(problems.NO_CREDITS)),
            Fault.FORBIDDEN: (403, problems.FORBIDDEN),
        }
        return _problem(*whole[fault], headers) if fault in whole else None

    def _written(self, found: Answer, fault: Fault | None, headers: Headers, now: datetime) -> Response:
        headers["content-type"] = _JSON
        if fault is Fault.CUT_BODY:
            whole = _text(found.body).encode()
            return Response(whole[: max(1, len(whole) * 2 // 3)], 200, headers)
        self.answered += 1
        for kind, ids in found.charges:
            self.bill.add(kind, ids, now)
        if fault is Fault.HOSTILE_TEXT:
            return Response(_hostile(found.body), 200, headers)
        return Response(_text(found.body), 200, headers)


class _Dropped(Response):
    """No answer: waits for the client to give up, `seconds` at most, then closes the connection."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, _: Send) -> None:
        transport = scope.get("state", {}).get("transport")
        if transport is None:
            raise ConnectionAbortedError("no answer")
        gone = asyncio.ensure_future(_client_gone(receive))
        await asyncio.wait({gone}, timeout=self.seconds)
        transport.abort()
        await gone


async def _client_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _not_found(_: HttpRequest, __: Exception) -> Response:
    return Response(status_code=404)


def _problem(status: int, body: Json, headers: Headers) -> Response:
    return Response(_text(body), status, {**headers, "content-type": _PROBLEM})


def _text(body: Json) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _hostile(body: Json) -> str:
    data = body.get("data")
    items = data if isinstance(data, list) else [] if data is None else [data]
    for item, poison in zip((items[:1] + items[-1:]), ("\0", "\ud83d"), strict=False):
        key = next(name for name in ("text", "description", "name") if name in item)
        item[key] = f"{item[key]} {poison}"
    return json.dumps(body, separators=(",", ":"))
