"""Whom the database's sentences are about: finds the ids of users and assets in them, and links them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from markupsafe import Markup, escape

from app.database import Row
from app.web.values import LARGEST_ID

# How decisions, checks and reasons name what they are about; see base.decisions.about.
NAMED = re.compile(
    r"\b(instance|materialization|run) (\d{1,19})\b"
    r"|\b((?:followers|following|posts|users|profile) of|user) (\d{1,19})\b"
    r"|(?<![\d.,:/#-])(\d{6,19})(?![\d.,:/-]\d|\d)"
)
PLACES = {"instance": "/instances/", "materialization": "/materializations/", "run": "/runs/"}


def users_in(texts: Iterable[str]) -> set[int]:
    """The users that sentences name."""
    found = (match[4] or match[5] for text in texts for match in NAMED.finditer(text))
    return {int(each) for each in found if each and int(each) <= LARGEST_ID}


def linked(text: str, people: Mapping[int, Row]) -> Markup:
    """A sentence with links to what it names; users by their handle where they have one."""
    parts = []
    end = 0
    for found in NAMED.finditer(text):
        parts += [escape(text[end : found.start()]), _link(found, people)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def person(user_id: int, people: Mapping[int, Row]) -> Markup:
    """A link to a user, by handle where one is known."""
    handle = people.get(user_id, {}).get("handle")
    shown = f"@{handle}" if handle else str(user_id)
    return Markup('<a href="/users?q={}" class="name">{}</a>').format(shown, shown)


def _link(found: re.Match[str], people: Mapping[int, Row]) -> Markup:
    place, number, word, user_id, perhaps = found.groups()
    if perhaps is not None:
        # A long number is a user's id where a user has it, as in the params of an asset.
        return person(int(perhaps), people) if int(perhaps) in people else escape(perhaps)
    if place is not None:
        return Markup('<a href="{}">{} {}</a>').format(PLACES[place] + number, place, number)
    return Markup("{} {}").format(word, person(int(user_id), people))
