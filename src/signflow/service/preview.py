"""`signflow render --watch`: a preview that follows a draft until it is told to stop."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path

import uvicorn
from watchfiles import awatch

from signflow.house import open_texts
from signflow.service.serving import WebServer, background, listen
from signflow.settings import Settings
from signflow.texts import Language
from signflow.web.pages import Pages
from signflow.web.preview import Drawn, Preview, build_preview

_HOST = "127.0.0.1"
_QUIET_MS = 60  # programs write a file in several goes
_LOOK_UP_MS = 1000


async def serve_preview(
    settings: Settings, language: Language, file: Path, draw: Callable[[], Drawn], on_ready: Callable[[str], None]
) -> None:
    """Draw the draft, show it on a free port of this machine, and draw it anew whenever it is saved; until Ctrl-C.

    Args:
        settings: Where templates and texts are.
        language: That of a page whose reader asks for none.
        file: The draft.
        draw: Looks at it; called in a thread, never twice at once.
        on_ready: Called once, with the address.

    Raises:
        SettingsError: The templates cannot be read.
    """
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    preview = Preview(file.name, await asyncio.to_thread(draw))
    preview.show(preview.latest)
    listener = listen(_HOST, 0)
    url = f"http://{_HOST}:{listener.getsockname()[1]}"
    pages = Pages(settings.templates_folder, open_texts(settings), language, settings.organisation, secure=False)
    app = build_preview(preview, pages, settings.templates_folder, url)
    web = WebServer(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    async with background(stop) as start:
        start(web.serve(sockets=[listener]))
        start(_follow(file, draw, preview))
        on_ready(url)
        await stop.wait()
        preview.close()
        web.should_exit = True


async def _follow(file: Path, draw: Callable[[], Drawn], preview: Preview) -> None:
    """Draw after every save. The folder is watched, since most programs save a new file and give it the old one's name."""

    def is_ours(_change: object, path: str) -> bool:
        return Path(path).name == file.name

    changes = awatch(
        file.parent, watch_filter=is_ours, recursive=False, step=20, debounce=_QUIET_MS, rust_timeout=_LOOK_UP_MS
    )
    async for _ in changes:
        preview.show(await asyncio.to_thread(draw))
