"""The dispatcher's wait: woken from any thread, bounded, and never in the way of an orderly stop."""

from __future__ import annotations

import asyncio
import threading

import pytest

from signflow.service.waking import Waker


@pytest.mark.asyncio
async def test_a_wait_that_is_woken_and_cancelled_at_once_is_cancelled() -> None:
    waker = Waker()
    for turns in range(5):
        wait = asyncio.create_task(waker.wait(60))
        await asyncio.sleep(0)  # it waits
        waker.wake()
        for _ in range(turns):
            await asyncio.sleep(0)  # the wake comes so far before the cancellation does
        if wait.done():
            break
        wait.cancel()
        with pytest.raises(asyncio.CancelledError):
            await wait
    else:
        pytest.fail("no wait was ended by the wake alone")


@pytest.mark.asyncio
async def test_it_is_woken_from_another_thread_and_ends_by_itself_when_nobody_wakes_it() -> None:
    waker = Waker()
    thread = threading.Thread(target=waker.wake)
    thread.start()
    await waker.wait(60)
    thread.join()
    await waker.wait(0.01)
