"""What a process that stays is made of: its end, a port, a web server, and jobs that end together."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor

import uvicorn

from signflow.errors import SettingsError


def run_until_told(serve: Callable[[asyncio.Event], Coroutine[object, object, None]]) -> None:
    """Run `serve` until it ends; SIGTERM and Ctrl-C set the event that it is given. Called in the main thread.

    It runs in a thread of its own. In the main thread Prefect would answer SIGTERM itself while a flow runs, with an
    exception wherever the program happens to be, and an orderly stop would look like a crash.

    Raises:
        Exception: Whatever `serve` raises.
    """
    told, loop = asyncio.Event(), asyncio.new_event_loop()

    def tell(_number: int, _frame: object) -> None:
        with contextlib.suppress(RuntimeError):  # it has ended already
            loop.call_soon_threadsafe(told.set)

    before = {number: signal.signal(number, tell) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner, ThreadPoolExecutor(1, "service") as thread:
            thread.submit(runner.run, serve(told)).result()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class WebServer(uvicorn.Server):
    """A web server that leaves the signals to us."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A port of ours, 0 for any free one; who comes before the server runs waits for it.

    Raises:
        SettingsError: It is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise SettingsError("address-taken", host=host, port=port, reason=error.strerror or "") from error
    return listener


@contextlib.asynccontextmanager
async def background(stop: asyncio.Event) -> AsyncGenerator[Callable[[Coroutine[object, object, None]], object]]:
    """Jobs that run beside the body and are cancelled after it. One that fails stops the service, loudly."""
    jobs = list[asyncio.Task[None]]()

    def start(job: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(job)
        task.add_done_callback(lambda _: stop.set())
        jobs.append(task)

    try:
        yield start
    finally:
        for job in reversed(jobs):
            job.cancel()
        results = await asyncio.gather(*jobs, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
