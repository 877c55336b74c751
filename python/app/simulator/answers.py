"""The answer to each request: what it holds and what it is billed for, before the HTTP around it."""

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.simulator import parameters, problems
from app.simulator.bill import Resource
from app.simulator.cursors import NEWEST, BadCursor, read_cursor, write_cursor
from app.simulator.faults import Fault
from app.simulator.noise import noise
from app.simulator.pages import Page, cut_short, follows_page, search_page, timeline_page
from app.simulator.parameters import Asked, Known
from app.simulator.problems import Json, Refused, Vocabulary
from app.simulator.search import read_query, read_recent_span
from app.simulator.shapes import post_object, user_object
from app.simulator.world import Account, World

_FOLLOWERS, _FOLLOWING, _TIMELINE, _SEARCH = 1, 2, 3, 4
_TOKENS = ("pagination_token", "next_token")


@dataclass(frozen=True, slots=True)
class Request:
    """A request that passed the door at `now`: `value` is the id or username in its path, or empty."""

    world: World
    known: Known
    value: str
    query: Mapping[str, str]
    fault: Fault | None
    now: datetime


@dataclass(slots=True)
class Answer:
    """A body of status 200, and the resources that it returns."""

    body: Json
    charges: list[tuple[Resource, list[int]]] = field(default_factory=list)


Answering = Callable[[Request], Answer]


def users_by_ids(request: Request) -> Answer:
    """GET /2/users: profiles in no order of the ids, errors for those that X does not show."""
    asked = _asked(request, parameters.ON_USERS | {"ids"})
    ids = parameters.read_ids(request.query)
    found = [(str(user_id), request.world.account(user_id)) for user_id in ids]
    return _users(request, asked, found, "ids")


def users_by_usernames(request: Request) -> Answer:
    """GET /2/users/by: profiles by username; errors name the username as it was sent."""
    asked = _asked(request, parameters.ON_USERS | {"usernames"})
    handles = parameters.read_usernames(request.query)
    return _users(request, asked, [(handle, request.world.holder(handle)) for handle in handles], "usernames")


def user_by_id(request: Request) -> Answer:
    """GET /2/users/:id: one profile, or one error."""
    asked = _asked(request, parameters.ON_USERS)
    user_id = parameters.read_id("id", request.value)
    return _one_user(request, asked, request.world.account(user_id), "id")


def user_by_username(request: Request) -> Answer:
    """GET /2/users/by/username/:username: one profile, or one error."""
    asked = _asked(request, parameters.ON_USERS)
    handle = parameters.read_username(request.value)
    return _one_user(request, asked, request.world.holder(handle), "username")


def followers(request: Request) -> Answer:
    """GET /2/users/:id/followers: one page, newest follow first."""
    return _follows(request, _FOLLOWERS, request.world.followers)


def following(request: Request) -> Answer:
    """GET /2/users/:id/following: one page, newest follow first."""
    return _follows(request, _FOLLOWING, request.world.following)


def timeline(request: Request) -> Answer:
    """GET /2/users/:id/tweets: one page of a user's posts, newest first."""
    asked = _asked(request, parameters.ON_TIMELINES, about_posts=True)
    user_id = parameters.read_id("id", request.value)
    size = parameters.read_max_results(request.query, 5, 100, 10)
    span = parameters.read_span(request.query)
    before = _position(request, _TIMELINE, user_id)
    refused = _refusal(request.world, user_id, asked.vocabulary)
    if refused is not None:
        return Answer({"errors": [refused]})
    page = timeline_page(request.world, user_id, span, before, size)
    page = _spoil(page, request, before, None)
    author = request.world.accounts[user_id]
    answer = Answer(
        _list_body([post_object(request.world, post_id, author, asked) for post_id in page.items])
    )
    if page.items:
        answer.charges.append(("post", list(page.items)))
        _include_authors(answer, request, asked, [author])
    _meta(answer, request, _TIMELINE, user_id, page)
    return answer


def recent_search(request: Request) -> Answer:
    """GET /2/tweets/search/recent: one page of the posts of the last seven days that fit, newest first."""
    asked = _asked(request, parameters.ON_SEARCH, about_posts=True)
    size = parameters.read_max_results(request.query, 10, 100, 10)
    query = read_query(request.query.get("query"))
    span = read_recent_span(request.query, request.now)
    # A token goes with the query that it was given out for, word for word.
    words = sorted(f"{name}={value}" for name, value in request.query.items() if name not in _TOKENS)
    search_id = zlib.crc32("&".join(words).encode())
    before = _position(request, _SEARCH, search_id)
    page = _spoil(search_page(request.world, query, span, before, size), request, before, None)
    answer = Answer({})
    authors = [_author(request.world, post_id) for post_id in page.items]
    if page.items:
        pairs = zip(page.items, authors, strict=True)
        answer.body["data"] = [
            post_object(request.world, post_id, author, asked) for post_id, author in pairs
        ]
        answer.charges.append(("post", list(page.items)))
        _include_authors(answer, request, asked, authors)
    _meta(answer, request, _SEARCH, search_id, page)
    return answer


def posts_by_ids(request: Request) -> Answer:
    """GET /2/tweets: posts in no order of the ids, errors for those that X does not show."""
    asked = _asked(request, parameters.ON_POSTS | {"ids"}, about_posts=True)
    shown: list[tuple[int, Account]] = []
    errors: list[Json] = []
    for post_id in parameters.read_ids(request.query):
        author = request.world.author_of(post_id)
        if author is None or author.state == "deactivated":
            errors.append(problems.missing_post(str(post_id), asked.vocabulary))
        elif author.protected or author.state == "suspended":
            errors.append(problems.hidden_post(str(post_id), asked.vocabulary))
        else:
            shown.append((post_id, author))
    shown.sort(key=lambda pair: noise(request.world.seed, pair[0]))
    answer = Answer(
        _list_body([post_object(request.world, post_id, author, asked) for post_id, author in shown])
    )
    if shown:
        answer.charges.append(("post", [post_id for post_id, _ in shown]))
        _include_authors(answer, request, asked, [author for _, author in shown])
    if errors:
        answer.body["errors"] = errors
    return answer


def _asked(request: Request, allowed: frozenset[str], *, about_posts: bool = False) -> Asked:
    return parameters.read_asked(request.query, allowed, request.known, about_posts=about_posts)


def _users(request: Request, asked: Asked, found: list[tuple[str, Account | None]], parameter: str) -> Answer:
    shown = [account for _, account in found if account is not None and account.state == "active"]
    shown.sort(key=lambda account: noise(request.world.seed, account.id))
    answer = Answer(_list_body([user_object(request.world, account, asked) for account in shown]))
    if shown:
        answer.charges.append(("user", [account.id for account in shown]))
    errors = [
        entry
        for value, account in found
        if (entry := _unseen(value, parameter, account, asked.vocabulary)) is not None
    ]
    if errors:
        answer.body["errors"] = errors
    return answer


def _one_user(request: Request, asked: Asked, account: Account | None, parameter: str) -> Answer:
    error = _unseen(request.value, parameter, account, asked.vocabulary)
    if error is not None or account is None:
        return Answer({"errors": [error]})
    return Answer({"data": user_object(request.world, account, asked)}, [("user", [account.id])])


def _unseen(value: str, parameter: str, account: Account | None, vocabulary: Vocabulary) -> Json | None:
    if account is None or account.state == "deactivated":
        return problems.missing_user(value, parameter, vocabulary)
    if account.state == "suspended":
        return problems.suspended_user(value, parameter, vocabulary)
    return None


def _refusal(world: World, user_id: int, vocabulary: Vocabulary) -> Json | None:
    account = world.account(user_id)
    error = _unseen(str(user_id), "id", account, vocabulary)
    if error is None and account is not None and account.protected:
        return problems.protected_user(str(user_id), vocabulary)
    return error


def _follows(request: Request, number: int, lists: Mapping[int, dict[int, int]]) -> Answer:
    asked = _asked(request, parameters.ON_LISTS)
    user_id = parameters.read_id("id", request.value)
    size = parameters.read_max_results(request.query, 1, 1000, 100)
    before = _position(request, number, user_id)
    refused = _refusal(request.world, user_id, asked.vocabulary)
    if refused is not None:
        return Answer({"errors": [refused]})
    edges = lists.get(user_id, {})
    page = _spoil(follows_page(request.world, edges, before, size), request, before, edges)
    accounts = request.world.accounts
    answer = Answer(_list_body([user_object(request.world, accounts[found], asked) for found in page.items]))
    if page.items:
        answer.charges.append(("follow", list(page.items)))
    _meta(answer, request, number, user_id, page)
    return answer


def _position(request: Request, number: int, user_id: int) -> int:
    name = next((name for name in _TOKENS if name in request.query), None)
    if name is None:
        return NEWEST
    token = request.query[name]
    message = f"The `{name}` query parameter value [{token}] is not valid"
    if request.fault is Fault.EXPIRED_CURSOR:
        raise Refused(name, token, message)
    try:
        return read_cursor(request.world.seed, number, user_id, token)
    except BadCursor as fault:
        raise Refused(name, token, message) from fault


def _spoil(page: Page, request: Request, before: int, positions: dict[int, int] | None) -> Page:
    if request.fault is Fault.EMPTY_PAGE:
        return Page((), before)
    if request.fault is Fault.SHORT_PAGE:
        return cut_short(page, positions)
    if request.fault is Fault.REPEATED_CURSOR and (page.next_before is not None or before != NEWEST):
        return Page(page.items, before)
    return page


def _author(world: World, post_id: int) -> Account:
    author = world.author_of(post_id)
    if author is None:
        raise LookupError(f"post {post_id} was found and has no author")
    return author


def _list_body(items: list[Json]) -> Json:
    return {"data": items} if items else {}


def _meta(answer: Answer, request: Request, number: int, user_id: int, page: Page) -> None:
    if request.fault is Fault.MISSING_META and not page.items:
        return
    meta: Json = {"result_count": len(page.items)}
    if number in (_TIMELINE, _SEARCH) and page.items:
        meta["newest_id"], meta["oldest_id"] = str(page.items[0]), str(page.items[-1])
    if page.next_before is not None:
        meta["next_token"] = write_cursor(request.world.seed, number, user_id, page.next_before)
    answer.body["meta"] = meta


def _include_authors(answer: Answer, request: Request, asked: Asked, authors: list[Account]) -> None:
    if "author_id" not in asked.expansions:
        return
    unique = {author.id: author for author in authors}
    answer.body["includes"] = {
        "users": [user_object(request.world, author, asked) for author in unique.values()]
    }
    answer.charges.append(("user", list(unique)))
