"""Ids as X makes them: a millisecond and 22 low bits, or the short numbers of users from before 2013."""

from datetime import UTC, datetime, timedelta

from app.simulator.noise import fraction, noise

EPOCH_MS = 1288834974657
LOW_BITS = 22
LARGEST_ID = (1 << 63) - 1
_LOW_MASK = (1 << LOW_BITS) - 1
_SHORT_IDS = 2_147_483_647
_FIRST_SHORT_MS = 1_152_000_000_000
_LAST_SHORT_MS = 1_356_000_000_000
_LAST_USER_MS = 1_764_000_000_000
_NODES = 0x6E6F646573


def snowflake(ms: int, low: int) -> int:
    """Return the id made at unix millisecond `ms` (not before November 2010) with the given low bits."""
    return (ms - EPOCH_MS) << LOW_BITS | low & _LOW_MASK


def snowflake_ms(item_id: int) -> int:
    """Return the unix millisecond held in a long id."""
    return (item_id >> LOW_BITS) + EPOCH_MS


def low_bits(item_id: int) -> int:
    """Return the low 22 bits of an id."""
    return item_id & _LOW_MASK


def user_id_of(node: int) -> int:
    """Return the X id that stands for a node number of a world file: always the same, one in seven short."""
    if node < _SHORT_IDS - 1 and noise(_NODES, node) % 7 == 0:
        return (node + 1) * 48_271 % _SHORT_IDS
    ms = _LAST_SHORT_MS + int(fraction(_NODES, node, 1) * (_LAST_USER_MS - _LAST_SHORT_MS))
    return snowflake(ms, node * 48_271)


def user_made_ms(user_id: int) -> int:
    """Return the unix millisecond at which a user's account was opened (for short ids, by their size)."""
    if user_id < _SHORT_IDS:
        return _FIRST_SHORT_MS + (_LAST_SHORT_MS - _FIRST_SHORT_MS) * user_id // _SHORT_IDS
    return snowflake_ms(user_id)


def unix_ms(moment: datetime) -> int:
    """Return an aware moment as unix milliseconds, exactly."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def written_time(ms: int) -> str:
    """Return unix milliseconds as X writes times: 2013-05-01T12:34:56.000Z."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"
