"""What X and its webhooks say, in the words in which the model and the judge are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

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


class Profile(NamedTuple):
    """A user as shown, or as known; what is None was not said."""

    id: int
    handle: str | None
    protected: bool | None = None
    followers: int | None = None
    following: int | None = None


class Status(NamedTuple):
    """A post as shown."""

    id: int
    author: int | None = None
    text: str = ""
    is_retweet: bool = False


class Page(NamedTuple):
    """What a good answer shows: rows in their order, who is missing and why, and where the list goes on."""

    profiles: tuple[Profile, ...]
    posts: tuple[Status, ...]
    ids: tuple[int, ...]  # of all rows that have one, those that cannot be stored too
    row_count: int
    missing: dict[str, str]  # by id or handle in lower case: why
    next_token: str | None
    says_its_end: bool
    is_partial: bool  # rows were left out of it, and nobody says which
    sick: tuple[bool, ...]  # of each row that cannot be stored, whether it is a retweet


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as a driver hands it over, what it is to be taken for, and what it shows."""

    status: int
    headers: dict[str, str]
    body: str
    taken_for: str
    shown: Page | None


_NONE = Status(0)


@dataclass(frozen=True)
class Told:
    """What a delivery says. `names` of target and follower, or of an author: `user 12`, `handle x`."""

    key: str  # of its sender, or of its text
    lasts: float  # for how long another of this key is the same
    kind: str
    usd: float = 0.0  # what X bills for it
    names: tuple[str, ...] = ()
    happened_at: float = float("inf")
    profiles: tuple[Profile, ...] = ()
    post: Status = _NONE
    handle: str | None = None
