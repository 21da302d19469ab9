"""`signflow diff`: what has changed between two versions, as a secretary would tell it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from signflow.cli.check import checked_draft
from signflow.cli.files import write_file
from signflow.cli.findings import plain_findings
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_done, say_styled, session, show_pairs
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.minutes.difference.compare import Difference
    from signflow.minutes.difference.lines import LineChange, Piece
    from signflow.minutes.model import Minutes

_AROUND = 12  # words of unchanged text that are shown beside a change
_STYLES = {"removed": ("red", "[-", "-]"), "added": ("green", "{+", "+}")}


def diff(
    old: Annotated[Path, typer.Argument(help="The earlier version.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The later one.", show_default=False)],
    *,
    html: Annotated[Path | None, typer.Option("--html", help="Write it as a page to this file.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Tell what has changed between two drafts: in each item the decisions first.

    Exit codes: 0 they say the same; 1 they differ; 2 a draft cannot be read; 3 not possible now.
    """
    with session(language, as_json=as_json) as now:
        from signflow.minutes.difference.compare import compare

        difference = compare(_read(old, now), _read(new, now))
        if html:
            _write_page(difference, now, html, (old.name, new.name))
        if as_json:
            print_json(_plain(difference))
        elif difference.same:
            say_done(now.texts("difference.same"))
        else:
            _show(difference, now)
        if html and not as_json:
            say_done(str(html))
        if not difference.same:
            raise typer.Exit(EXIT_FAULT)


def _read(file: Path, now: Session) -> Minutes:
    checked = checked_draft(file, now, None)
    if checked.minutes is None:
        findings = plain_findings(now.texts, checked.records(), checked.unit)
        raise SettingsError("draft-not-comparable", file=str(file), reason=findings[0]["message"] if findings else "–")
    return checked.minutes


def _write_page(difference: Difference, now: Session, file: Path, names: tuple[str, str]) -> None:
    from signflow.house import open_style
    from signflow.rendering.html.difference import render_difference
    from signflow.rendering.html.page import load_page

    page, style = load_page(now.settings.templates_folder), open_style(now.settings)
    old, new = names
    write_file(file, render_difference(difference, style, now.texts, page, old=old, new=new).encode(), now.texts)


def _show(difference: Difference, now: Session) -> None:
    from signflow.rendering.html.difference_words import kind_of, standing_of, summary

    texts = now.texts
    show_pairs(summary(difference, texts))
    if difference.reordered:
        say(texts("difference.reordered"))
    _show_lines("front", difference.front, now)
    if difference.people:
        _show_heading(texts("difference.part.people"))
        for person in difference.people:
            _show_line(standing_of(person, texts), person.pieces)
    for item in difference.items:
        if not item.is_news:
            continue
        name = _marked(item.heading) if item.heading else escape(f"{item.label} {item.title}".strip())
        say()
        say_styled(f"[bold]{name}[/] [dim]· {escape(texts(f'difference.change.{item.change}'))}[/]")
        for holds, remark in ((item.moved, "moved"), (item.reordered, "reordered")):
            if holds:
                say(texts(f"difference.{remark}"), indent=2)
        for line in (*item.decisions, *item.others):
            _show_line(kind_of(line, texts), line.pieces, texts("difference.unseen") if line.only_unseen else "")
    _show_lines("closing", difference.closing, now)


def _show_heading(text: str) -> None:
    say()
    say(text, "bold")


def _show_lines(part: str, lines: Sequence[LineChange], now: Session) -> None:
    from signflow.rendering.html.difference_words import kind_of

    if lines:
        _show_heading(now.texts(f"difference.part.{part}"))
    for line in lines:
        remark = now.texts("difference.unseen") if line.only_unseen else ""
        _show_line(kind_of(line, now.texts), line.pieces, remark)


def _show_line(kind: str, pieces: Sequence[Piece], remark: str = "") -> None:
    say(kind, "dim", 2)
    if pieces:
        say_styled(_marked(pieces), 4)
    if remark:
        say(remark, indent=4)


def _marked(pieces: Sequence[Piece]) -> str:
    """The words with signs around those that went and came, so that no colour is needed to tell them apart."""
    last = len(pieces) - 1
    return " ".join(_piece(piece, first=at == 0, last=at == last) for at, piece in enumerate(pieces))


def _piece(piece: Piece, *, first: bool, last: bool) -> str:
    style = _STYLES.get(piece.change)
    if style is None:
        return escape(piece.text if first and last else _shortened(piece.text.split(), first=first, last=last))
    colour, before, after = style
    return f"[{colour}]{escape(before)}{escape(piece.text)}{escape(after)}[/]"


def _shortened(words: Sequence[str], *, first: bool, last: bool) -> str:
    """Unchanged words beside a change: those next to it."""
    kept = _AROUND if first or last else 2 * _AROUND
    if len(words) <= kept:
        return " ".join(words)
    before = () if first else words[:_AROUND]
    after = () if last else words[-_AROUND:]
    return " ".join((*before, "…", *after))


def _plain(difference: Difference) -> dict[str, Any]:
    """What `--json` says."""
    return {
        "same": difference.same,
        "reordered": difference.reordered,
        "front": [_plain_line(line) for line in difference.front],
        "people": [
            {
                "change": str(person.change),
                "name": person.name,
                "from": person.old_list,
                "to": person.new_list,
                "words": _plain_words(person.pieces),
            }
            for person in difference.people
        ],
        "items": [
            {
                "change": str(item.change),
                "label": item.label,
                "title": item.title,
                "heading": _plain_words(item.heading),
                "moved": item.moved,
                "reordered": item.reordered,
                "decisions": [_plain_line(line) for line in item.decisions],
                "others": [_plain_line(line) for line in item.others],
            }
            for item in difference.items
        ],
        "closing": [_plain_line(line) for line in difference.closing],
    }


def _plain_line(line: LineChange) -> dict[str, Any]:
    return {
        "kind": str(line.kind),
        "change": str(line.change),
        "label": line.label,
        "words": _plain_words(line.pieces),
    }


def _plain_words(pieces: Sequence[Piece]) -> list[dict[str, str]]:
    return [{"change": str(piece.change), "text": piece.text} for piece in pieces]
