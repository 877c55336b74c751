"""A recent search: its query in X's small language, and the part of the last seven days that it asks for."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.simulator.parameters import Span, read_span
from app.simulator.problems import Refused
from app.simulator.snowflakes import snowflake, snowflake_ms, unix_ms, written_time
from app.simulator.timelines import PostKind
from app.simulator.world import Account

LONGEST_QUERY = 512
WINDOW = timedelta(days=7)
DELAY = timedelta(seconds=30)
_TOKEN = re.compile(r"[()]|[^\s()]+")
_KINDS: Mapping[str, PostKind] = {
    "is:retweet": "retweeted",
    "is:reply": "replied_to",
    "is:quote": "quoted",
}

Fits = Callable[[Account, PostKind], bool]


@dataclass(frozen=True, slots=True)
class Query:
    """A search query: the authors that it names, as ids or usernames, and which of their posts fit it."""

    authors: frozenset[str]
    fits: Fits


def read_query(text: str | None) -> Query:
    """Return a query of from:, is:, OR, brackets and negation; raise Refused for anything else.

    As on X, a blank between two terms binds them closer than OR, and a query of nothing but is: is refused.
    """
    if not text:
        raise Refused("query", "", "The `query` query parameter can not be empty")
    if len(text) > LONGEST_QUERY:
        message = f"Rules must be at most {LONGEST_QUERY} characters long: this one has {len(text)}"
        raise Refused("query", text, f"There were errors processing your request: {message}")
    reading = _Reading(text)
    fits = reading.alternatives()
    if reading.ahead is not None:
        raise reading.refused(f"no viable alternative at '{reading.ahead}'")
    if not reading.authors:
        raise reading.refused("Rules must contain at least one positive, non-stopword clause")
    return Query(frozenset(reading.authors), fits)


def read_recent_span(query: Mapping[str, str], now: datetime) -> Span:
    """Return the part asked for, at most of the last seven days; raise Refused where X would."""
    for one, other in (
        ("start_time", "since_id"),
        ("end_time", "until_id"),
        ("next_token", "pagination_token"),
    ):
        if one in query and other in query:
            raise Refused(other, query[other], f"Invalid use of '{other}' in conjunction with '{one}'")
    if query.get("sort_order", "recency") not in ("recency", "relevancy"):
        message = "The `sort_order` query parameter value is not one of [recency,relevancy]"
        raise Refused("sort_order", query["sort_order"], message)
    span = read_span(query)
    first_ms = unix_ms(now - WINDOW)
    edge = written_time(first_ms)[:16] + "Z"
    if "since_id" in query and snowflake_ms(span.after) < first_ms:
        message = f"'since_id' must be a tweet id created after {edge}. "
        message += f"Please use a 'since_id' that is larger than {snowflake(first_ms, 0)}"
        raise Refused("since_id", query["since_id"], message)
    if "start_time" in query and span.from_ms < first_ms:
        message = f"'start_time' must be on or after {edge}"
        raise Refused(
            "start_time", query["start_time"], f"Invalid 'start_time':'{query['start_time']}'. {message}"
        )
    last_ms = unix_ms(now - DELAY)
    return Span(span.after, span.before, max(span.from_ms, first_ms), min(span.to_ms, last_ms), frozenset())


class _Reading:
    def __init__(self, text: str) -> None:
        self.text = text
        self.authors: set[str] = set()
        self._tokens: Iterator[str] = iter(_TOKEN.findall(text))
        self.ahead = next(self._tokens, None)

    def refused(self, message: str) -> Refused:
        return Refused("query", self.text, f"There were errors processing your request: {message}")

    def alternatives(self) -> Fits:
        parts = [self._terms()]
        while self.ahead == "OR":
            self._next()
            parts.append(self._terms())
        return lambda author, kind: any(part(author, kind) for part in parts)

    def _terms(self) -> Fits:
        parts = [self._term()]
        while self.ahead not in (None, "OR", ")"):
            parts.append(self._term())
        return lambda author, kind: all(part(author, kind) for part in parts)

    def _term(self) -> Fits:
        word = self._next()
        if word == "(":
            inside = self.alternatives()
            if self._next() != ")":
                raise self.refused("missing ')'")
            return inside
        negated = word.startswith("-")
        plain = word.removeprefix("-")
        if plain.startswith("from:"):
            wanted = plain.removeprefix("from:").lower()
            if not negated:
                self.authors.add(wanted)
            return lambda author, _: (wanted in (str(author.id), author.handle.lower())) is not negated
        if plain in _KINDS:
            named = _KINDS[plain]
            return lambda _, kind: (kind == named) is not negated
        raise self.refused(f"'{word}' is nothing that this X searches for")

    def _next(self) -> str:
        word, self.ahead = self.ahead, next(self._tokens, None)
        if word is None:
            raise self.refused("no viable alternative at '<EOF>'")
        return word
