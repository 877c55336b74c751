"""Ways in which an answer goes wrong, planned by a test or mixed in from a seed."""

import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from enum import StrEnum

from app.simulator.limits import Endpoint
from app.simulator.noise import fraction, pick


class Fault(StrEnum):
    """One way to go wrong; those of MIX come by chance, the others only when planned."""

    UNAVAILABLE = "503"
    BROKEN = "500"
    HANG = "no answer until the client gives up"
    CLOSED = "connection closed without an answer"
    CUT_BODY = "JSON that ends in the middle"
    HTML_200 = "a page of HTML with status 200"
    HTML_502 = "a page of HTML with status 502"
    WINDOW_429 = "429 though the window has room"
    ERRORS_ONLY = "200 with nothing but an internal error"
    HOSTILE_TEXT = "a good answer with \\u0000 and half a surrogate pair in its text"
    REPEATED_CURSOR = "a page whose next_token is the token that was sent"
    EMPTY_PAGE = "a page without data and with a next_token"
    SHORT_PAGE = "half of the page, the rest on the next one"
    MISSING_META = "an empty result without meta"
    UNAUTHORIZED = "401"
    NO_CREDITS = "402"
    FORBIDDEN = "403"
    EMPTY_404 = "404 with an empty body"
    EXPIRED_CURSOR = "400 for a pagination_token that was good"


ANY_ANSWER = (
    Fault.UNAVAILABLE,
    Fault.BROKEN,
    Fault.HANG,
    Fault.CLOSED,
    Fault.CUT_BODY,
    Fault.HTML_200,
    Fault.HTML_502,
    Fault.WINDOW_429,
    Fault.ERRORS_ONLY,
    Fault.HOSTILE_TEXT,
)
LISTS_ONLY = (Fault.REPEATED_CURSOR, Fault.EMPTY_PAGE, Fault.SHORT_PAGE, Fault.MISSING_META)
MIX = ANY_ANSWER + LISTS_ONLY
_LISTS: tuple[Endpoint, ...] = ("followers", "following", "timeline", "search")


@dataclass
class Faults:
    """Decides which answers go wrong.

    `rate` is the share of requests that do, by chance. Chance looks at the request and at how often the same
    came before, so it does not depend on the order of different requests. `served` counts what went wrong.
    """

    seed: int = 0
    rate: float = 0.0
    mix: tuple[Fault, ...] = MIX
    served: Counter[Fault] = field(default_factory=Counter)
    _planned: dict[tuple[Endpoint, int], Fault] = field(default_factory=dict)
    _requests: Counter[Endpoint] = field(default_factory=Counter)
    _repeats: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def plan(self, endpoint: Endpoint, fault: Fault, nth: int = 1) -> None:
        """Let the `nth` request from now to `endpoint` (1 is the next one) meet `fault`."""
        if nth < 1:
            raise ValueError(f"nth counts from 1, not {nth}")
        self._planned[endpoint, self._requests[endpoint] + nth] = fault

    def meet(self, endpoint: Endpoint, request: str) -> Fault | None:
        """Return the fault that this request (its path and query) meets, or None."""
        self._requests[endpoint] += 1
        planned = self._planned.pop((endpoint, self._requests[endpoint]), None)
        fault = planned if planned is not None else self._chance(endpoint, request)
        if fault is not None:
            self.served[fault] += 1
        return fault

    def _chance(self, endpoint: Endpoint, request: str) -> Fault | None:
        if self.rate <= 0:
            return None
        repeat = self._repeats[request]
        self._repeats[request] += 1
        key = zlib.crc32(request.encode())
        if fraction(self.seed, key, repeat) >= self.rate:
            return None
        fitting = [fault for fault in self.mix if endpoint in _LISTS or fault not in LISTS_ONLY]
        return pick(fitting, self.seed, key, repeat, 1) if fitting else None
