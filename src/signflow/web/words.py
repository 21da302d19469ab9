"""Codes as sentences in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from signflow.blobs import fingerprint
from signflow.rounds.model import Seat, Standing
from signflow.rounds.outcome import Refusal
from signflow.steps.verify_words import level_sentence, method_words
from signflow.store.audit import AuditEntry
from signflow.store.outbox import OpenWork
from signflow.texts import Texts

_NO_BREAK = "\u00a0"
_DIGESTS = ("digest", "shown")
_CODES: Mapping[str, str] = {"why": "states.round_end", "mandate": "history.mandate"}  # by the table of their words
_DAYS = frozenset({"until", "on", "posted", "adjusted"})
_DOORS = frozenset({"inbox", "web", "command line", "signflow"})


def error_sentence(t: Texts, code: str, params: Mapping[str, object]) -> str:
    """What is wrong, where, and what to do; the bare code for one that a later or earlier version wrote."""
    try:
        return t(f"errors.{code}", **params)
    except KeyError:
        return code


def refusal_sentence(t: Texts, refusal: Refusal) -> str:
    """Why an act changed nothing, and what to do instead."""
    params: dict[str, object] = dict(refusal.params)
    if "state" in params:
        params["state"] = t(f"states.state.{params['state']}").lower()
    _say_days(t, params)
    return t(f"refusals.{refusal.code}", **params)


def waiting_sentence(t: Texts, work: OpenWork) -> str:
    """What waits, why, and when it is tried again; empty for work that is simply under way."""
    if not work.waiting_code:
        return ""
    reason = error_sentence(t, work.waiting_code, work.waiting_params)
    return t("web.waits.retry", what=t(f"states.work.{work.work.kind}"), reason=reason, at=t.instant(work.ready_at))


def delay_sentence(t: Texts, work: OpenWork) -> str:
    """The same for the signatory whose signature waits: what it waits for, without what only an operator can use."""
    kind = f"outages.signatory.{work.waiting_code.split('-')[0]}"
    until = t(kind if kind in t else "outages.signatory.other")
    return t("outages.signatory.delayed", until=until, at=t.instant(work.ready_at))


def history_sentence(t: Texts, entry: AuditEntry) -> str:
    """An entry of the history in words; the bare kind for one that a later or earlier version wrote."""
    params: dict[str, object] = dict(entry.data)
    for name in _DIGESTS:
        if name in params:
            params[name] = fingerprint(str(params[name])).replace(" ", _NO_BREAK)
    for name in _CODES.keys() & params.keys():
        params[name] = t(f"{_CODES[name]}.{params[name]}")
    _say_days(t, params)
    if "reason" in params and entry.kind == "sign-in-rejected":
        # what was wrong; what to do was for the person at the page
        params["reason"] = error_sentence(t, str(params["reason"]), {}).partition(". ")[0].removesuffix(".") + "."
    if "provider" in params:
        params["provider"] = method_words(str(params["provider"]), t)
    try:
        sentence = t(f"history.entry.{_told_as(entry)}", **{**params, "actor": actor(t, entry.actor)}).rstrip()
    except KeyError:
        return entry.kind
    return f"{sentence} {_rest(t, entry.kind, params)}".rstrip()


def _rest(t: Texts, kind: str, params: Mapping[str, object]) -> str:
    """What follows the sentence of an entry: how surely somebody signed in, what they had noted, whose time it is, an answer."""
    if kind == "signed-in":
        return level_sentence(str(params.get("level", "")), t)
    if kind == "extract-undeliverable" and "reason" in params:
        return t("extracts.answer", answer=params["reason"])
    if "dissent" in params:
        return t("history.dissent", **params)
    if "stamped_by" in params:
        return t("history.stamped.local" if params["stamped_locally"] else "history.stamped.outside", **params)
    return ""


def _told_as(entry: AuditEntry) -> str:
    """Which sentence tells of it."""
    if entry.kind == "invited" and int(entry.data.get("invitation", 1)) > 1:
        return "invited-again"
    if entry.kind == "objected" and "items" in entry.data:
        return "objected-to-items"
    return entry.kind


def _say_days(t: Texts, params: dict[str, object]) -> None:
    """Days, and instants by the day of the organisation on which they fall, in words."""
    for name in _DAYS & params.keys():
        written = str(params[name])
        day = t.day(dt.datetime.fromisoformat(written)) if "T" in written else dt.date.fromisoformat(written)
        params[name] = t.date(day)


def seat_notes(t: Texts, seat: Seat, today: dt.date) -> tuple[str, ...]:
    """What is known of a signatory beside how far they came: for whom they stand in, until when they are away, reminders."""
    notes = list[str]()
    if seat.stands_in_for:
        notes.append(t("round.note.stands_in", person=seat.stands_in_for))
    if seat.standing in {Standing.WAITING, Standing.INVITED}:
        if seat.away_until and today < seat.away_until:
            notes.append(t("round.note.away", until=t.date(seat.away_until)))
        if seat.reminders:
            notes.append(
                t("round.note.reminded_once" if seat.reminders == 1 else "round.note.reminded", count=seat.reminders)
            )
    return tuple(notes)


def written_date(t: Texts, date: str) -> str:
    """An ISO date as the language writes it; as it stands, where it is none."""
    try:
        return t.date(dt.date.fromisoformat(date))
    except ValueError:
        return date


def written_instant(t: Texts, instant: str) -> str:
    """An ISO instant as the language writes it; as it stands, where it is none."""
    try:
        return t.instant(dt.datetime.fromisoformat(instant))
    except ValueError:
        return instant


def actor(t: Texts, name: str) -> str:
    """A person by name, a door or signflow itself in words."""
    return t(f"states.actor.{name}") if name in _DOORS else name
