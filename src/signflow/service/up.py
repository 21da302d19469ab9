"""`signflow up`: everything in one process, until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import json
import os
import socket
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass
from pathlib import Path

import uvicorn

from signflow import wiring
from signflow.durable import write_whole
from signflow.errors import SettingsError
from signflow.service.certificates import CertificateWatch
from signflow.service.daily import DailyClock
from signflow.service.inbox import Inbox
from signflow.service.prefect_server import PrefectServer, prefect_environment
from signflow.service.serving import WebServer, background, listen
from signflow.service.waking import Waker
from signflow.settings import Settings
from signflow.web.app import build_app

RUNNING_FILE = "running.json"
"""In the data folder while the service does work: its process and addresses."""

_LOCK_FILE = "signflow.lock"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where people find things."""

    web: str
    inbox: Path
    mails: Path
    prefect: str


async def serve(settings: Settings, on_ready: Callable[[Addresses], None], stop: asyncio.Event) -> None:
    """Run until `stop` is set. `on_ready` is called once, when drafts can be dropped and work is done.

    Raises:
        SettingsError: Another signflow uses the data folder, or a port is taken.
        UnavailableError: Database or disk do not answer now.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.data / _LOCK_FILE):
        listener = listen(settings.host, settings.port)
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        prefect = None
        if not settings.prefect_api_url:
            prefect = PrefectServer(settings.data / "prefect", settings.prefect_port or _free_port())
        api_url = prefect.api_url if prefect else settings.prefect_api_url
        # Prefect reads its settings when it is first imported, which the dispatcher does below
        os.environ.update(prefect_environment(settings.data / "prefect", api_url))
        addresses = Addresses(
            settings.public_url,
            settings.data / "inbox",
            settings.data / "mails",
            prefect.ui_url if prefect else settings.prefect_api_url.removesuffix("/api"),
        )
        running = settings.data / RUNNING_FILE
        running.unlink(missing_ok=True)

        def ready() -> None:
            places = {name: str(value) for name, value in asdict(addresses).items()}
            write_whole(running, json.dumps({"pid": os.getpid(), **places}).encode())
            on_ready(addresses)

        try:
            await _run_all(settings, listener, prefect, ready, stop)
        finally:
            running.unlink(missing_ok=True)


async def _run_all(
    settings: Settings,
    listener: socket.socket,
    prefect: PrefectServer | None,
    on_ready: Callable[[], None],
    stop: asyncio.Event,
) -> None:
    """Start the parts in the order in which they need each other; stop them in the opposite order."""
    prefect_ready, waker = asyncio.Event(), Waker()
    async with background(stop) as first:
        if prefect:
            first(prefect.keep(prefect_ready.set))
        else:
            prefect_ready.set()
        ports = await asyncio.to_thread(wiring.build_ports, settings, waker.wake)
        wiring.install(ports)
        async with background(stop) as second:
            web = WebServer(uvicorn.Config(build_app(ports), log_level="warning", access_log=False, lifespan="off"))
            second(web.serve(sockets=[listener]))
            second(Inbox(settings.data / "inbox", ports).watch())
            # Prefect reads its settings when it is first imported, so that happens only here
            from signflow.service.dispatch import Dispatcher, begin_day  # noqa: PLC0415

            await _either(prefect_ready, stop)
            if not stop.is_set():
                await asyncio.to_thread(wiring.warm_up, ports)
                await begin_day()
            # what is loaded by now stays: the collector need not look through it again and again
            gc.collect()
            gc.freeze()
            second(Dispatcher(ports.store, waker, settings.work_at_once, settings.retry_longest_s).run())
            second(CertificateWatch(ports.authority, ports.clock).run())
            lists = ports.lists is not None
            daily = DailyClock(ports.store, ports.clock, settings.timezone, settings.daily_at, ports.wake, lists=lists)
            second(daily.run())
            if not stop.is_set():
                on_ready()
            await stop.wait()
            web.should_exit = True


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def _free_port() -> int:
    with listen("127.0.0.1", 0) as listener:
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def _only_one(path: Path) -> Generator[None]:
    """Hold the data folder for this process; the lock goes with the process, however it ends."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError("data-in-use", folder=str(path.parent)) from error
        yield
