"""`signflow archive …`: what an archivist does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from signflow import wiring
from signflow.archive.fixity import FixityFault, FixityReport
from signflow.archive.index import Hit
from signflow.cli.options import AsJson, InLanguage
from signflow.cli.output import EXIT_FAULT, Session, console, print_json, session, table
from signflow.durable import write_whole

app = typer.Typer(no_args_is_help=True, help="Find, fetch and check what is archived.")
Document = Annotated[str, typer.Argument(help="The document's name, as `signflow archive list` shows it.")]


@app.command("list")
def list_documents(*, as_json: AsJson = False, language: InLanguage = None) -> None:
    """List everything in the archive."""
    with session(language) as now, wiring.open_archive(now.settings) as archive:
        _show(archive.list(), now, as_json=as_json)


@app.command()
def find(
    query: Annotated[str, typer.Argument(help="Words that the minutes contain.")],
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Search titles, bodies, people, items and decisions."""
    with session(language) as now, wiring.open_archive(now.settings) as archive:
        _show(archive.find(query), now, as_json=as_json)


@app.command()
def get(
    document: Document,
    output: Annotated[Path, typer.Option("-o", "--output", help="The PDF, or with --package a new folder.")],
    *,
    package: Annotated[bool, typer.Option("--package", help="The whole package instead of the PDF.")] = False,
    language: InLanguage = None,
) -> None:
    """Fetch the signed PDF/A, or the whole package, verified while it is read."""
    with session(language) as now, wiring.open_archive(now.settings) as archive:
        if package:
            archive.export(document, output)
        else:
            write_whole(output, archive.retrieve(document), mode=0o644)
        console.print(now.texts("cli.archive.fetched", document=escape(document), file=escape(str(output))))


@app.command()
def check(
    document: Annotated[str | None, typer.Argument(help="One document; all of them if left out.")] = None,
    *,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Read every file back and compare it with its digest."""
    with session(language) as now, wiring.open_archive(now.settings) as archive:
        report = archive.check(document)
        if as_json:
            print_json(_account(report))
        else:
            for path, fault in _faults(report):
                detail = f" ({fault.detail})" if fault.detail else ""
                console.print(f"[bold red]{now.texts(f'cli.fixity.{fault.kind}')}[/] {escape(path + detail)}")
            counts = {"total": report.total, "checked": report.checked, "failed": report.failed}
            console.print(now.texts("cli.archive.checked", **counts))
        if not report.ok:
            raise typer.Exit(EXIT_FAULT)


def _faults(report: FixityReport) -> Iterator[tuple[str, FixityFault]]:
    for result in report.objects:
        yield from ((f"{result.object_path}/{fault.path}", fault) for fault in result.faults)
    yield from ((fault.path, fault) for fault in report.strays)


def _account(report: FixityReport) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "total": report.total,
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
        fields = ("document_id", "title", "body", "date", "snippet")
        print_json([{name: getattr(hit, name) for name in fields} for hit in hits])
        return
    rows = table(*(now.texts(f"cli.archive.{name}") for name in ("document", "date", "title", "passage")))
    for hit in hits:
        rows.add_row(hit.document_id, str(hit.date), escape(hit.title), escape(hit.snippet))
    console.print(rows if hits else now.texts("cli.archive.nothing"))
