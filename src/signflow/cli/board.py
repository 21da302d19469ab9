"""The board on the command line: every document, where it is and what it waits for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from signflow.cli.output import Session, say, show_table
from signflow.store.store import Store
from signflow.web.board import read_board

_COLUMNS = ("document", "state", "date", "title", "waits")
_MOST_ROWS = 500


def board_account(store: Store) -> list[dict[str, Any]]:
    """For `--json`."""
    waiting = {row.work.subject: row.waiting_code for row in store.open_work() if row.waiting_code}
    return [
        {
            "id": line.id,
            "state": str(line.state),
            "title": line.title,
            "body": line.body,
            "date": line.meeting_on,
            "updated_at": line.updated_at.isoformat(),
            "waiting": waiting.get(line.id),
        }
        for line in store.documents()
    ]


def show_board(store: Store, now: Session) -> None:
    """For a person: what is on its way, then what has come to an end last; what is held up says why."""
    t = now.texts
    board = read_board(store, t, dt.datetime.now(dt.UTC), page_rows=_MOST_ROWS)
    for delay in board.delays:
        say(delay, "yellow")
    if board.empty:
        say(t("cli.status.nothing"))
        return
    for arrival in board.arrivals:
        say(t("web.arriving.lead", filename=arrival.filename))
        for note in arrival.notes:
            say(note, "yellow", 2)
    rows = [row for group in board.groups for row in group.rows] + list(board.closed)
    listed = [
        (
            row.id,
            t(f"states.state.{row.state}"),
            row.meeting_on.isoformat() if row.meeting_on else "–",
            row.title,
            ". ".join(filter(None, (row.waits, row.due.sentence if row.due else ""))),
        )
        for row in rows
    ]
    if listed:
        show_table([t(f"cli.status.{name}") for name in _COLUMNS], listed)
    notes = [(row.id, note) for row in rows for note in row.notes]
    if notes:
        say()
    for name, note in notes:
        say(f"{name}: {note}", "yellow")
