"""`signflow render --watch`: look at a draft whenever it is saved, here and in the browser."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from signflow.cli.check import checked_draft
from signflow.cli.findings import show_findings
from signflow.cli.output import Session, say, say_done, say_fault, sentence_of
from signflow.errors import SignflowError
from signflow.service.preview import serve_preview
from signflow.web.preview import Drawn

if TYPE_CHECKING:
    from signflow.steps.check_draft import CheckedDraft


def watch(file: Path, now: Session, render_once: Callable[[CheckedDraft], bytes], *, open_browser: bool) -> None:
    """Typeset the draft at each save and show it in the browser, until Ctrl-C. Errors are said, and it goes on.

    Args:
        file: The draft.
        now: The session.
        render_once: Makes the PDF of a draft without errors and puts it where it belongs; its bytes.
        open_browser: Whether to ask the system for a browser.
    """

    def ready(url: str) -> None:
        say()
        say(now.texts("cli.watch.ready", url=f"{url}/"), "bold")
        say(now.texts("cli.watch.how", file=file.name))
        say()
        if open_browser:  # in a thread that nobody waits for: some systems return when the browser ends
            threading.Thread(target=webbrowser.open, args=(f"{url}/",), daemon=True).start()

    draw = _drawing(file, now, render_once)
    asyncio.run(serve_preview(now.settings, now.texts.language, file, draw, ready))
    say(now.texts("cli.watch.stopped"))


def _drawing(file: Path, now: Session, render_once: Callable[[CheckedDraft], bytes]) -> Callable[[], Drawn]:
    def draw() -> Drawn:
        at = dt.datetime.now().astimezone()
        clock = f"{at:%H:%M:%S}"
        try:
            checked = checked_draft(file, now, None)
            pdf = render_once(checked) if checked.clean else None
        except SignflowError as error:
            sentence = sentence_of(error, now.texts)
            say_fault(f"{clock} {sentence}")
            return Drawn(at, problem=sentence)
        show_findings(now.texts, checked.records(), checked.unit)
        if pdf is None:
            say_fault(now.texts("cli.watch.faulty", at=clock, file=file.name))
        else:
            say_done(now.texts("cli.watch.drawn", at=clock, file=file.name, kb=len(pdf) // 1024))
        return Drawn(at, pdf, "", checked.records(), checked.unit, checked.lines)

    return draw
