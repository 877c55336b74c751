"""Reads a request's query as strictly as X does: unknown names, bad values and bad mixes get a 400."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from app.simulator.noise import words
from app.simulator.problems import Refused, Vocabulary
from app.simulator.snowflakes import LARGEST_ID

Known = Literal["both", "post", "tweet"]

_ID = re.compile(r"[0-9]{1,19}")
_USERNAME = re.compile(r"[A-Za-z0-9_]{1,15}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
_FIRST_TIME = datetime(2010, 11, 6, tzinfo=UTC)

USER_FIELDS = frozenset(
    words(
        "confirmed_email connection_status created_at description entities id is_identity_verified location "
        "name parody profile_banner_url profile_image_url protected public_metrics receives_your_dm "
        "subscribes_to_you subscription subscription_type url username verified verified_followers_count "
        "verified_type withheld"
    )
)
OLD_USER_FIELDS = USER_FIELDS | {"affiliation", "most_recent_tweet_id", "pinned_tweet_id"}
POST_FIELDS = frozenset(
    words(
        "article article_title attachments card_uri community_id context_annotations conversation_id "
        "created_at display_text_range edit_controls entities geo id lang matched_media_notes "
        "media_metadata non_public_metrics note_post note_request_suggestions organic_metrics "
        "paid_partnership possibly_sensitive promoted_metrics public_metrics reply_settings scopes source "
        "suggested_source_links suggested_source_links_with_counts text withheld"
    )
)
TWEET_FIELDS = POST_FIELDS - {"note_post"} | {
    "author_id",
    "edit_history_tweet_ids",
    "in_reply_to_user_id",
    "note_tweet",
    "referenced_tweets",
}
USER_EXPANSIONS = frozenset({"affiliation", "most_recent_post_id", "pinned_post_id"})
OLD_USER_EXPANSIONS = frozenset({"affiliation.user_id", "most_recent_tweet_id", "pinned_tweet_id"})
POST_EXPANSIONS = frozenset(
    words(
        "article.cover_media article.media_entities attachments.media_keys attachments.media_source_tweet "
        "attachments.poll_ids author_id edit_history_post_ids entities.mentions.username geo.place_id "
        "in_reply_to_user_id referenced_posts username"
    )
)
TWEET_EXPANSIONS = POST_EXPANSIONS - {"edit_history_post_ids", "referenced_posts", "username"} | {
    "edit_history_tweet_ids",
    "referenced_tweets.id",
    "referenced_tweets.id.author_id",
}
ON_USERS = frozenset({"user.fields", "expansions"})
ON_LISTS = ON_USERS | {"max_results", "pagination_token"}
ON_POSTS = frozenset({"user.fields", "expansions", "media.fields", "poll.fields", "place.fields"})
ON_TIMELINES = ON_POSTS | {
    "max_results",
    "pagination_token",
    "start_time",
    "end_time",
    "since_id",
    "until_id",
    "exclude",
}
ON_SEARCH = ON_TIMELINES - {"exclude"} | {"query", "next_token", "sort_order"}
_FIELD_PARAMETERS: Mapping[Known, tuple[str, ...]] = {
    "both": ("post.fields", "tweet.fields"),
    "post": ("post.fields",),
    "tweet": ("tweet.fields",),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is to hold: the vocabulary to write in, and the fields and expansions asked for."""

    vocabulary: Vocabulary
    user_fields: frozenset[str]
    post_fields: frozenset[str]
    expansions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a timeline asked for: ids between `after` and `before`, both excluded, and times in ms."""

    after: int
    before: int
    from_ms: int
    to_ms: int
    exclude: frozenset[str]


def read_asked(
    query: Mapping[str, str], allowed: Collection[str], known: Known, *, about_posts: bool
) -> Asked:
    """Return what is asked for; raise Refused for parameters and fields that this X does not know."""
    names = {*allowed, *_FIELD_PARAMETERS[known]}
    for name, value in query.items():
        if name not in names:
            listed = ",".join(sorted(names))
            raise Refused(name, value, f"The query parameter [{name}] is not one of [{listed}]")
    if "post.fields" in query and "tweet.fields" in query:
        raise Refused(
            "tweet.fields", query["tweet.fields"], "At most one of post.fields, tweet.fields may be sent"
        )
    old = "tweet.fields" in query or known == "tweet"
    any_word = known == "both" and not {"post.fields", "tweet.fields"} & query.keys()
    post_words, user_words = (POST_EXPANSIONS, USER_EXPANSIONS)
    old_words = TWEET_EXPANSIONS if about_posts else OLD_USER_EXPANSIONS
    expansions = old_words if old else post_words if about_posts else user_words
    return Asked(
        vocabulary="tweet" if old else "post",
        user_fields=_listed(query, "user.fields", OLD_USER_FIELDS if old or any_word else USER_FIELDS),
        post_fields=_listed(query, "tweet.fields", TWEET_FIELDS) | _listed(query, "post.fields", POST_FIELDS),
        expansions=_listed(query, "expansions", expansions | old_words if any_word else expansions),
    )


def read_ids(query: Mapping[str, str], name: str = "ids") -> list[int]:
    """Return 1 to 100 ids, each once; raise Refused for anything else."""
    return [int(value) for value in _batch(query, name, _ID)]


def read_usernames(query: Mapping[str, str]) -> list[str]:
    """Return 1 to 100 usernames as they were sent, each once; raise Refused for anything else."""
    return _batch(query, "usernames", _USERNAME)


def read_id(name: str, value: str) -> int:
    """Return one id; raise Refused if it is not one."""
    if not _ID.fullmatch(value):
        raise Refused(
            name, value, f"The `{name}` parameter value [{value}] is not valid: it must match ^[0-9]{{1,19}}$"
        )
    return int(value)


def read_username(value: str) -> str:
    """Return one username; raise Refused if it is not one."""
    if not _USERNAME.fullmatch(value):
        raise Refused(
            "username", value, f"The `username` parameter value [{value}] does not match {_USERNAME.pattern}"
        )
    return value


def read_max_results(query: Mapping[str, str], least: int, most: int, default: int) -> int:
    """Return the page size asked for; raise Refused if it is not a number from `least` to `most`."""
    value = query.get("max_results", str(default))
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        message = f"The `max_results` query parameter value [{value}] is not between {least} and {most}"
        raise Refused("max_results", value, message)
    return int(value)


def read_span(query: Mapping[str, str]) -> Span:
    """Return the part of a timeline asked for; raise Refused for bad ids, times, orders or kinds."""
    after = read_id("since_id", query["since_id"]) if "since_id" in query else 0
    before = read_id("until_id", query["until_id"]) if "until_id" in query else LARGEST_ID
    if after >= before:
        raise Refused("since_id", query.get("since_id", ""), "'since_id' must be smaller than 'until_id'")
    from_ms = _time(query, "start_time") if "start_time" in query else 0
    to_ms = _time(query, "end_time") if "end_time" in query else LARGEST_ID
    if from_ms >= to_ms:
        raise Refused("start_time", query.get("start_time", ""), "'start_time' must be before 'end_time'")
    return Span(after, before, from_ms, to_ms, _listed(query, "exclude", frozenset({"replies", "retweets"})))


def _time(query: Mapping[str, str], name: str) -> int:
    value = query[name]
    try:
        moment = datetime.fromisoformat(value) if _TIME.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None or moment < _FIRST_TIME:
        raise Refused(
            name, value, f"The `{name}` query parameter value [{value}] is not a time from 2010-11-06 on"
        )
    return int(moment.timestamp()) * 1000


def _batch(query: Mapping[str, str], name: str, form: re.Pattern[str]) -> list[str]:
    values = query.get(name, "").split(",")
    if values == [""]:
        raise Refused(name, "", f"The `{name}` query parameter can not be empty")
    if len(values) > 100:
        message = f"size must be less than or equal to 100: [{len(values)}] is not"
        raise Refused(
            name, query[name], f"The number of values in the `{name}` query parameter list {message}"
        )
    for value in values:
        if not form.fullmatch(value):
            message = (
                f"The `{name}` query parameter value [{value}] is not valid: it must match ^{form.pattern}$"
            )
            raise Refused(name, value, message)
    return list(dict.fromkeys(values))


def _listed(query: Mapping[str, str], name: str, known: frozenset[str]) -> frozenset[str]:
    if name not in query:
        return frozenset()
    values = frozenset(query[name].split(","))
    for value in sorted(values - known):
        listed = ",".join(sorted(known))
        raise Refused(name, value, f"The `{name}` query parameter value [{value}] is not one of [{listed}]")
    return values
