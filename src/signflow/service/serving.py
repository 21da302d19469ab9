"""What a process that stays is made of: a port, a web server, and jobs that end together."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator

import uvicorn

from signflow.errors import SettingsError


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
