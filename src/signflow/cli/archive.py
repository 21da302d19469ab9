"""`signflow archive …`: what an archivist does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.files import write_file
from signflow.cli.ocfl import check_folder, names_folder
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import (
    EXIT_FAULT,
    Session,
    print_json,
    say,
    say_done,
    say_fault,
    say_styled,
    session,
    show_table,
    with_progress,
)

if TYPE_CHECKING:
    from signflow.archive.fixity import FixityFault, FixityReport
    from signflow.archive.search import Hit

app = typer.Typer(no_args_is_help=True, help="Find, fetch and check what is archived.")
Document = Annotated[
    str, typer.Argument(help="The document's name, as `signflow archive list` shows it.", show_default=False)
]
_FIELDS = ("document_id", "title", "body", "date", "snippet")
_DAY = ["%Y-%m-%d"]
_COLUMNS = ("document", "date", "title", "passage")


@app.command("list")
def list_documents(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """List everything in the archive."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring

        with wiring.open_archive(now.settings) as archive:
            _show(archive.list(), now, as_json=as_json)


@app.command()
def find(  # noqa: PLR0913 -- the command's options
    words: Annotated[str, typer.Argument(help="Words that the minutes contain; none for all.")] = "",
    *,
    body: Annotated[str, typer.Option(help="Only this body, as its minutes name it.")] = "",
    person: Annotated[str, typer.Option(help="Only where somebody of this name was present, absent or signed.")] = "",
    since: Annotated[
        dt.datetime | None, typer.Option("--from", formats=_DAY, help="Only meetings from that day.")
    ] = None,
    until: Annotated[
        dt.datetime | None, typer.Option("--to", formats=_DAY, help="Only meetings until that day.")
    ] = None,
    item: Annotated[int | None, typer.Option(min=0, help="Only items of this number.")] = None,
    decisions: Annotated[bool, typer.Option("--decisions", help="Only what is decided.")] = False,
    page: Annotated[int, typer.Option(min=1, max=10_000, help="Which page of what is found.")] = 1,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Search everything that is archived: words in any inflection, "phrases", beginnings* and -exclusions."""
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.archive.search import Search

        wanted = Search(
            words,
            body=body,
            person=person,
            since=since.date().isoformat() if since else "",
            until=until.date().isoformat() if until else "",
            item=item,
            decisions=decisions,
            page=page,
        )
        with wiring.open_archive(now.settings) as archive:
            found = archive.find(wanted)
        _show(list(found.hits), now, as_json=as_json)
        if not as_json and found.pages > page:
            say(now.texts("cli.archive.page", page=page, pages=found.pages, next=page + 1), "dim")


@app.command()
def get(
    document: Document,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PDF, or with --package a new folder.")],
    *,
    package: Annotated[bool, typer.Option("--package", help="The whole package instead of the PDF.")] = False,
    language: InLanguage = None,
) -> None:
    """Fetch the signed PDF/A, or the whole package, verified while it is read."""
    with session(language) as now:
        now.require_data()
        from signflow import wiring

        with wiring.open_archive(now.settings) as archive:
            if package:
                archive.export(document, output)
            else:
                write_file(output, archive.retrieve(document), now.texts)
        say_done(now.texts("cli.archive.fetched", document=document, file=output))


@app.command()
def check(
    document: Annotated[
        str | None,
        typer.Argument(
            help="One document, or with a slash (./folder) any OCFL object or storage root; all if left out."
        ),
    ] = None,
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Read every file back and compare it with its digest; or judge any folder as OCFL."""
    with session(language, as_json=as_json) as now:
        if document is not None and names_folder(document):
            check_folder(Path(document), now, as_json=as_json)
            return
        now.require_data()
        from signflow import wiring

        with wiring.open_archive(now.settings) as archive:
            checking = now.texts("cli.archive.checking")
            report = archive.check(document, lambda folders: with_progress(folders, checking))
        if as_json:
            print_json(_account(report))
        else:
            _show_report(report, now)
        if not report.ok:
            raise typer.Exit(EXIT_FAULT)


def _show_report(report: FixityReport, now: Session) -> None:
    for path, fault in _faults(report):
        detail = f" ({fault.detail})" if fault.detail else ""
        say_fault(f"{now.texts(f'cli.fixity.{fault.kind}')}: {path}{detail}")
    sentence = now.texts(
        "cli.archive.checked",
        documents=report.documents,
        batches=report.batches,
        checked=report.checked,
        failed=report.failed,
    )
    if report.ok:
        say_done(sentence)
    else:
        say_styled(sentence)


def _faults(report: FixityReport) -> Iterator[tuple[str, FixityFault]]:
    for result in report.objects:
        yield from ((f"{result.object_path}/{fault.path}", fault) for fault in result.faults)
    yield from ((fault.path, fault) for fault in report.strays)


def _account(report: FixityReport) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "total": report.total,
        "documents": report.documents,
        "evidence_batches": report.batches,
        "checked": report.checked,
        "failed": report.failed,
        "objects": [
            {"document_id": result.document_id, "path": result.object_path, "files": result.files, "ok": result.ok}
            for result in report.objects
        ],
        "faults": [{"kind": str(fault.kind), "path": path, "detail": fault.detail} for path, fault in _faults(report)],
    }


def _show(hits: list[Hit], now: Session, *, as_json: bool) -> None:
    if as_json:
        print_json(
            [
                {
                    **{name: getattr(hit, name) for name in _FIELDS},
                    "item": hit.item.label if hit.item else "",
                }
                for hit in hits
            ]
        )
    elif hits:
        show_table(
            [now.texts(f"cli.archive.{name}") for name in _COLUMNS],
            [(hit.document_id, hit.date, hit.title, _passage(hit)) for hit in hits],
        )
    else:
        say(now.texts("cli.archive.nothing"))


def _passage(hit: Hit) -> str:
    """Where in the document, and what stands there."""
    place = f"{hit.item.label}: " if hit.item and hit.item.label else ""
    return f"{place}{' '.join(hit.snippet.split())}"
