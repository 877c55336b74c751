"""Users and posts as JSON objects: only what was asked for, absent values left out, in either vocabulary."""

from collections.abc import Callable, Mapping

from app.simulator import names
from app.simulator.noise import noise, pick
from app.simulator.parameters import Asked
from app.simulator.problems import Json
from app.simulator.snowflakes import snowflake_ms, written_time
from app.simulator.timelines import reference
from app.simulator.world import Account, World

_BIO, _PLACE, _URL, _COUNTS, _TEXT, _LANG = range(301, 307)
_LONGEST_TEXT = 280

UserField = Callable[[World, Account, Asked], object]
PostField = Callable[[World, int, Asked], object]


def user_object(world: World, account: Account, asked: Asked) -> Json:
    """Return a user: id, name and username, and the fields asked for that it has."""
    shown: Json = {"id": str(account.id), "name": account.name, "username": account.handle}
    for name in sorted(asked.user_fields & _USER_FIELDS.keys()):
        value = _USER_FIELDS[name](world, account, asked)
        if value is not None:
            shown[name] = value
    return shown


def post_object(world: World, post_id: int, author: Account, asked: Asked) -> Json:
    """Return a post: id, text and edit history, and the fields asked for that it has."""
    shown: Json = {"id": str(post_id), "text": _short_text(world, post_id, author)}
    shown[f"edit_history_{asked.vocabulary}_ids"] = [str(post_id)]
    if "author_id" in asked.post_fields | asked.expansions:
        shown["author_id"] = str(author.id)
    wanted = asked.post_fields | (asked.expansions & {"referenced_posts", "in_reply_to_user_id"})
    for name in sorted(wanted & _POST_FIELDS.keys()):
        value = _POST_FIELDS[name](world, post_id, asked)
        if value is not None:
            shown[name] = value
    return shown


def _user_metrics(world: World, account: Account, asked: Asked) -> Json:
    some = noise(world.seed, _COUNTS, account.id)
    return {
        "followers_count": len(world.followers.get(account.id, ())),
        "following_count": len(world.following.get(account.id, ())),
        f"{asked.vocabulary}_count": world.post_count(account.id),
        "listed_count": some % 40,
        "like_count": some // 40 % 9_000,
        "media_count": some // 360_000 % 300,
    }


def _user_url(world: World, account: Account, _: Asked) -> str | None:
    some = noise(world.seed, _URL, account.id)
    return f"https://t.co/{some % 36**6:010x}" if some % 3 == 0 else None


def _text(world: World, post_id: int) -> str:
    text = names.post_text(world.seed, _TEXT, post_id)
    found = reference(world.seed, post_id)
    return (
        f"RT @{names.handle(found.post_id)}: {text}"
        if found is not None and found.kind == "retweeted"
        else text
    )


def _short_text(world: World, post_id: int, _: Account) -> str:
    text = _text(world, post_id)
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def _note(world: World, post_id: int, _: Asked) -> Json | None:
    text = _text(world, post_id)
    return {"text": text} if len(text) > _LONGEST_TEXT else None


def _post_metrics(world: World, post_id: int, asked: Asked) -> Json:
    some = noise(world.seed, _COUNTS, post_id)
    return {
        "repost_count" if asked.vocabulary == "post" else "retweet_count": some % 30,
        "reply_count": some // 30 % 20,
        "like_count": some // 600 % 500,
        "quote_count": some // 300_000 % 9,
        "bookmark_count": some // 2_700_000 % 9,
        "impression_count": some // 24_300_000 % 90_000,
    }


def _references(world: World, post_id: int, _: Asked) -> list[Json] | None:
    found = reference(world.seed, post_id)
    return None if found is None else [{"type": found.kind, "id": str(found.post_id)}]


def _replied_user(world: World, post_id: int, _: Asked) -> str | None:
    found = reference(world.seed, post_id)
    return str(found.author_id) if found is not None and found.kind == "replied_to" else None


def _conversation(world: World, post_id: int, _: Asked) -> str:
    found = reference(world.seed, post_id)
    return str(found.post_id if found is not None and found.kind == "replied_to" else post_id)


_USER_FIELDS: Mapping[str, UserField] = {
    "created_at": lambda _, account, __: written_time(account.made_ms),
    "description": lambda world, account, _: names.bio(world.seed, _BIO, account.id),
    "location": lambda world, account, _: names.place(world.seed, _PLACE, account.id),
    "profile_image_url": lambda _, account, __: (
        f"https://pbs.twimg.com/profile_images/{account.id}/a_normal.jpg"
    ),
    "protected": lambda _, account, __: account.protected,
    "public_metrics": _user_metrics,
    "url": _user_url,
    "verified": lambda _, account, __: account.verified,
    "verified_type": lambda _, account, __: "blue" if account.verified else "none",
}
_POST_FIELDS: Mapping[str, PostField] = {
    "conversation_id": _conversation,
    "created_at": lambda _, post_id, __: written_time(snowflake_ms(post_id)),
    "in_reply_to_user_id": _replied_user,
    "lang": lambda world, post_id, _: pick(("en", "en", "en", "de", "ja", "und"), world.seed, _LANG, post_id),
    "note_post": _note,
    "note_tweet": _note,
    "possibly_sensitive": lambda world, post_id, _: noise(world.seed, _LANG, post_id, 1) % 50 == 0,
    "public_metrics": _post_metrics,
    "referenced_posts": _references,
    "referenced_tweets": _references,
}
