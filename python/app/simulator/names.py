"""Words for a simulated world: handles, names, bios and posts, plainly made up, told by numbers."""

from collections.abc import Sequence

from app.simulator.noise import noise, words

_ADJECTIVES = words(
    "Amber Brisk Calm Copper Dusky Early Faded Gentle Hollow Idle Jolly Keen Late Mellow Northern Odd "
    "Pale Quiet Rapid Silver Tidal Upper Velvet Windy Young Zesty"
)
_NOUNS = words(
    "Anchor Badger Cedar Dune Ember Ferry Glacier Heron Inlet Jetty Kettle Lantern Meadow Nettle Orchard "
    "Pebble Quarry Raven Signal Thicket Umbra Valley Willow Xylem Yonder Zephyr"
)
_PLACES = (
    "Nowhere, NW",
    "the harbour",
    "Åland",
    "São Bento",
    "北の町",
    "Upstream",
    "left of the map",
    "52°N",
)
_TOPICS = (
    "maps",
    "bread",
    "old radios",
    "tides",
    "chess",
    "typography",
    "bees",
    "rail",
    "rain",
    "sourdough",
    "Go",
)
_MARKS = (
    "",
    "",
    "",
    " 🌿",
    " ☕️",
    " — mostly",
    " 🧭📚",
    "\nviews of no one",
    " \\o/",
    ' "quoted"',
    " & co.",
    " 日々",
)
_VERBS = (
    "Reading about",
    "Still thinking of",
    "A question on",
    "Notes on",
    "Nobody told me about",
    "Today:",
    "RIP",
)


def full_name(*parts: int) -> str:
    """Return a display name of two words."""
    adjective, noun = _picked(noise(*parts), _ADJECTIVES, _NOUNS)
    return f"{adjective} {noun}"


def handle(*parts: int) -> str:
    """Return a handle of 3 to 15 letters, digits and underscores, of mixed case; not unique by itself."""
    some = noise(*parts)
    adjective, noun = _picked(some, _ADJECTIVES, _NOUNS)
    number = (some >> 24) % 10_000
    forms = (
        f"{adjective}{noun}",
        f"{noun}{number}",
        f"{adjective.lower()}_{noun.lower()}",
        f"the{noun}{number % 100}",
        f"{noun.upper()}{number}",
        f"{adjective}_{number}",
    )
    return forms[(some >> 48) % len(forms)][:15]


def bio(*parts: int) -> str | None:
    """Return a profile's description, or None for the one in eight that has none."""
    some = noise(*parts)
    first, second, mark = _picked(some >> 3, _TOPICS, _TOPICS, _MARKS)
    return None if some % 8 == 0 else f"{first.capitalize()}, {second}{mark}"


def place(*parts: int) -> str | None:
    """Return a profile's location, or None for half of them."""
    some = noise(*parts)
    return _picked(some >> 1, _PLACES)[0] if some % 2 else None


def post_text(*parts: int) -> str:
    """Return a post's whole text; about one in fifty is longer than 280 characters."""
    some = noise(*parts)
    verb, topic, mark = _picked(some, _VERBS, _TOPICS, _MARKS)
    text = f"{verb} {topic}{mark}"
    return " ".join([text] * (300 // len(text) + 1)) if (some >> 32) % 50 == 0 else text


def _picked(some: int, *tables: Sequence[str]) -> list[str]:
    """One word of each table, told by one number."""
    found = []
    for table in tables:
        some, place_in_table = divmod(some, len(table))
        found.append(table[place_in_table])
    return found
