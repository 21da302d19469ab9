"""Waking the dispatcher from any thread."""

from __future__ import annotations

import asyncio


class Waker:
    """An event of the loop it is made in, that any thread may set."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def wake(self) -> None:
        """Somebody has committed work."""
        self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, longest_s: float) -> None:
        """Wait until woken, at most so long. What happened since the last wait counts."""
        # not asyncio.wait_for: before Python 3.12 a wait that ends as it is cancelled loses the cancellation
        try:
            async with asyncio.timeout(longest_s):
                await self._event.wait()
        except TimeoutError:
            return
        finally:
            self._event.clear()
