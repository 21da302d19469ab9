"""`signflow svt …`: Signature Validation Tokens (RFC 9321), for any PDF."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from signflow.cli.files import read_file, write_file
from signflow.cli.options import AsJson, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_done, say_styled, session, show_pairs
from signflow.errors import NotFoundError

if TYPE_CHECKING:
    from signflow.signing.evidence.svt_validate import SvtReport

app = typer.Typer(no_args_is_help=True, help="State and check what a validation found (RFC 9321).")
File = Annotated[Path, typer.Argument(help="The PDF file.", show_default=False)]
Roots = Annotated[list[Path] | None, typer.Option("--trust", help="PEM file with roots to trust.")]
_LARGEST_PDF_BYTES = 500_000_000
_LARGEST_TOKEN_BYTES = 1_000_000
_STYLES = {"TOTAL-PASSED": "bold green", "INDETERMINATE": "yellow", "TOTAL-FAILED": "bold red"}


@app.command()
def issue(
    file: File,
    output: Annotated[Path, typer.Option("-o", "--output", help="The token, or with --embed the new PDF.")],
    *,
    embed: Annotated[bool, typer.Option("--embed", help="Carry it in a document timestamp of the PDF.")] = False,
    trust: Roots = None,
    language: InLanguage = None,
) -> None:
    """Validate the signatures of a PDF now, and state the result in a token that the organisation signs."""
    with session(language) as now:
        now.require_data()
        from signflow import wiring
        from signflow.signing.evidence.svt_issue import issue_svt
        from signflow.signing.evidence.svt_pdf import embed_svt, validate_parts
        from signflow.signing.timestamps.local import LocalTsa

        pdf = read_file(file, now.texts, _LARGEST_PDF_BYTES)
        authority = wiring.open_authority(now.settings)
        at = wiring.now()
        validated = validate_parts(pdf, wiring.open_trust(now.settings, trust or []), at=at)
        token = issue_svt(validated, authority.evidence_signer(at), now.settings.public_url, now=at)
        data = embed_svt(pdf, token, LocalTsa(authority, wiring.now), now=at) if embed else token.encode()
        write_file(output, data, now.texts)
        say_done(now.texts("svt.issue.done", file=output))
        for one in validated.report.signatures:
            verdict = now.texts(f"signing.indication.{one.indication}")
            say(now.texts("svt.issue.states", signatory=one.signatory, verdict=verdict), indent=2)


@app.command()
def verify(  # noqa: PLR0913 -- what is verified, and by which light
    file: File,
    *,
    token: Annotated[
        Path | None, typer.Option("--token", help="The token, if it stands beside the PDF and not in it.")
    ] = None,
    trust: Roots = None,
    at: Annotated[dt.datetime | None, typer.Option(help="Validate as of this time; now if left out.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Say what a token proves of a PDF: one beside it, and all that it carries."""
    with session(language, as_json=as_json) as now:
        from signflow import wiring
        from signflow.signing.evidence.svt_pdf import validate_parts
        from signflow.signing.evidence.svt_validate import validate_svt

        pdf = read_file(file, now.texts, _LARGEST_PDF_BYTES)
        validated = validate_parts(pdf, wiring.open_trust(now.settings, trust or []), at=instant(at))
        found = {one.text: one.field for one in validated.parts.carried}
        if token:
            text = read_file(token, now.texts, _LARGEST_TOKEN_BYTES).decode("utf-8", "replace").strip()
            found = {text: "", **found}
        if not found:
            raise NotFoundError("svt-none", file=file.name)
        reports = [(field, validate_svt(text, validated)) for text, field in found.items()]
        if as_json:
            print_json([_account(field, report) for field, report in reports])
        else:
            for field, report in reports:
                _show(file, field, report, now)
        if not any(report.indication == "TOTAL-PASSED" for _, report in reports):
            raise typer.Exit(EXIT_FAULT)


def _show(file: Path, field: str, report: SvtReport, now: Session) -> None:
    texts = now.texts
    style = _STYLES[report.indication]
    word = texts(f"signing.indication.{report.indication}")
    say_styled(f"[bold]{escape(file.name)}[/]  [{style}]{escape(word)}[/]")
    say(texts(f"svt.meaning.{report.indication}"))
    say()
    pairs = [(texts("svt.label.place"), texts("svt.place.inside", field=field) if field else texts("svt.place.beside"))]
    if report.issuer:
        pairs.append((texts("svt.label.issuer"), f"{report.authority} ({report.issuer})"))
    if report.issued_at:
        pairs.append((texts("svt.label.issued_at"), texts.instant(report.issued_at)))
    if report.known_at != report.at:
        pairs.append((texts("svt.label.known_at"), texts.instant(report.known_at)))
    if report.token_reason:
        pairs.append((texts("svt.label.reason"), _reason(report.token_reason, now)))
    show_pairs(pairs, indent=2)
    say()
    for one in report.signatures if not report.token_reason else ():
        word = texts(f"signing.indication.{one.indication}")
        say_styled(f"[{_STYLES[one.indication]}]●[/] [bold]{escape(one.signatory)}[/]  {escape(word)}")
        if one.sub_indication:
            say(_reason(one.sub_indication, now), indent=2)
        if one.proven_at:
            say(texts("svt.verify.proven", at=texts.instant(one.proven_at)), indent=2)
    say()


def _reason(code: str, now: Session) -> str:
    for key in (f"svt.reason.{code}", f"signing.reason.{code}"):
        if key in now.texts:
            return now.texts(key)
    return code


def _account(field: str, report: SvtReport) -> dict[str, Any]:
    content = json.loads(json.dumps(asdict(report), default=_plain))
    return {"carried_in": field or None, **content}


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    raise TypeError(type(value))
