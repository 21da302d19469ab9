"""`signflow audit …`: whether the log of everything that happened is whole."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from signflow.cli.options import AsJson, InLanguage, instant
from signflow.cli.output import EXIT_FAULT, Session, print_json, say, say_done, say_fault, session, show_pairs

if TYPE_CHECKING:
    from signflow.steps.verify_audit import AuditReport, Fault, Sound

app = typer.Typer(no_args_is_help=True, help="The log of everything that happened.")
_SHOWN = 20


@app.callback()
def _group() -> None:
    """Having this makes Typer keep a group of one command a group."""


@app.command()
def verify(
    *,
    trust: Annotated[list[Path] | None, typer.Option("--trust", help="PEM file with roots to trust.")] = None,
    at: Annotated[dt.datetime | None, typer.Option(help="Validate as of this time; now if left out.")] = None,
    as_json: AsJson = False,
    language: InLanguage = None,
) -> None:
    """Recompute the whole log and hold it against its daily timestamps.

    Says what was altered, removed, added or moved, and up to which entry everything is sound. May be run at any time, also
    while signflow runs.
    """
    with session(language, as_json=as_json) as now:
        now.require_data()
        from signflow import wiring
        from signflow.steps.verify_audit import verify_audit

        database = wiring.open_database(now.settings)
        try:
            trusted = wiring.open_trust(now.settings, trust or [])
            report = verify_audit(wiring.open_anchors(now.settings, database), trusted, at=instant(at))
        finally:
            database.close()
        if as_json:
            print_json(_account(report))
        else:
            _show(report, now)
        if report.faults:
            raise typer.Exit(EXIT_FAULT)


def _show(report: AuditReport, now: Session) -> None:
    texts = now.texts
    for fault in report.faults[:_SHOWN]:
        say_fault(_sentence(fault, now))
    if len(report.faults) > _SHOWN:
        say(texts("audit.verify.more", count=len(report.faults) - _SHOWN), indent=2)
    if report.faults:
        say()
    sentence = texts(f"audit.indication.{report.indication}")
    if report.faults:
        say_fault(sentence)
    else:
        say_done(sentence)
    show_pairs(
        [
            (texts("audit.label.entries"), str(report.entries)),
            (texts("audit.label.anchors"), str(report.anchors)),
            (texts("audit.label.sound"), _soundness(report.sound, now, faulty=bool(report.faults))),
        ],
        indent=2,
    )
    if report.sound and report.sound.seq < report.entries and not report.faults:
        say(texts("audit.verify.since", first=report.sound.seq + 1), "dim", 2)


def _soundness(sound: Sound | None, now: Session, *, faulty: bool) -> str:
    if sound is None:
        return now.texts("audit.sound.nothing_before" if faulty else "audit.sound.nothing")
    vouches = "local" if sound.local else "external"
    at = now.texts.instant(sound.at)
    return now.texts(f"audit.sound.{vouches}", seq=sound.seq, at=at, authority=sound.authority)


def _sentence(fault: Fault, now: Session) -> str:
    day = now.texts.date(fault.day) if fault.day else ""
    reason = f"signing.reason.{fault.reason}"
    why = now.texts(reason) if reason in now.texts else fault.reason
    return now.texts(f"audit.fault.{fault.code}", seq=fault.seq, day=day, reason=why)


def _account(report: AuditReport) -> dict[str, Any]:
    sound = report.sound
    return {
        "at": _instant(report.at),
        "indication": str(report.indication),
        "entries": report.entries,
        "anchors": report.anchors,
        "sound": sound
        and {
            "seq": sound.seq,
            "day": str(sound.day),
            "at": _instant(sound.at),
            "authority": sound.authority,
            "local": sound.local,
        },
        "faults": [
            {"code": fault.code, "seq": fault.seq, "day": str(fault.day) if fault.day else None, "reason": fault.reason}
            for fault in report.faults
        ],
    }


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
