"""`signflow check` on several drafts: the findings of each, and a table that says which are ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.text import Text

from signflow.cli.check import account_of
from signflow.cli.files import drafts_in, read_beginning, require
from signflow.cli.findings import show_findings
from signflow.cli.output import Session, print_json, say, say_done, say_fault, show_table, with_progress
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.rendering.house.style import HouseStyle
    from signflow.steps.check_draft import CheckedDraft
    from signflow.store.people import People

_COLUMNS = ("file", "class", "items", "error", "warning", "note", "verdict")
_COUNTS = range(2, 6)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One file: its name as it is shown, and what `--json` says of it."""

    name: str
    account: dict[str, Any]
    records: Sequence[Any]

    @property
    def accepted(self) -> bool:
        return bool(self.account["accepted"])


def check_many(paths: Sequence[Path], now: Session, people: People | None, *, as_json: bool) -> bool:
    """Check the files, and the drafts in the folders, one by one; whether all may go to review.

    Raises:
        SettingsError: A path is not there, or a folder holds no drafts.
    """
    from signflow.house import open_style

    for path in paths:
        require(path, now.texts)
    style = open_style(now.settings)
    judged = [
        _judge(file, name, now, style, people)
        for file, name in with_progress(_files(paths), now.texts("cli.checked.progress"))
    ]
    if as_json:
        print_json([one.account for one in judged])
    else:
        _show(judged, now)
    return all(one.accepted for one in judged)


def _files(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """The files with the names to show: below a folder that stands alone, from there."""
    files: dict[Path, str] = {}
    for path in paths:
        if not path.is_dir():
            files.setdefault(path, str(path))
        for draft in drafts_in(path) if path.is_dir() else ():
            files.setdefault(draft, str(draft.relative_to(path) if len(paths) == 1 else draft))
    return list(files.items())


def _judge(file: Path, name: str, now: Session, style: HouseStyle, people: People | None) -> _Judged:
    checked = _checked(file, now, style, people)
    return _Judged(name, {"file": str(file), **account_of(checked, now)}, checked.records())


def _checked(file: Path, now: Session, style: HouseStyle, people: People | None) -> CheckedDraft:
    """A file that cannot be read has a finding that says so: it does not hide those of the others."""
    from signflow.house import open_bodies
    from signflow.minutes import remark
    from signflow.minutes.decoding import MAX_DRAFT_BYTES
    from signflow.steps.check_draft import CheckedDraft, check_draft

    try:
        data = read_beginning(file, now.texts, MAX_DRAFT_BYTES + 1)
    except SettingsError as error:
        return CheckedDraft(None, (remark("file-unreadable", reason=str(error.params["reason"])),))
    return check_draft(data, file.name, style, people, open_bodies(now.settings))


def _show(judged: Sequence[_Judged], now: Session) -> None:
    for one in judged:
        if one.records:
            say(one.name, "bold")
            say()
            show_findings(now.texts, one.records, one.account["unit"])
    show_table([now.texts(f"cli.checked.{name}") for name in _COLUMNS], [_row(one, now) for one in judged], _COUNTS)
    say()
    accepted = sum(one.accepted for one in judged)
    sentence = now.texts("cli.checked.accepted_of", accepted=accepted, count=len(judged))
    if accepted == len(judged):
        say_done(sentence)
    else:
        say_fault(sentence)


def _row(one: _Judged, now: Session) -> tuple[str | Text, ...]:
    minutes = one.account["minutes"]
    counts = Counter(record["severity"] for record in one.records)
    verdict = "accepted" if one.accepted else "refused" if minutes else "unreadable"
    return (
        one.name,
        now.texts(f"cli.checked.{minutes['class'] if minutes else 'unread'}"),
        str(len(minutes["items"])) if minutes else now.texts("cli.checked.unread"),
        *(str(counts[severity]) for severity in ("error", "warning", "note")),
        Text(now.texts(f"cli.checked.{verdict}"), "green" if one.accepted else "bold red"),
    )
