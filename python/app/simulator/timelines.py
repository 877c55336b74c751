"""What an author had posted before the world began, and what each post is: told by ids and the seed."""

from dataclasses import dataclass
from typing import Literal

from app.simulator.noise import fraction, noise
from app.simulator.snowflakes import EPOCH_MS, LOW_BITS, snowflake

PostKind = Literal["post", "replied_to", "retweeted", "quoted"]

MOST_POSTS = 5_000
_COUNT, _GAP, _KIND, _REF, _REPLIED = range(101, 106)
_TWO_YEARS_MS = 730 * 86_400_000
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Reference:
    """What a post answers, repeats or quotes: the post's id and the id of its author."""

    kind: PostKind
    post_id: int
    author_id: int | None


def first_count(seed: int, author_id: int) -> int:
    """Return how many posts an author has at the start: heavy-tailed, often none, at most 5,000."""
    share = fraction(seed, _COUNT, author_id)
    return 0 if share > 0.86 else min(MOST_POSTS, int(3 * max(share, 1e-9) ** -0.8))


def first_posts(seed: int, author_id: int, index: int, start_ms: int) -> list[int]:
    """Return an author's post ids from before `start_ms`, oldest first; low bits hold the author's index."""
    count = first_count(seed, author_id)
    mean_gap = min(_TWO_YEARS_MS // (count + 1), 20 * 24 * _HOUR_MS)
    ms = start_ms
    posts = []
    for number in range(count):
        ms -= 1_000 + int(mean_gap * 1.9 * fraction(seed, _GAP, author_id, number))
        posts.append(snowflake(ms, index))
    posts.reverse()
    return posts


def reference(seed: int, post_id: int) -> Reference | None:
    """Return what a post refers to, or None for the seven in ten that stand alone."""
    share = noise(seed, _KIND, post_id) % 100
    if share < 70:
        return None
    kind: PostKind = "replied_to" if share < 85 else "retweeted" if share < 95 else "quoted"
    earlier_ms = (post_id >> LOW_BITS) + EPOCH_MS - noise(seed, _REF, post_id) % (200 * _HOUR_MS) - 1_000
    author_id = snowflake(earlier_ms - 40_000 * _HOUR_MS, noise(seed, _REPLIED, post_id))
    return Reference(kind, snowflake(earlier_ms, noise(seed, _REF, post_id, 1)), author_id)
