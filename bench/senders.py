"""Many senders of webhook events at once: each event goes out at its time, however late others are."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass

CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the events: seconds until each was answered, by the time at which it was to be sent."""

    seconds: Sequence[float]
    refused: int

    def at(self, share: float) -> float:
        """Milliseconds within which that share of them was answered."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def send(port: int, path: str, token: str, bodies: Sequence[bytes], per_second: float) -> Sent:
    """Send every body, so many a second, and wait for the answers."""
    # A pause of ours, to look for garbage among all bodies, would be taken for one of theirs.
    gc.collect()
    gc.freeze()
    try:
        return asyncio.run(_send(port, path, token, bodies, per_second))
    finally:
        gc.unfreeze()


async def _send(port: int, path: str, token: str, bodies: Sequence[bytes], per_second: float) -> Sent:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    seconds: list[float] = []
    refused = 0
    numbers = iter(range(len(bodies)))
    began = time.perf_counter() + 0.2

    async def sender() -> None:
        nonlocal refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            due = began + number / per_second
            if (ahead := due - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            body = bodies[number]
            writer.write(b"%b%d\r\n\r\n%b" % (head, len(body), body))
            answer = await reader.readuntil(b"\r\n\r\n")
            length = int(answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            refused += not answer.startswith(b"HTTP/1.1 202")
            seconds.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(sender() for _ in range(CONNECTIONS)))
    return Sent(seconds, refused)
