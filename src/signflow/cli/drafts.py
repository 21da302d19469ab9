"""`signflow render`, `submit`, `immediate`: what a secretary does with a draft."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from signflow.cli.check import account_of, check_bytes, checked_draft, show_checked
from signflow.cli.files import read_beginning, read_file, write_file
from signflow.cli.findings import show_findings
from signflow.cli.options import AsJson, Draft, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, fail, print_json, say, say_done, session
from signflow.errors import SettingsError

if TYPE_CHECKING:
    from signflow.steps.check_draft import CheckedDraft

_LARGEST_ORIGINAL_BYTES = 200_000_000


Copy = Literal["signing", "web", "extract", "html"]


def render(  # noqa: PLR0913 -- the command's options
    file: Draft,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where the document goes.")],
    *,
    copy: Annotated[
        Copy,
        typer.Option(
            metavar="COPY",
            help="signing: to be signed. web, html: redacted, for the web. extract: one item.",
        ),
    ] = "signing",
    item: Annotated[int | None, typer.Option(help="For an extract: the item's number.")] = None,
    original: Annotated[
        Path | None, typer.Option(help="For other copies: the signed PDF, whose digest they then name.")
    ] = None,
    at: Annotated[dt.datetime | None, typer.Option(help="The time that stands in the PDF; now if left out.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Again at each save, with a preview in the browser, until Ctrl-C.")
    ] = False,
    no_open: Annotated[bool, typer.Option("--no-open", help="With --watch: open no browser.")] = False,
    language: InLanguage = None,
) -> None:
    """Typeset a draft as the PDF/A that would be signed, or as one of its copies."""
    with session(language) as now:
        _check_options(copy, item, original)
        if watch:
            _watch(now, output, _Wanted(copy, item, file, original, at), open_browser=not no_open)
            return
        checked = checked_draft(file, now, None)
        if not checked.clean:
            show_checked(checked, now, file)
            raise typer.Exit(EXIT_FAULT)
        _check_output(output, file, original)
        show_findings(now.texts, checked.records(), checked.unit)
        made = _typeset(checked, now, _Wanted(copy, item, file, original, at))
        write_file(output, made, now.texts)
        say_done(now.texts("cli.render.done", file=output, kb=-(-len(made) // 1024)))
        if copy == "extract" and original is None:
            say(now.texts("cli.render.whose_digest"), "dim")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be made of which file."""

    copy: Copy
    item: int | None
    file: Path
    original: Path | None
    at: dt.datetime | None


def _watch(now: Session, output: Path, wanted: _Wanted, *, open_browser: bool) -> None:
    if wanted.copy == "html":
        raise SettingsError("watch-shows-pages")
    _check_output(output, wanted.file, wanted.original)
    from signflow.cli.watch import watch

    def render_once(checked: CheckedDraft) -> bytes:
        made = _typeset(checked, now, wanted)
        write_file(output, made, now.texts)
        return made

    watch(wanted.file, now, render_once, open_browser=open_browser)


def _check_output(output: Path, *sources: Path | None) -> None:
    for source in sources:
        if source and output.exists() and source.exists() and output.samefile(source):
            raise SettingsError("output-is-draft", file=str(output))


def _check_options(copy: Copy, item: int | None, original: Path | None) -> None:
    if copy == "extract" and item is None:
        raise SettingsError("copy-needs-item")
    if copy != "extract" and item is not None:
        raise SettingsError("copy-takes-no-item")
    if copy == "signing" and original is not None:
        raise SettingsError("copy-takes-no-original")


def _typeset(checked: CheckedDraft, now: Session, wanted: _Wanted) -> bytes:
    from signflow.house import open_style, open_texts
    from signflow.rendering.copies import Original
    from signflow.rendering.html.page import load_page
    from signflow.steps.typeset import typeset, typeset_extract, typeset_html, typeset_web

    style, catalogue, at = open_style(now.settings), open_texts(now.settings), instant(wanted.at)
    digest = _digest_of_original(wanted.original, now) if wanted.original else ""
    if wanted.copy == "signing" or (wanted.copy == "extract" and not digest):
        name = now.texts("cli.render.draft")
        signing = typeset(checked, now.settings.organisation, style, catalogue, name=name, version=1, at=at)
        if wanted.copy == "signing":
            return signing
        digest = hashlib.sha256(signing).hexdigest()
    source = Original((wanted.original or wanted.file).stem, 1, digest)
    if wanted.copy == "extract" and wanted.item is not None:
        return typeset_extract(checked, wanted.item, style, catalogue, source, at=at)
    if wanted.copy == "web":
        return typeset_web(checked, style, catalogue, source, at=at)
    return typeset_html(checked, style, catalogue, source, page=load_page(now.settings.templates_folder))


def _digest_of_original(file: Path, now: Session) -> str:
    data = read_file(file, now.texts, _LARGEST_ORIGINAL_BYTES)
    if not data.startswith(b"%PDF-"):
        raise SettingsError("original-not-pdf", file=str(file))
    return hashlib.sha256(data).hexdigest()


def submit(file: Draft, *, as_json: AsJson = False, language: InLanguage = None) -> None:
    """Hand a draft in, as if it were dropped in the inbox."""
    with session(language, as_json=as_json) as now:
        from signflow import wiring
        from signflow.steps.intake import LARGEST_DRAFT_BYTES, take_draft

        data = read_beginning(file, now.texts, LARGEST_DRAFT_BYTES + 1)
        checked = check_bytes(data, file, now, None)
        ports = wiring.build_ports(now.settings)
        try:
            source = take_draft(ports, data, file.name, "command line")
        finally:
            wiring.close_ports(ports)
        if as_json:
            print_json({"digest": source.digest, **account_of(checked, now)})
        else:
            show_findings(now.texts, checked.records(), checked.unit)
            say_done(now.texts("cli.submit.done", file=file.name, digest=source.digest[:12]))


def immediate(
    document: Annotated[str, typer.Argument(help="The minutes, by their name on the board.", show_default=False)],
    *,
    item: Annotated[list[int], typer.Option(help="The number of an item; as often as needed.", show_default=False)],
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Have items of minutes adjusted at once, in a document of their own."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.minutes.immediate import written_items
        from signflow.rounds.outcome import ALREADY_RECORDED, Refusal
        from signflow.steps.immediate import cut_out
        from signflow.web.words import refusal_sentence

        ports = wiring.build_ports(now.settings)
        try:
            outcome = cut_out(ports, ports.store.load(document), item, "command line")
            parts = ports.store.load(document).parts
        finally:
            wiring.close_ports(ports)
        if isinstance(outcome, Refusal) and outcome.code != ALREADY_RECORDED:
            fail(outcome.code, refusal_sentence(now.texts, outcome), EXIT_FAULT, as_json=as_json)
        items = tuple(sorted(set(item)))
        part = next(one for one in parts if one.holds and one.items == items)
        if as_json:
            print_json({"document": part.id, "main": document, "items": list(items)})
        else:
            say_done(now.texts("cli.immediate.done", items=written_items(items), document=part.id))
