"""Pages of lists: newest first, cut by position and not by offset, thinned of hidden users after the cut."""

from bisect import bisect_left
from dataclasses import dataclass

from app.simulator.cursors import NEWEST
from app.simulator.parameters import Span
from app.simulator.search import Query
from app.simulator.snowflakes import snowflake_ms
from app.simulator.timelines import PostKind, reference
from app.simulator.truth import TIMELINE_CAP
from app.simulator.world import World

CAP_WITHOUT_REPLIES = 800


@dataclass(frozen=True, slots=True)
class Page:
    """Item ids, newest first, and the position where the next page goes on, or None after the last."""

    items: tuple[int, ...]
    next_before: int | None


def follows_page(world: World, edges: dict[int, int], before: int, size: int) -> Page:
    """Return a page of a list of users; it is short where X hides suspended and deactivated ones."""
    users, sequence = list(edges), list(edges.values())
    end = len(users) if before == NEWEST else bisect_left(sequence, before)
    begin = max(0, end - size)
    shown = tuple(user_id for user_id in reversed(users[begin:end]) if world.visible(user_id))
    return Page(shown, sequence[begin] if begin > 0 else None)


def timeline_page(world: World, author_id: int, span: Span, before: int, size: int) -> Page:
    """Return a page of an author's posts. A timeline ends at its cap: the page after that is empty."""
    cap = CAP_WITHOUT_REPLIES if "replies" in span.exclude else TIMELINE_CAP
    existing = world.posts(author_id)
    reachable = existing[-cap:]
    begin, end = bisect_left(reachable, span.after + 1), bisect_left(reachable, min(before, span.before))
    fitting = [post_id for post_id in reachable[begin:end] if _fits(world, post_id, span)]
    items = tuple(reversed(fitting[-size:]))
    if not items:
        return Page((), None)
    beyond = len(existing) > cap and begin == 0 and existing[-cap - 1] > span.after
    more = len(fitting) > size or (beyond and before > items[-1])
    return Page(items, items[-1] if more else None)


def search_page(world: World, query: Query, span: Span, before: int, size: int) -> Page:
    """Return a page of the posts that fit a search: no retweet, and none of whom X does not show."""
    found: set[int] = set()
    for name in query.authors:
        author = (world.account(int(name)) if name.isdigit() else None) or world.holder(name)
        if author is None or author.protected or not world.visible(author.id):
            continue
        posts = world.posts(author.id)
        begin, end = bisect_left(posts, span.after + 1), bisect_left(posts, min(before, span.before))
        for post_id in posts[begin:end]:
            kind = _kind(world, post_id)
            if (
                kind != "retweeted"
                and query.fits(author, kind)
                and span.from_ms <= snowflake_ms(post_id) < span.to_ms
            ):
                found.add(post_id)
    items = tuple(sorted(found, reverse=True))
    return Page(items[:size], items[size - 1] if len(items) > size else None)


def cut_short(page: Page, positions: dict[int, int] | None) -> Page:
    """Return the newer half of a page, going on where it was cut; `positions` are a follow list's."""
    if len(page.items) < 2:
        return page
    kept = page.items[: len(page.items) // 2]
    return Page(kept, kept[-1] if positions is None else positions[kept[-1]])


def _fits(world: World, post_id: int, span: Span) -> bool:
    if not span.from_ms <= snowflake_ms(post_id) < span.to_ms:
        return False
    return not span.exclude or _kind(world, post_id) not in _excluded(span)


def _kind(world: World, post_id: int) -> PostKind:
    found = reference(world.seed, post_id)
    return "post" if found is None else found.kind


def _excluded(span: Span) -> set[str]:
    kinds = {"replies": "replied_to", "retweets": "retweeted"}
    return {kinds[name] for name in span.exclude}
