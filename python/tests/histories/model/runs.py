"""What a run is, what an answer can be, and what is known of a subject (I1, I8, I10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from histories.model.graph import Profile, Status, Subject

LISTS = ("followers", "following")
_LEADS_TO = {  # I1, I2, I8: learned from X, and not from the database
    "store": "page",
    "retry": "server_error not_json api_error not_found unexpected timeout unreachable unconnected",
    "reword": "vocabulary_refused",
    "wait": "rate_limited too_fast aborted",
    "stop": "unauthorized credits_depleted forbidden spend_capped usage_capped",
    "restart": "cursor_refused",
    "refuse": "subject_suspended subject_not_found subject_protected",
    "fail": "bad_request",
}
ACTIONS = {answer: action for action, answers in _LEADS_TO.items() for answer in answers.split()}
PERHAPS_BILLED = ("timeout", "unreachable", "aborted", "not_json")  # I8: they stay booked at their worst


class Shown(NamedTuple):
    """What a good answer shows: rows in their order, who is missing and why, and where the list goes on."""

    profiles: tuple[Profile, ...]
    posts: tuple[Status, ...]
    ids: tuple[int, ...]  # of all rows that have one, those that cannot be stored too
    row_count: int
    missing: tuple[tuple[str, str], ...]
    next_token: str | None
    says_its_end: bool
    is_partial: bool
    sick: tuple[bool, ...]  # of each row that cannot be stored, whether it is a retweet
    ended: frozenset[int] = frozenset()  # of `ids`, what events have ended since the page was asked for


@dataclass
class Run:
    """I1: a sync. `pages` are those since `first_page`: a restart begins anew (I4)."""

    id: int
    kind: str
    subject: int | None
    items: list[int]
    handles: list[str]
    mode: str
    reason: str
    began: int  # in the order of statements
    began_at: float
    status: str = "in_progress"
    error: str | None = None
    exhausted: bool | None = None
    page_count: int = 0
    resources: int = 0
    billed: int = 0
    removed: int = 0
    restarts: int = 0
    first_page: int = 1
    is_partial: bool = False
    is_waiting: bool = True
    pages: list[Shown] = field(default_factory=list)

    @property
    def subjects(self) -> list[Subject]:
        """Whose freshness it serves: a search is a sync of its authors' posts (I5)."""
        if self.kind in ("handles", "post_lookup"):
            return []
        kind = "posts" if self.kind == "search" else self.kind
        return [(kind, i) for i in (self.items or [self.subject or 0])]


@dataclass
class Known:
    """What is known of a subject: I10, only success makes fresh; only a whole read is full."""

    fresh_at: float | None = None
    full_at: float | None = None
    refused: str | None = None
    refused_at: float | None = None
    failures: int = 0
    retry_at: float | None = None
    cancelled_at: float | None = None
    full_retry_at: float | None = None

    def due_at(self, window: float, reconcile_at: float | None, recheck: float) -> float:
        """A5, I3: from when on it may be synced unasked; minus infinity: it never was."""
        if self.retry_at is not None:
            at = self.retry_at
        elif self.refused_at is not None:
            at = self.refused_at + recheck
        elif self.fresh_at is None:
            at = float("-inf")
        elif reconcile_at is not None and reconcile_at > self.fresh_at:
            at = min(self.fresh_at + window, reconcile_at)
        else:
            at = self.fresh_at + window
        return at if self.cancelled_at is None else max(at, self.cancelled_at + window)


def class_of(reason: str) -> str:
    """As what a subject is refused that a look-up did not return."""
    return "subject_" + (reason if reason in ("suspended", "protected") else "not_found")
